/**
 * Makes replicas equal again, off the path of clients. All of it lives on core loops, in bounded slices, and travels on the bulk
 * lane.
 *
 * <ol>
 *   <li>Hints: a write that a replica missed is kept in its coordinator's log and given later ({@code Hints}, {@code HintReplay}).
 *   <li>Exchange: two replicas compare Merkle trees, then the keys of the leaves that differ, then give each other the records that
 *       differ ({@code Exchange} drives, {@code RepairRequests} answers and keeps nothing between the questions). An exchange that
 *       broke off starts again at the roots: what it had done is equal by then.
 *   <li>Suspicion ends after exchanges with enough replicas ({@code Healing}); a record whose bytes went bad is fetched again
 *       ({@code CorruptRecords}); when asked for, all are read back from the disk to find such ({@code Scrubbing}).
 *   <li>A partition that moves: the joining store's exchanges are its copy ({@code PartitionRepair}), and what a store that left still
 *       holds is given to the others before it is dropped ({@code HandOver}).
 *   <li>Collection: tombstones at or below the watermark that every pair of replicas has exchanged are forgotten while all replicas
 *       answer ({@code Collection}).
 * </ol>
 *
 * {@code LoopRepair} decides what is due on one loop; {@link io.kvcluster.node.repair.Repair} is the front. Docs: ADRs on
 * anti-entropy and on tombstones.
 */
@NullMarked
package io.kvcluster.node.repair;

import org.jspecify.annotations.NullMarked;
