/**
 * Many keys at once: records read from a file are put with bounded concurrency, each acknowledgement is written down as
 * it comes, and everything written down can be read back and compared later.
 */
@NullMarked
package io.kvcluster.client.bulk;

import org.jspecify.annotations.NullMarked;
