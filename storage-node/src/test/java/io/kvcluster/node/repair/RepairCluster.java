package io.kvcluster.node.repair;

import io.kvcluster.node.NodeCore;
import io.kvcluster.node.NodeRules;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.coordinator.OperationEvents;
import io.kvcluster.node.coordinator.OperationSettings;
import io.kvcluster.node.peer.PeerConfig;
import io.kvcluster.node.replica.ReplicaEvents;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Environment;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.SimClock;
import io.kvcluster.node.seams.SimLoop;
import io.kvcluster.node.seams.SimNetwork;
import io.kvcluster.node.seams.SimWorld;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.CompactionBounds;
import io.kvcluster.node.storage.Durability;
import io.kvcluster.node.storage.HintBounds;
import io.kvcluster.node.storage.IndexFactory;
import io.kvcluster.node.storage.StoreConfig;
import io.kvcluster.node.storage.StoreException;
import io.kvcluster.node.storage.StoreListener;
import io.kvcluster.proto.peer.PeerFrame;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.RingChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Whole nodes, as they ship, on one virtual-time queue: made for scripts in which nodes go away and come back. One seed, one run. */
final class RepairCluster {
    static final int PARTITIONS = 8;
    private static final int SEGMENT = 64 << 10;

    final SimWorld world;
    final SimNetwork<PeerFrame> network;
    final List<Machine> machines = new ArrayList<>();
    final Counts counts = new Counts();
    RepairConfig config = RepairConfigs.QUICK;
    HintBounds hints = HintBounds.USUAL;
    NodeRules rules = NodeRules.DESIGNED;
    long cacheBytes = 4 << 20;
    private @Nullable Ring ring;

    RepairCluster(long seed, int size) {
        world = new SimWorld(seed);
        network = new SimNetwork<>(world);
        IntStream.range(0, size).forEach(i -> machines.add(new Machine("node-" + i)));
    }

    /** Boots all and gives them their first ring. */
    RepairCluster start() {
        machines.forEach(Machine::boot);
        List<RingChange.NewMember> members = machines.stream()
                .map(machine -> new RingChange.NewMember(
                        machine.name, machine.storeId(), 1, machine.name, "zone-" + machine.name))
                .toList();
        RingChange.Result first = RingChange.first(new RingChange.First(
                "test",
                "00000000-0000-4000-8000-000000000001",
                members,
                machines.size(),
                machines.size() / 2 + 1,
                machines.size() / 2 + 1,
                PARTITIONS,
                Defaults.newBuilder()
                        .setConsistency("eventual")
                        .setConflictResolution("LastWriterWins")
                        .setDurability("Fsync")
                        .build()));
        Ring made = ((RingChange.Made) first).ring();
        ring = made;
        machines.forEach(machine -> machine.core().keeper().offer(made.table(), "the test", decision -> {}));
        world.runUntil(
                "all nodes see each other", 10_000, () -> machines.stream().allMatch(this::seesAll));
        world.runForMillis(5_000); // links that both sides dialled are settled
        return this;
    }

    boolean seesAll(Machine machine) {
        return machine.core != null
                && machine.core.keeper().current() != null
                && machines.stream().allMatch(other -> machine.core.peers().isUp(other.storeId()));
    }

    /** A disk, a clock, and the process on it. */
    final class Machine {
        final String name;
        final SimClock clock = new SimClock(world);
        SimulatedDisk disk;
        private int lives;
        private List<SimLoop> loops = List.of();
        private String storeId = "";

        @Nullable NodeCore core;

        Machine(String name) {
            this.name = name;
            this.disk = new SimulatedDisk(world.newRandom(name + " disk"));
        }

