/**
 * How one ring follows another. {@link io.kvcluster.ring.change.RingChange} makes the first ring and chains the next; {@link
 * io.kvcluster.ring.change.RingMachine} decides what the next one says: who is a member, and how partitions move from their old
 * replicas to new ones. It knows the stores only by what they report ({@link io.kvcluster.ring.change.Reports}). Pure: no clock, no
 * chance, no I/O.
 */
@NullMarked
package io.kvcluster.ring.change;

import org.jspecify.annotations.NullMarked;
