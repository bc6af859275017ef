package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.MoveViews;
import io.kvcluster.node.NodeCore;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Whole nodes and the machine of rings, without chance but that of the network: for what must be seen at one moment of a move. */
final class MoveScript {
    private static final long MILLIS = 1_000_000;
    private static final long PATIENCE_MILLIS = 60_000;

    final SimCluster cluster;
    final MovingOperator operator;
    private Runnable watch = () -> {};

    /** All machines have a ring in which each partition has so many replicas, and a write at eventual needs all of them. */
    MoveScript(int machines, int replicas, MoveFault fault) {
        this(machines, replicas, 1, replicas, fault);
    }

    /** @param reads,writes the quorums of level eventual */
    MoveScript(int machines, int replicas, int reads, int writes, MoveFault fault) {
        this(machines, replicas, reads, writes, SimPlan.Upkeep.USUAL, fault);
    }

    MoveScript(int machines, int replicas, int reads, int writes, SimPlan.Upkeep upkeep, MoveFault fault) {
        SimPlan plan = new SimPlan(
                1, machines, 1, Policy.LAST_WRITER_WINS, EnumSet.of(Fault.KILL), 1, 0, 0, 0, 1, 1, 1, 1, false, upkeep);
        cluster = new SimCluster(plan, fault.rules(), false);
        cluster.machines.forEach(machine -> machine.copies = true);
        operator = new MovingOperator(cluster, fault, false);
        operator.want(machines, replicas, reads, writes);
        operator.settle();
        cluster.machines.forEach(SimMachine::boot);
        operator.start();
        await("the first ring is in use", () -> operator.settled() && everybodyUses(ring()));
    }

    /** The operator's. */
    Ring ring() {
        return Objects.requireNonNull(operator.ring());
    }

    boolean everybodyUses(@Nullable Ring ring) {
        return ring != null
                && cluster.machines.stream()
                        .filter(machine -> !machine.gone)
                        .allMatch(machine -> ring.equals(machine.ring()));
    }

    /** The next partition that begins to move, with the operator held from then on, and the ring in use everywhere. */
    int heldInCopy() {
        await("a partition moves", () -> moving().isPresent());
        operator.hold(true);
        await("everybody knows", () -> everybodyUses(ring()));
        return moving().orElseThrow();
    }

    /**
     * A partition whose move is held while it is copied.
     *
     * @param old its replicas
     * @param targets its replicas after the move
     * @param leaves the first of the old that is no target
     * @param key one of the partition
     */
    record Held(int partition, List<SimMachine> old, List<SimMachine> targets, SimMachine leaves, Key key) {
        SimMachine joins() {
            return in(targets, old);
        }

        List<SimMachine> stay() {
            return old.stream().filter(targets::contains).toList();
        }
    }

    /** As {@link #heldInCopy}. */
    Held held() {
        int partition = heldInCopy();
        List<SimMachine> old = machines(ring().replicas(partition));
        List<SimMachine> targets = machines(ring().target(partition));
        return new Held(partition, old, targets, in(old, targets), keyOf(partition));
    }

    /** The same, with every copy complete. */
    Held heldWithAllCopied() {
        Held held = held();
        held.targets().forEach(machine -> awaitCopied(machine, held.partition()));
        return held;
    }

    /** The operator goes on, and the store is told that it left the partition. */
    void awaitLeft(Held move) {
        operator.hold(false);
        await(
                "the store has left",
                () -> !ring().moves(move.partition())
                        && ring().equals(move.leaves().ring()));
    }

    /** Lets the operator go on until reads ask those that the partition moves to, and everybody knows. */
    void heldInReadNew(int partition) {
        operator.hold(false);
        await("reads ask the new replicas", () -> ring().move(partition).getPhase() == MovePhase.READ_NEW);
        operator.hold(true);
        await("everybody knows", () -> everybodyUses(ring()));
    }

