package io.kvcluster.node.simulation;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.coordinator.OperationEvents;
import io.kvcluster.node.repair.RepairEvents;
import io.kvcluster.node.replica.ReplicaEvents;
import io.kvcluster.node.storage.RecoveryProgress;
import io.kvcluster.node.storage.StoreListener;

/** What a node tells telemetry, heard by the simulation: lines of the story, marks, and what must never be told. */
final class Hears implements StoreListener, OperationEvents, ReplicaEvents, RepairEvents {
    private final SimCluster cluster;
    private final SimMachine machine;

    Hears(SimCluster cluster, SimMachine machine) {
        this.cluster = cluster;
        this.machine = machine;
    }

    // --- the store

    @Override
    public void progress(RecoveryProgress progress) {}

    @Override
    public void partitionAvailable(int partition) {}

    @Override
    public void groupDurable(int records, long nanos) {
        cluster.trace.say(machine.name, () -> "has " + records + " record(s) durable");
    }

    // --- operations

    @Override
    public void finished(ConsistencyLevel level, Kind kind, Outcome outcome, long nanos) {}

    @Override
    public void quorumFailed(Kind kind) {}

    @Override
    public void readRepaired(int replicas) {
        cluster.reached(Mark.READ_WROTE_BACK);
    }

    @Override
    public void overloaded() {}

    @Override
    public void resolved(int values) {
        cluster.reached(Mark.RESOLVER_MERGED);
    }

    @Override
    public void failed(Failure why) {
        cluster.trace.say(machine.name, () -> "has no result of the resolver: " + why);
        cluster.reached(Mark.RESOLVER_FAILED);
    }

    // --- replicas

    @Override
    public void writeBelowWatermark() {}

    @Override
    public void discarded(int siblings) {
        cluster.reachedIf(siblings > 0, Mark.CONFLICT_DISCARDED);
    }

    @Override
    public void manySiblings(int siblings) {
        cluster.reached(Mark.MANY_SIBLINGS);
    }

    @Override
    public void dotReused() {
        cluster.bug(machine.name + " has seen one dot with two values");
    }

    @Override
    public void checksumFailed() {
        if (!machine.lostData) {
            cluster.bug(machine.name + " has read a damaged record although nothing was damaged");
        }
    }

    // --- repair

    @Override
    public void hintStored() {
        cluster.trace.say(machine.name, () -> "keeps a hint");
        cluster.reached(Mark.HINT_KEPT);
    }

    @Override
    public void hintReplayed() {
        cluster.trace.say(machine.name, () -> "has given a hint to its target");
        cluster.reached(Mark.HINT_GIVEN);
    }

    @Override
    public void hintDropped() {
        cluster.trace.say(machine.name, () -> "gives a hint up");
        cluster.reached(Mark.HINT_GIVEN_UP);
    }

    @Override
    public void exchangeEnded(ExchangeEnd end) {
        cluster.trace.say(machine.name, () -> "ends an exchange: " + end);
        cluster.reached(
                switch (end) {
                    case EQUAL -> Mark.EXCHANGE_FOUND_EQUAL;
                    case REPAIRED -> Mark.EXCHANGE_REPAIRED;
                    case FAILED -> Mark.EXCHANGE_FAILED;
                });
    }

    @Override
    public void keyRepaired() {
        cluster.trace.say(machine.name, () -> "repairs a key");
    }

    @Override
    public void bytesMoved(int bytes) {}

    @Override
    public void scrubbed(int records, long bytes, int damaged) {}

    @Override
    public void tombstonesCollected(int keys) {
        cluster.trace.say(machine.name, () -> "collects the tombstones of " + keys + " key(s)");
        cluster.reached(cluster.isUnderLoad() ? Mark.TOMBSTONE_COLLECTED_UNDER_LOAD : Mark.TOMBSTONE_COLLECTED);
    }

    @Override
    public void possibleLoss() {
        long lost = cluster.machines.stream()
                .filter(other -> other.lostData || other.failed)
                .count();
        // a store that joins asks as many as a read does: all, where a ring says so, and then each that is lost counts
        if (lost < (machine.copies ? 1 : 2)) {
            cluster.bug(machine.name + " reports possible loss although the disks of all others were sound");
        }
    }

    @Override
    public void damagedRecordLost() {
        cluster.trace.say(machine.name, () -> "gives up a damaged record that nobody else has");
        if (!machine.lostData) {
            cluster.bug(machine.name + " gives up a record although its disk was sound");
        }
    }

    @Override
    public void corruptRecordRepaired() {
        cluster.trace.say(machine.name, () -> "has repaired a damaged record");
        cluster.reached(Mark.DAMAGED_RECORD_REPAIRED);
    }
}
