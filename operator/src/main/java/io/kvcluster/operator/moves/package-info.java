/**
 * How the ring gets from what it is to what the spec wants (ADR 19, 22). Pure.
 *
 * <ol>
 *   <li>{@link io.kvcluster.operator.moves.Wish}: who joins, who leaves, how many copies; read from the spec in each pass, so that a
 *       changed mind is nothing special.
 *   <li>{@link io.kvcluster.operator.moves.StoreReports}: what the stores said of themselves. Unknown is never permission.
 *   <li>{@link io.kvcluster.operator.moves.RingMoves}: runs the machine of module {@code ring} on both: the next ring, or what it
 *       waits for, and how far it is.
 *   <li>{@link io.kvcluster.operator.moves.PodRemoval}: a pod goes when the ring does not name its store any more and the store said
 *       that it holds nothing. Its claim carries that word, so that it outlives pod and operator.
 * </ol>
 */
@NullMarked
package io.kvcluster.operator.moves;

import org.jspecify.annotations.NullMarked;
