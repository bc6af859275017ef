package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeCore;
import io.kvcluster.node.NodeRules;
import io.kvcluster.node.coordinator.OperationSettings;
import io.kvcluster.node.membership.Standing;
import io.kvcluster.node.peer.PeerConfig;
import io.kvcluster.node.peer.PeerReport;
import io.kvcluster.node.repair.RepairConfig;
import io.kvcluster.node.seams.SimEnvironment;
import io.kvcluster.node.seams.SimNetwork;
import io.kvcluster.node.seams.SimWorld;
import io.kvcluster.node.storage.Durability;
import io.kvcluster.node.storage.HintBounds;
import io.kvcluster.node.storage.IndexFactory;
import io.kvcluster.node.storage.StoreConfig;
import io.kvcluster.proto.peer.PeerFrame;
import io.kvcluster.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Machines, their network, and what is known of the run so far. */
final class SimCluster {
    static final int PARTITIONS = 8;
    /** With a quorum alive, a cluster makes progress within this. */
    private static final long LIVENESS_NANOS = 60_000_000_000L;

    private static final long STEP_NANOS = 20_000_000;
    static final long DISK_BYTES = 4L << 20;
    private static final int SEGMENT_BYTES = 32 << 10;

    final SimPlan plan;
    final NodeRules rules;
    final SimWorld world;
    final RandomGenerator random;
    final SimNetwork<PeerFrame> network;
    final Trace trace;
    final List<SimMachine> machines = new ArrayList<>();
    final Set<Mark> marks = EnumSet.noneOf(Mark.class);
    private final Wire wire;
    private final RandomGenerator resolverChance;
    /** What stays away is given up, who returns joins anew, and failed disks are replaced. */
    boolean heals;

    private boolean underLoad = true;
    private Optional<String> broken = Optional.empty();

    SimCluster(SimPlan plan, NodeRules rules, boolean traced) {
        this.plan = plan;
        this.rules = rules;
        this.world = new SimWorld(plan.seed());
        this.random = world.newRandom("happenings");
        this.trace = new Trace(traced, world::nanos);
        this.network = new SimNetwork<>(world);
        this.wire = new Wire(this);
        this.resolverChance = world.newRandom("resolver");
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

    /** What a node sees of everything else. */
    NodeCore.World worldOf(String machine, SimEnvironment environment, Consumer<Runnable> door) {
        return new NodeCore.World(
                environment,
                IndexFactory.heap(),
                network.join(machine, door),
                Map.of(UnionResolver.NAME, new UnionResolver(resolverChance)));
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
                        16 << 10,
                        1_024,
                        1 << 20,
                        0,
                        2 * SEGMENT_BYTES,
                        1,
                        256,
                        new HintBounds(
                                plan.upkeep().hints(),
                                64 << 10,
                                2 * plan.upkeep().hints(),
                                128 << 10),
                        StoreConfig.of(PARTITIONS, new Durability.Fsync(), 0).compaction()),
                peerConfig(),
                OperationSettings.DEFAULT,
                repairConfig());
    }

    private RepairConfig repairConfig() {
        SimPlan.Upkeep upkeep = plan.upkeep();
        return new RepairConfig(
                Duration.ofMillis(100),
                Duration.ofMillis(upkeep.exchangeEveryMillis()),
                Duration.ofMillis(500),
                Duration.ofMillis(200),
                Duration.ofSeconds(2),
                Duration.ofMillis(upkeep.coverLagMillis()),
                Duration.ofSeconds(1),
                RepairConfig.defaults().bytesPerSecond(),
                RepairConfig.defaults().scrubBytesPerSecond(),
                4,
                3,
                Duration.ofMillis(upkeep.hintWindowMillis()),
                4);
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
        Hears hears = new Hears(this, machine);
        return new NodeCore.Listeners(hears, hears, hears, hears, standing -> heard(machine, standing));
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

    /** Clients are at work. */
    boolean isUnderLoad() {
        return underLoad;
    }

    void loadEnds() {
        underLoad = false;
    }

    /** Rings with different policies are in use. */
    boolean isUnderMixedPolicies() {
        return plan.policy() == Policy.CHANGING
                && machines.stream()
                                .flatMap(machine -> Stream.ofNullable(machine.ring()))
                                .map(ring -> ring.defaults().getConflictResolution())
                                .distinct()
                                .count()
                        > 1;
    }

    /** No process has ended yet, so that what replicas missed is known to those who sent it. */
    boolean isUnbroken() {
        return machines.stream().allMatch(machine -> machine.lives() == 1 && machine.isUp());
    }

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

    void await(String what, BooleanSupplier condition) {
        await(what, condition, () -> "");
    }

    /** Lets time pass until the condition holds; within a virtual minute. @param details of why it does not */
    void await(String what, BooleanSupplier condition, Supplier<String> details) {
        if (broken.isPresent()) {
            return;
        }
        long until = world.nanos() + LIVENESS_NANOS;
        while (broken.isEmpty() && !condition.getAsBoolean()) {
            if (world.nanos() >= until) {
                bug("no progress: not in a minute: " + what + " " + details.get());
                return;
            }
            world.runFor(STEP_NANOS);
            look();
        }
        trace.say("world", () -> what);
    }

    /** Every machine that can serve does, under the ring of this epoch, with links to every other. */
    boolean converged(long epoch) {
        for (SimMachine machine : serving()) {
            NodeCore core = machine.core();
            Ring ring = machine.ring();
            if (core == null
                    || ring == null
                    || ring.epoch() != epoch
                    || !(core.keeper().standing() instanceof Standing.Member)
                    || !core.store().report().indexReady()) {
                return false;
            }
            long linked = core.peers().reports().stream().filter(PeerReport::up).count();
            if (linked < serving().size() - 1) {
                return false;
            }
        }
        return true;
    }

    /** Notes what only a look from outside shows. */
    void look() {
        machines.forEach(SimMachine::look);
    }

    /** Machines that the ring names and that are not given up. */
    List<SimMachine> serving() {
        return machines.stream()
                .filter(machine -> !machine.failed && !machine.diskLost)
                .toList();
    }
}
