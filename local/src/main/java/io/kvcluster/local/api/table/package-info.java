/** The Table form of lists and watches that kubectl prints. */
@NullMarked
package io.kvcluster.local.api.table;

import org.jspecify.annotations.NullMarked;
