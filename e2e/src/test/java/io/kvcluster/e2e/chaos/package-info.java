/**
 * Chaos on real processes: clients work, everything breaks and changes, and afterwards it is judged whether the store kept its promises.
 *
 * <ol>
 *   <li>{@link io.kvcluster.e2e.chaos.ChaosE2E} starts {@code Populations} of clients and three lanes on one {@code Ground}: {@code NodeLane}
 *       breaks nodes by its {@code Injector}, {@code ControlPlaneLane} kills the operator and takes the API server away, {@code ChangeLane}
 *       changes members, copies and quorums, restarts pods in order ({@code Restarts}) and loses disks ({@code LostDisks});
 *   <li>{@code Strength} sees from outside when a ring is as asked and every member serves; {@code Probes} write keys of their own while a
 *       node is broken, to see when every replica has them;
 *   <li>when faults and clients have stopped, {@code Replicas} reads every key from every disk until all are equal, and {@code Digests}
 *       compares whole partitions;
 *   <li>{@code Judge} looks for broken promises in the {@code ChaosRun}, and for a run that shows too little;
 *   <li>{@code FaultFigures}, {@code Timeline}, {@code TimelinePlot} and {@code ChaosReport} say what happened, on the {@code ChaosPage}.
 * </ol>
 */
@NullMarked
package io.kvcluster.e2e.chaos;

import org.jspecify.annotations.NullMarked;
