/** Label and field selectors. */
@NullMarked
package io.kvcluster.local.api.select;

import org.jspecify.annotations.NullMarked;
