package io.kvcluster.node.replica;

import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.ConflictPolicy;
import io.kvcluster.node.version.HlcClock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Makes the replicas of a store: one for each partition, a clock of stamps for each loop. */
public final class Replicas {
    /**
     * What they share.
     *
     * @param actor names this store's stamps
     * @param gate judges under which ring they act
     * @param clocks a new clock for each call, started above all that the store ever gave
     * @param observed the greatest stamp that the node has seen
     * @param given is told of each stamp, and of what the node's clock must have passed
     * @param showsDurableOnly a question that meets a version on its way to the disk waits for it
     */
    public record Shared(
            Actor actor,
            RecordStore store,
            EpochGate gate,
            Supplier<ConflictPolicy> policies,
            Supplier<HlcClock> clocks,
            LongSupplier observed,
            LongConsumer given,
            ReplicaEvents events,
            boolean showsDurableOnly) {}

    private Replicas() {}

    /** By partition; partition p belongs to loop p mod size. */
    public static List<PartitionReplica> of(int partitions, List<Loop> loops, Shared shared) {
        List<Stamps> stamps = new ArrayList<>();
        for (Loop loop : loops) {
            stamps.add(new ReservedStamps(
                    shared.clocks().get(), shared.actor(), shared.store(), loop, shared.observed(), shared.given()));
        }
        List<PartitionReplica> replicas = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            Stamps ofLoop = stamps.get(p % stamps.size());
            Merging merging = new Merging(shared.policies(), ofLoop, shared.events());
            replicas.add(new PartitionReplica(
                    p,
                    shared.store(),
                    shared.gate(),
                    merging,
                    ofLoop,
                    shared.events(),
                    new RepairSide.Ties(MerkleTree.leavesFor(partitions), shared.actor(), loops.get(p % loops.size())),
                    shared.showsDurableOnly()));
        }
        return List.copyOf(replicas);
    }
}
