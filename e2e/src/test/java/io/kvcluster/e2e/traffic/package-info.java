/** Clients that work while things break, with every operation on record, and the questions asked of the record afterwards. */
@NullMarked
package io.kvcluster.e2e.traffic;

import org.jspecify.annotations.NullMarked;
