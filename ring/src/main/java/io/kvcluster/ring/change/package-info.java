/**
 * How one ring follows another. {@link io.kvcluster.ring.change.RingChange} makes the first ring and the next; the steps that
 * move a partition from its old to its new members will live here too.
 */
@NullMarked
package io.kvcluster.ring.change;

import org.jspecify.annotations.NullMarked;