    /** The next partition that begins to move, with the operator held from then on, and nobody but it knows. */
    int madeAndNotTold() {
        operator.silent(true);
        await("a partition moves", () -> moving().isPresent());
        operator.hold(true);
        return moving().orElseThrow();
    }

    private Optional<Integer> moving() {
        Ring ring = ring();
        return IntStream.range(0, ring.partitions())
                .filter(ring::moves)
                .filter(p -> ring.move(p).getPhase() == MovePhase.COPY)
                .boxed()
                .findFirst();
    }

    /** The machine of one of two groups that is not in the other. */
    static SimMachine in(List<SimMachine> one, List<SimMachine> notInOther) {
        return one.stream()
                .filter(machine -> !notInOther.contains(machine))
                .findFirst()
                .orElseThrow();
    }

    /** A write reaches its coordinator alone, which ends before it hears of the others; nobody knows that they lack it. */
    void putThatReachesOnly(SimMachine coordinator, Key key, String value) {
        putThatReachesOnly(coordinator, key, value, ConsistencyLevel.QUORUM);
    }

    /** @return what the client was told until the coordinator ended; null for nothing */
    @Nullable Outcome putThatReachesOnly(SimMachine coordinator, Key key, String value, ConsistencyLevel level) {
        List<SimMachine> others = othersThan(coordinator);
        others.forEach(other -> cluster.network.slow(coordinator.name, other.name, 100 * MILLIS));
        Outcome[] told = new Outcome[1];
        coordinator.submit(putOf(coordinator, key, value, level, 1_000), outcome -> told[0] = outcome);
        awaitHeld(coordinator, key, true);
        cluster.world.runForMillis(10);
        coordinator.kill();
        others.forEach(other -> cluster.network.slow(coordinator.name, other.name, 0));
        return told[0];
    }

    List<SimMachine> othersThan(SimMachine machine) {
        return cluster.machines.stream().filter(other -> other != machine).toList();
    }

    /** Nothing of the one comes to the others, and nothing of theirs to it. */
    void cut(SimMachine one, List<SimMachine> others) {
        others.forEach(other -> cluster.network.partition(one.name, other.name));
    }

    void heal() {
        for (SimMachine machine : cluster.machines) {
            for (SimMachine other : cluster.machines) {
                cluster.network.heal(machine.name, other.name);
                cluster.network.slow(machine.name, other.name, 0);
            }
        }
    }

    /** As a store does that was away while deletes were collected: it doubts the partition, and copies it anew. */
    void empty(SimMachine machine, int partition) {
        RepairSide side =
                Objects.requireNonNull(machine.core()).replicas().get(partition).repair();
        boolean[] done = new boolean[1];
        side.loop().post(() -> side.empty(() -> done[0] = true));
        await(machine.name + " is emptied", () -> done[0]);
    }

    /** As one finds at its start that the log is damaged: what it holds of the partition may not be all. */
    void doubt(SimMachine machine, int partition) {
        NodeCore core = Objects.requireNonNull(machine.core());
        Loop loop = core.replicas().get(partition).repair().loop();
        boolean[] done = new boolean[1];
        loop.post(() -> core.store().distrust(partition, loop, () -> done[0] = true));
        await(machine.name + " doubts its copy", () -> done[0]);
    }

    /** The bytes of the value go bad on the machine's disk, wherever in its log they are. */
    void damage(SimMachine machine, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int found = 0;
        for (String file : machine.disk.list("log")) {
            byte[] content = machine.disk.content("log/" + file);
            for (int at = 0; at + bytes.length <= content.length; at++) {
                if (Arrays.equals(content, at, at + bytes.length, bytes, 0, bytes.length)) {
                    machine.disk.flip("log/" + file, at, 0);
                    found++;
                }
            }
        }
        assertThat(found).as("the value is in the log").isPositive();
        machine.lostData = true;
    }

