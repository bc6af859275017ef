/**
 * The ring as a value: which partition a key belongs to ({@link io.kvcluster.ring.Partitioner}), who holds it
 * ({@link io.kvcluster.ring.Ring}), how it is written down ({@link io.kvcluster.ring.RingJson}), how the next one is made
 * ({@code change.RingChange}) and whether a node may adopt it ({@link io.kvcluster.ring.EpochRule}). Everything
 * here is pure and immutable: no clock, no chance, no I/O, any thread.
 */
@NullMarked
package io.kvcluster.ring;

import org.jspecify.annotations.NullMarked;
