package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeCore;
import io.kvcluster.node.NodeRules;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.coordinator.OperationEvents;
import io.kvcluster.node.coordinator.OperationSettings;
import io.kvcluster.node.membership.Standing;
import io.kvcluster.node.peer.PeerConfig;
import io.kvcluster.node.peer.PeerReport;
import io.kvcluster.node.replica.ReplicaEvents;
import io.kvcluster.node.seams.SimNetwork;
import io.kvcluster.node.seams.SimWorld;
import io.kvcluster.node.storage.Durability;
import io.kvcluster.node.storage.HintBounds;
import io.kvcluster.node.storage.IndexFactory;
import io.kvcluster.node.storage.RecoveryProgress;
import io.kvcluster.node.storage.StoreConfig;
import io.kvcluster.node.storage.StoreListener;
import io.kvcluster.proto.peer.PeerFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Machines, their network, and what is known of the run so far. */
final class SimCluster {
    static final int PARTITIONS = 8;
    static final long DISK_BYTES = 4L << 20;
    private static final int SEGMENT_BYTES = 16 << 10;
    private static final HintBounds HINTS = new HintBounds(100, 64 << 10, 200, 128 << 10);

    final SimPlan plan;
    private final NodeRules rules;
    final SimWorld world;
    final RandomGenerator random;
    final SimNetwork<PeerFrame> network;
    final Trace trace;
    final List<SimMachine> machines = new ArrayList<>();
    final Set<Mark> marks = EnumSet.noneOf(Mark.class);
    private final Wire wire;
    private Optional<String> broken = Optional.empty();

    SimCluster(SimPlan plan, NodeRules rules, boolean traced) {
        this.plan = plan;
        this.rules = rules;
        this.world = new SimWorld(plan.seed());
        this.random = world.newRandom("happenings");
        this.trace = new Trace(traced, world::nanos);
        this.network = new SimNetwork<>(world);
        this.wire = new Wire(this);
        network.lossPerMillion(plan.lossPerMillion());
        network.watch(wire::arrives);
        for (int i = 0; i < plan.nodes(); i++) {
            machines.add(new SimMachine(this, "node-" + i));
        }
    }

    SimMachine anyMachine() {
        return machines.get(random.nextInt(machines.size()));
    }

    SimMachine machine(String name) {
        return machines.get(Integer.parseInt(name.substring("node-".length())));
    }

    // --- what machines are made with

    NodeRules rulesOf(String machine) {
        return trace.isKept() ? new TracedRules(rules, this, machine) : rules;
    }

    IndexFactory indexes() {
        return IndexFactory.heap();
    }

    /** Production's, but for times and sizes that let a short run see what takes long. */
    NodeCore.Settings settings(String name) {
        return new NodeCore.Settings(
                name,
                name,
                plan.loops(),
                new StoreConfig(
                        PARTITIONS,
                        new Durability.Fsync(),
                        SEGMENT_BYTES,
                        8 << 10,
                        1_024,
                        1 << 20,
                        0,
                        2 * SEGMENT_BYTES,
                        1,
                        256,
                        HINTS,
                        StoreConfig.of(PARTITIONS, new Durability.Fsync(), 0).compaction()),
                peerConfig(),
                OperationSettings.DEFAULT);
    }

    private static PeerConfig peerConfig() {
        PeerConfig production = PeerConfig.defaults();
        return new PeerConfig(
                Duration.ofMillis(100),
                Duration.ofMillis(400),
                Duration.ofMillis(800),
                Duration.ofMillis(1_000),
                Duration.ofMillis(10),
                Duration.ofMillis(200),
                production.frameBytes(),
                production.bulkFrameBytes(),
                production.queueMessages(),
                production.queueBytes(),
                production.asksPerLoop());
    }

    NodeCore.Listeners listeners(SimMachine machine) {
        return new NodeCore.Listeners(
                new HeardOfStore(machine),
                new HeardOfOperations(),
                new HeardOfReplicas(machine),
                standing -> heard(machine, standing));
    }