        void boot() {
            lives++;
            List<SimLoop> mine = new ArrayList<>();
            loops = mine;
            Environment environment = new MachineEnvironment(this, name + "#" + lives, mine);
            try {
                NodeCore made = new NodeCore(
                        new NodeCore.World(environment, IndexFactory.heap(), network.join(name)),
                        new NodeCore.Settings(
                                name,
                                name,
                                2,
                                new StoreConfig(
                                        PARTITIONS,
                                        new Durability.Fsync(),
                                        SEGMENT,
                                        16 << 10,
                                        4_096,
                                        8 << 20,
                                        cacheBytes,
                                        0,
                                        1,
                                        4_096,
                                        hints,
                                        CompactionBounds.USUAL),
                                PeerConfig.defaults(),
                                OperationSettings.DEFAULT,
                                config),
                        rules,
                        new NodeCore.Listeners(StoreListener.NONE, new Quiet(), new Quiet(), counts, standing -> {}),
                        () -> true);
                made.start();
                core = made;
                storeId = made.store().identity().storeIdText();
            } catch (StoreException | IOException broken) {
                throw new AssertionError(name + " cannot start", broken);
            }
        }

        NodeCore core() {
            NodeCore present = core;
            if (present == null) {
                throw new AssertionError(name + " is down");
            }
            return present;
        }

        String storeId() {
            return storeId;
        }

        /** kill -9: what was written stays. */
        void kill() {
            core = null;
            loops.forEach(SimLoop::kill);
            network.kill(name);
            disk.processEnded();
        }

        List<Long> roots() {
            return core().replicas().stream()
                    .map(replica -> replica.repair().treeReady()
                            ? replica.repair().tree().root()
                            : -1)
                    .toList();
        }

        /** As published each second. */
        long keys() {
            world.runForMillis(1_500);
            return core().store().report().keys();
        }

        /** What the node itself answers at level local; empty for nothing. */
        Optional<String> local(String key) {
            Outcome outcome = run(this, new Command.Get(Key.of(key), ConsistencyLevel.LOCAL, deadline(), "", false));
            return outcome instanceof Outcome.Read read
                    ? read.siblings().stream()
                            .findFirst()
                            .map(version -> new String(version.value(), java.nio.charset.StandardCharsets.UTF_8))
                    : Optional.of(outcome.toString());
        }
    }

    long deadline() {
        return world.nanos() + 1_000_000_000;
    }

    /** Runs one command to its end. */
    Outcome run(Machine at, Command command) {
        Outcome[] got = new Outcome[1];
        at.core().handler().handle(command, outcome -> got[0] = outcome);
        world.runUntil("an outcome of " + command, 5_000, () -> got[0] != null);
        return got[0];
    }

    Outcome put(Machine at, String key, byte[] value, ConsistencyLevel level) {
        return run(at, new Command.Put(Key.of(key), value, new byte[0], level, deadline(), "", false));
    }

    Outcome delete(Machine at, String key, ConsistencyLevel level) {
        return run(at, new Command.Delete(Key.of(key), new byte[0], level, deadline(), "", false));
    }

    /** Puts many keys, a few at a time. @return bytes of keys and values */
    long load(Machine at, String prefix, int from, int to, int valueBytes) {
        int[] ended = new int[1];
        long bytes = 0;
        for (int i = from; i < to; i++) {
            String key = prefix + i;
            byte[] value = new byte[valueBytes];
            world.newRandom(key + world.nanos()).nextBytes(value);
            bytes += key.length() + valueBytes;
            at.core()
                    .handler()
                    .handle(
                            new Command.Put(
                                    Key.of(key), value, new byte[0], ConsistencyLevel.EVENTUAL, deadline(), "", false),
                            outcome -> {
                                if (!(outcome instanceof Outcome.Applied)) {
                                    throw new AssertionError(key + ": " + outcome);
                                }
                                ended[0]++;
                            });
            if (i % 50 == 49 || i == to - 1) {
                int want = i - from + 1;
                world.runUntil("writes end", 5_000, () -> ended[0] == want);
            }
        }
        return bytes;
    }

    Machine machine(int number) {
        return machines.get(number);
    }

