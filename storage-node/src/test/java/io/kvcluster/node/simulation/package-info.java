/**
 * A whole cluster in one thread and in virtual time, drawn from one seed: production {@link io.kvcluster.node.NodeCore}s on
 * simulated machines and a simulated network, clients, an operator and faults.
 *
 * <ol>
 *   <li>{@code SimPlan}: what the seed decides before anything runs.
 *   <li>{@code SimCluster}: machines, network, processes. {@code SimMachine}: what crashes, pauses, loses power.
 *   <li>{@code Clients}, {@code SimOperator}, {@code Faults}: what happens to it, until the faults stop.
 *   <li>{@code Simulation}: runs these, lets the cluster converge, reads every key a last time.
 *   <li>{@code Checks}: decides; {@code Mark}: what a run has reached.
 *   <li>{@code SimRuns}: many seeds on all processors, or one with its trace.
 * </ol>
 *
 * <p>Nothing here may depend on anything but the seed: no time, no chance, no order of hash tables.
 */
@NullMarked
package io.kvcluster.node.simulation;

import org.jspecify.annotations.NullMarked;
