package io.kvcluster.node.simulation;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What must become of a cluster once the faults are over, step by step; the first step that does not end in a virtual minute is the
 * violation.
 *
 * <ol>
 *   <li>It makes progress in every partition, also while one machine is away.
 *   <li>All machines that can serve do, under one ring.
 *   <li>Every key is read: the checks of what clients saw take these reads in.
 *   <li>No hint is left, no replica doubts itself, and replicas are equal: by that alone when no process has ended, else after one
 *       exchange of every pair.
 *   <li>Tombstones are collected, and every key reads as before.
 * </ol>
 */
final class Ending {
    private static final long SECOND = 1_000_000_000L;
    private static final int MANY_NAMES = 1_000;
    /** What the clients asked for last is applied by then, or never: twice the longest deadline, for one that was forwarded. */
    private static final long LATE_MILLIS = 1_500;

    private final SimCluster cluster;
    private final SimOperator operator;
    private final Clients clients;
    private final Faults faults;
    private final Replicas replicas;

    Ending(SimCluster cluster, SimOperator operator, Clients clients, Faults faults) {
        this.cluster = cluster;
        this.operator = operator;
        this.clients = clients;
        this.faults = faults;
        this.replicas = new Replicas(cluster);
    }

    void run() {
        progress();
        cluster.await("the cluster has converged", () -> cluster.converged(operator.epoch()));
        cluster.world.runForMillis(LATE_MILLIS);
        boolean readFirst = cluster.plan.seed() % 2 == 0;
        Map<String, TreeSet<String>> before = readFirst ? read() : Map.of();
        equal();
        if (!readFirst) {
            before = read();
        }
        collected();
        same(before, read());
    }

    /** Of what all replicas were asked for: a quorum may see a part only of what was written at a weaker level. */
    private void same(Map<String, TreeSet<String>> before, Map<String, TreeSet<String>> after) {
        if (!everyDiskKept()) {
            return;
        }
        after.forEach((key, values) -> {
            boolean expired = KeyKind.of(key) == KeyKind.EXPIRING && values.isEmpty();
            if (cluster.broken().isEmpty() && !expired && !values.equals(before.get(key))) {
                cluster.bug("key " + key + ": repair changed what is read: before " + before.get(key) + ", after "
                        + values);
            }
        });
    }

    private boolean everyDiskKept() {
        return cluster.machines.stream().noneMatch(machine -> machine.lostData || machine.failed);
    }

    /** Of a register the newest version alone: what else a change of the policy may show is no matter. */
    private TreeSet<String> valuesOf(SimOperation read) {
        if (cluster.plan.policy() != Policy.CHANGING) {
            return new TreeSet<>(read.elements());
        }
        String register = read.register();
        return register == null ? new TreeSet<>() : new TreeSet<>(Set.of(register));
    }

    /** With a quorum alive, everything goes on. */
    private void progress() {
        List<SimMachine> sound = cluster.machines.stream()
                .filter(machine -> !machine.failed
                        && !machine.lostData
                        && machine.failedForces <= Faults.MAX_FSYNC_ERRORS) // or it may be about to give up
                .toList();
        boolean oneMayLack = cluster.plan.leaveOneAway()
                && sound.size() == cluster.machines.size()
                && sound.getLast().ring() != null;
        Optional<SimMachine> away = oneMayLack ? Optional.of(sound.getLast()) : Optional.empty();
        faults.stop(away);
        cluster.await("a machine has a ring", () -> rings().findFirst().isPresent());
        List<SimMachine> there = cluster.serving().stream()
                .filter(machine -> away.filter(machine::equals).isEmpty())
                .toList();
        if (cluster.broken().isEmpty()) {
            done("every partition takes a write and gives it back", clients.probe(probes(), there));
            cluster.reachedIf(away.isPresent(), Mark.WENT_ON_WITHOUT_ONE);
        }
        away.ifPresent(SimMachine::comeBack);
    }

    private Stream<Ring> rings() {
        return cluster.serving().stream().flatMap(machine -> Stream.ofNullable(machine.ring()));
    }

    /** One key of each partition. */
    private List<String> probes() {
        Ring ring = rings().findFirst().orElseThrow();
        Map<Integer, String> probes = new LinkedHashMap<>();
        for (int i = 0; i < MANY_NAMES && probes.size() < SimCluster.PARTITIONS; i++) {
            String key = KeyKind.probe(cluster.plan.policy(), i);
            probes.putIfAbsent(ring.partitionOf(key.getBytes(StandardCharsets.UTF_8)), key);
        }
        return new ArrayList<>(probes.values());
    }

    /** At the strongest level that the machines left can serve. By key: the values found. */
    private Map<String, TreeSet<String>> read() {
        ConsistencyLevel level = everyDiskKept() ? ConsistencyLevel.ALL : ConsistencyLevel.QUORUM;
        Map<String, TreeSet<String>> found = new LinkedHashMap<>();
        if (cluster.broken().isEmpty()) {
            clients.keys().forEach(key -> found.put(key, new TreeSet<>()));
            done(
                    "every key was read at " + level,
                    clients.readAll(level, cluster.serving(), read -> found.put(read.key, valuesOf(read))));
        }
        return found;
    }

    private void done(String what, IntSupplier left) {
        cluster.await(what, () -> left.getAsInt() == 0);
    }

    /**
     * While no process has ended, whoever sent a write knows who missed it. A change of the policy needs exchanges too: one replica
     * may have merged under the old one what its neighbour merged under the new one.
     */
    private void equal() {
        cluster.await("no hint is left", () -> replicas.hints() == 0);
        await("no replica doubts what it holds", false, replicas::doubt);
        boolean byHintsAlone = cluster.isUnbroken() && cluster.plan.policy() != Policy.CHANGING;
        await(
                byHintsAlone ? "replicas are equal without being asked to" : "replicas are equal",
                !byHintsAlone,
                replicas::difference);
        cluster.reachedIf(
                byHintsAlone && cluster.plan.upkeep().exchangeEveryMillis() == SimPlan.Upkeep.SELDOM,
                Mark.EQUAL_BY_HINTS_ALONE);
    }

    /** As long as every replica answers, what all have exchanged is collected. */
    private void collected() {
        if (cluster.serving().size() == cluster.machines.size()) {
            cluster.world.runForMillis(cluster.plan.upkeep().coverLagMillis()); // exchanges cover what is older
            await("tombstones are collected", true, replicas::tombstone);
            await("replicas are equal after collection", true, replicas::difference);
        }
    }

    /** @param repair whether every pair of replicas is asked to exchange, again and again */
    private void await(String what, boolean repair, Supplier<Optional<String>> wrong) {
        long[] next = {cluster.world.nanos()};
        cluster.await(
                what,
                () -> {
                    if (repair && cluster.world.nanos() >= next[0]) {
                        next[0] = cluster.world.nanos() + 3 * SECOND;
                        replicas.repairNow();
                    }
                    return wrong.get().isEmpty();
                },
                () -> wrong.get().orElse(""));
    }
}