    /** While the process is down, a bit of a sealed segment turns, and the file is gone that says which keys it has. */
    void damage(Machine machine) {
        String sealed = segments(machine).getFirst();
        machine.disk.flip(sealed, 20_000, 3);
        try {
            machine.disk.delete(sealed.replace(".seg", ".hints"));
        } catch (IOException absent) {
            throw new AssertionError(absent);
        }
    }

    /** Oldest first. */
    List<String> segments(Machine machine) {
        return machine.disk.list("log").stream()
                .filter(name -> name.endsWith(".seg"))
                .sorted()
                .map(name -> "log/" + name)
                .toList();
    }

    boolean equal() {
        List<Long> first = machines.getFirst().roots();
        return !first.contains(-1L)
                && machines.stream().allMatch(machine -> machine.roots().equals(first));
    }

    void untilEqual(long withinMillis) {
        world.runUntil("replicas are equal", withinMillis, this::equal);
    }

    // --- the parts of a world

    private final class MachineEnvironment implements Environment {
        private final Machine machine;
        private final String name;
        private final List<SimLoop> loops;

        MachineEnvironment(Machine machine, String name, List<SimLoop> loops) {
            this.machine = machine;
            this.name = name;
            this.loops = loops;
        }

        @Override
        public Clock clock() {
            return machine.clock;
        }

        @Override
        public RandomGenerator newRandom(String purpose) {
            return world.newRandom(name + " " + purpose);
        }

        @Override
        public Loop newLoop(String loop, int mailbox) {
            SimLoop made = new SimLoop(world, name + "/" + loop, mailbox);
            loops.add(made);
            return made;
        }

        @Override
        public Worker newWorker(String worker, int threads, int queue) {
            Loop loop = newLoop(worker, queue);
            return new Worker() {
                @Override
                public boolean offer(Runnable task) {
                    return loop.offer(task);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public Disk disk() {
            return machine.disk;
        }

        @Override
        public String bootId() {
            return "";
        }

        @Override
        public void halt(int exitCode, String why) {
            throw new AssertionError("exit " + exitCode + ": " + why);
        }
    }

    /** What repair told, over all nodes and lives. */
    static final class Counts implements RepairEvents {
        final Map<ExchangeEnd, Integer> exchanges = new TreeMap<>();
        int hintsStored;
        int hintsReplayed;
        int hintsDropped;
        int keysRepaired;
        long bytes;
        int collected;
        int losses;
        int corruptRepaired;
        int damagedLost;
        long scrubbed;
        int scrubbedDamaged;

        @Override
        public void hintStored() {
            hintsStored++;
        }

        @Override
        public void hintReplayed() {
            hintsReplayed++;
        }

        @Override
        public void hintDropped() {
            hintsDropped++;
        }

        @Override
        public void exchangeEnded(ExchangeEnd end) {
            exchanges.merge(end, 1, Integer::sum);
        }

        @Override
        public void keyRepaired() {
            keysRepaired++;
        }

        @Override
        public void bytesMoved(int moved) {
            bytes += moved;
        }

        @Override
        public void tombstonesCollected(int keys) {
            collected += keys;
        }

        @Override
        public void possibleLoss() {
            losses++;
        }

        @Override
        public void corruptRecordRepaired() {
            corruptRepaired++;
        }

        @Override
        public void damagedRecordLost() {
            damagedLost++;
        }

        @Override
        public void scrubbed(int records, long bytes, int damaged) {
            scrubbed += records;
            scrubbedDamaged += damaged;
        }
    }

    private static final class Quiet implements OperationEvents, ReplicaEvents {
        @Override
        public void finished(ConsistencyLevel level, Kind kind, Outcome outcome, long nanos) {}

        @Override
        public void quorumFailed(Kind kind) {}

        @Override
        public void readRepaired(int replicas) {}

        @Override
        public void overloaded() {}

        @Override
        public void discarded(int siblings) {}

        @Override
        public void manySiblings(int siblings) {}

        @Override
        public void dotReused() {
            throw new AssertionError("a dot was used for two values");
        }

        @Override
        public void checksumFailed() {}

        @Override
        public void writeBelowWatermark() {}
    }
}