    void awaitCopied(SimMachine machine, int partition) {
        await(
                machine.name + " has a copy of partition " + partition,
                () -> new MoveViews(Objects.requireNonNull(machine.core()))
                        .copies().stream().anyMatch(copy -> copy.getPartition() == partition && copy.getComplete()));
    }

    /** Nothing moves, nobody doubts what it holds, and nobody has anything to give up. */
    void awaitSettled() {
        await(
                "all is where the ring says",
                () -> operator.settled()
                        && everybodyUses(ring())
                        && cluster.machines.stream()
                                .filter(machine -> !machine.gone)
                                .map(machine -> Objects.requireNonNull(machine.core()))
                                .allMatch(core -> core.store().report().suspectPartitions() == 0
                                        && core.repair().report().suspects() == 0
                                        && core.repair().report().toGiveUp() == 0));
    }

    /** The machines of some of whom a ring names. */
    List<SimMachine> machines(List<Member> members) {
        return members.stream().map(member -> cluster.machine(member.getName())).toList();
    }

    Key keyOf(int partition) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "key-" + i)
                .filter(key -> ring().partitionOf(key.getBytes(StandardCharsets.UTF_8)) == partition)
                .map(Key::of)
                .findFirst()
                .orElseThrow();
    }

    /** Waits for nothing. */
    void send(SimMachine machine, Key key, String value) {
        machine.submit(putOf(machine, key, value, ConsistencyLevel.EVENTUAL, 1_000), _ -> {});
    }

    Outcome put(SimMachine machine, Key key, String value, ConsistencyLevel level) {
        return outcome(machine, putOf(machine, key, value, level, 2_000));
    }

    private static Command putOf(SimMachine machine, Key key, String value, ConsistencyLevel level, int budgetMillis) {
        return new Command.Put(
                key,
                value.getBytes(StandardCharsets.UTF_8),
                new byte[0],
                0,
                level,
                machine.clock.nanos() + budgetMillis * MILLIS,
                "",
                false);
    }

    /** The values found; tried again while it is refused. */
    List<String> get(SimMachine machine, Key key, ConsistencyLevel level) {
        for (int tries = 0; tries < 100; tries++) {
            Outcome outcome =
                    outcome(machine, new Command.Get(key, level, machine.clock.nanos() + 1_000 * MILLIS, "", false));
            if (outcome instanceof Outcome.Read read) {
                return read.siblings().stream()
                        .map(sibling -> new String(sibling.value(), StandardCharsets.UTF_8))
                        .toList();
            }
            cluster.world.runForMillis(20);
        }
        throw new AssertionError("no read of " + key + " at " + machine.name + " is answered");
    }

    private Outcome outcome(SimMachine machine, Command command) {
        Outcome[] heard = new Outcome[1];
        machine.submit(command, outcome -> heard[0] = outcome);
        await("an answer", () -> heard[0] != null);
        return heard[0];
    }

    /** Until the machine's store durably has a record of the key, or has none any more. */
    void awaitHeld(SimMachine machine, Key key, boolean expected) {
        int partition = ring().partitionOf(key.bytes());
        boolean[] asExpected = new boolean[1];
        await(machine.name + (expected ? " holds " : " does not hold ") + key, () -> {
            NodeCore core = Objects.requireNonNull(machine.core());
            RepairSide side = core.replicas().get(partition).repair();
            side.loop().post(() -> asExpected[0] = side.digest(key) != 0 == expected);
            return asExpected[0];
        });
    }

    /** Looks from now on, each virtual millisecond that something is waited for. */
    void watch(Runnable look) {
        watch = look;
    }

    /** Looks each virtual millisecond. */
    void await(String what, BooleanSupplier condition) {
        for (long millis = 0; !condition.getAsBoolean(); millis++) {
            if (millis > PATIENCE_MILLIS || cluster.broken().isPresent()) {
                throw new AssertionError(
                        "not in a minute: " + what + "; " + cluster.broken().orElse("no bug seen"));
            }
            cluster.world.runFor(MILLIS);
            watch.run();
        }
    }
}
