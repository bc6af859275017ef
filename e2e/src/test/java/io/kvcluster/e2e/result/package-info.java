/** The numbers that a run states. */
@NullMarked
package io.kvcluster.e2e.result;

import org.jspecify.annotations.NullMarked;
