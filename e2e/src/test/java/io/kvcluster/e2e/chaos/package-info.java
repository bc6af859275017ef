/**
 * Chaos on real processes: clients work, everything breaks, and afterwards it is judged whether the store kept its promises.
 *
 * <ol>
 *   <li>{@link io.kvcluster.e2e.chaos.ChaosE2E} runs {@code Populations} of clients and, one at a time, faults of every {@code FaultKind};
 *   <li>{@code Probes} write keys of their own during each fault, to see when every replica has them;
 *   <li>when faults and clients have stopped, {@code Replicas} reads every key from every disk until all are equal, and {@code Digests}
 *       compares whole partitions;
 *   <li>{@code Judge} looks for broken promises in the {@code ChaosRun}, and for a run that shows too little;
 *   <li>{@code FaultFigures}, {@code Timeline} and {@code ChaosReport} say what happened.
 * </ol>
 */
@NullMarked
package io.kvcluster.e2e.chaos;

import org.jspecify.annotations.NullMarked;