    private void heard(SimMachine machine, Standing standing) {
        trace.say(machine.name, () -> "stands: " + standing);
        switch (standing) {
            case Standing.Waiting _ -> {}
            case Standing.Member _ -> reachedIf(machine.lives() > 1, Mark.RING_OF_LAST_LIFE);
            case Standing.NotNamed _ -> reached(Mark.STORE_THAT_NO_RING_NAMES);
            case Standing.Forked forked -> bug(machine.name + " sees a fork: " + forked.why());
        }
    }

    // --- what is known of the run

    void reached(Mark mark) {
        marks.add(mark);
    }

    void reachedIf(boolean condition, Mark mark) {
        if (condition) {
            marks.add(mark);
        }
    }

    /** Nothing after this counts: the first violation is the one that explains. */
    void bug(String what) {
        if (broken.isEmpty()) {
            broken = Optional.of(what);
            trace.say("VIOLATION", () -> what);
        }
    }

    void bug(String what, Throwable thrown) {
        StackTraceElement[] at = thrown.getStackTrace();
        bug(what + " " + thrown + (at.length == 0 ? "" : " at " + at[0]));
    }

    Optional<String> broken() {
        return broken;
    }

    /** Every machine that can serve does, under one ring, with links to every other. */
    boolean converged() {
        long epoch = 0;
        for (SimMachine machine : serving()) {
            NodeCore core = machine.core();
            if (core == null
                    || !(core.keeper().standing() instanceof Standing.Member)
                    || !core.store().report().indexReady()) {
                return false;
            }
            long its = java.util.Objects.requireNonNull(core.keeper().current()).epoch();
            if (epoch != 0 && epoch != its) {
                return false;
            }
            epoch = its;
            long linked = core.peers().reports().stream().filter(PeerReport::up).count();
            if (linked < serving().size() - 1) {
                return false;
            }
        }
        return true;
    }

    /** Notes what only a look from outside shows. */
    void look() {
        for (SimMachine machine : machines) {
            NodeCore core = machine.core();
            if (core != null) {
                reachedIf(
                        core.keeper().current() != null
                                && !core.peers().reports().stream().allMatch(PeerReport::up),
                        Mark.PEER_SEEN_DOWN);
                reachedIf(machine.disk.exists("log/00000002.seg"), Mark.SEGMENT_SEALED);
            }
        }
    }

    /** Machines that the ring names and that are not given up. */
    List<SimMachine> serving() {
        return machines.stream()
                .filter(machine -> !machine.failed && !machine.diskLost)
                .toList();
    }

    private final class HeardOfStore implements StoreListener {
        private final SimMachine machine;

        HeardOfStore(SimMachine machine) {
            this.machine = machine;
        }

        @Override
        public void progress(RecoveryProgress progress) {}

        @Override
        public void partitionAvailable(int partition) {}

        @Override
        public void groupDurable(int records, long nanos) {
            trace.say(machine.name, () -> "has " + records + " record(s) durable");
        }
    }

    private final class HeardOfReplicas implements ReplicaEvents {
        private final SimMachine machine;

        HeardOfReplicas(SimMachine machine) {
            this.machine = machine;
        }

        @Override
        public void writeBelowWatermark() {}

        @Override
        public void discarded(int siblings) {
            reachedIf(siblings > 0, Mark.CONFLICT_DISCARDED);
        }

        @Override
        public void manySiblings(int siblings) {}

        @Override
        public void dotReused() {
            bug(machine.name + " has seen one dot with two values");
        }

        @Override
        public void checksumFailed() {
            if (!machine.lostData) {
                bug(machine.name + " has read a damaged record although nothing was damaged");
            }
        }
    }

    private final class HeardOfOperations implements OperationEvents {
        @Override
        public void finished(ConsistencyLevel level, Kind kind, Outcome outcome, long nanos) {}

        @Override
        public void quorumFailed(Kind kind) {}

        @Override
        public void readRepaired(int replicas) {
            reached(Mark.READ_WROTE_BACK);
        }

        @Override
        public void overloaded() {}
    }
}
