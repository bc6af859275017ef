/**
 * One client operation over several replicas. {@link io.kvcluster.node.coordinator.Coordinator} takes a command to the core
 * loop of its key's partition and hands it to one small object per operation in flight:
 *
 * <ol>
 *   <li>{@code QuorumWrite}: ask a majority for the greatest dot (register levels only), stamp once, merge and append here,
 *       send the whole record to the other replicas, acknowledge at W.
 *   <li>{@code QuorumRead}: ask R replicas, merge, at register levels make N−M+1 replicas hold the answer, answer.
 *   <li>{@code Forward}: this node holds no copy, so a replica coordinates.
 * </ol>
 *
 * {@code PeerRequests} serves the other side of the same messages. After the multi-writer register of Attiya, Bar-Noy and
 * Dolev (1995), with Lynch and Shvartsman's query phase before each write.
 */
@NullMarked
package io.kvcluster.node.coordinator;

import org.jspecify.annotations.NullMarked;
