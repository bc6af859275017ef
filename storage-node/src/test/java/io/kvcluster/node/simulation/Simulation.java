package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeRules;
import io.kvcluster.node.command.ConsistencyLevel;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** One seed, from the start of the machines to the verdict. */
final class Simulation {
    private static final long SECONDS = 1_000_000_000L;

    /** Without a fault, a cluster with a quorum alive makes progress within this. */
    private static final long LIVENESS_SECONDS = 60;

    private final SimPlan plan;
    private final SimCluster cluster;
    private final Clients clients;
    private final SimOperator operator;
    private final Faults faults;

    /**
     * How it went.
     *
     * @param violation the first thing that must not be; empty for a good run
     * @param answered operations that were not refused and whose outcome is known
     */
    record Result(
            SimPlan plan,
            Optional<String> violation,
            Set<Mark> marks,
            int operations,
            int answered,
            int unknown,
            long virtualMillis,
            long events,
            List<String> trace) {}

    private Simulation(SimPlan plan, NodeRules rules, Sabotage sabotage, boolean traced) {
        this.plan = plan;
        this.cluster = new SimCluster(plan, rules, traced);
        this.clients = new Clients(cluster);
        this.operator = new SimOperator(cluster);
        this.faults = new Faults(cluster);
        if (sabotage == Sabotage.NO_FSYNC) {
            cluster.machines.forEach(machine -> machine.disk.ignoreForceOf("log/"));
        }
    }

    /** What is wrong with the world itself, in tests of the checks. */
    enum Sabotage {
        NOTHING,
        NO_FSYNC
    }

    static Result run(long seed) {
        return run(SimPlan.of(seed), NodeRules.DESIGNED, Sabotage.NOTHING, false);
    }

    static Result traced(long seed) {
        return run(SimPlan.of(seed), NodeRules.DESIGNED, Sabotage.NOTHING, true);
    }

    static Result run(SimPlan plan, NodeRules rules, Sabotage sabotage, boolean traced) {
        Simulation simulation = new Simulation(plan, rules, sabotage, traced);
        try {
            simulation.run();
        } catch (RuntimeException | AssertionError thrown) {
            simulation.cluster.bug("the run threw", thrown);
        }
        return simulation.result();
    }

    private void run() {
        cluster.trace.say("plan", plan::summary);
        cluster.machines.forEach(SimMachine::boot);
        operator.start();
        faults.start();
        clients.start();
        await("every client is done", 5 * LIVENESS_SECONDS, clients::finished);
        faults.stop();
        operator.settle();
        await("the cluster has converged", LIVENESS_SECONDS, cluster::converged);
        readEverything();
        boolean everyDiskKept = cluster.machines.stream().noneMatch(machine -> machine.lostData || machine.failed);
        if (cluster.broken().isEmpty()) {
            new Checks(clients.operations, everyDiskKept).violation().ifPresent(cluster::bug);
        }
    }

    /** At the strongest level that the machines left can serve. */
    private void readEverything() {
        boolean all = cluster.machines.stream().noneMatch(machine -> machine.lostData || machine.failed);
        ConsistencyLevel level = all ? ConsistencyLevel.ALL : ConsistencyLevel.QUORUM;
        int[] left = {clients.keys().size()};
        clients.keys().forEach(key -> clients.readFinally(key, level, cluster.serving(), () -> left[0]--));
        await("every key was read at " + level, LIVENESS_SECONDS, () -> left[0] == 0);
    }

    private void await(String what, long seconds, BooleanSupplier condition) {
        if (cluster.broken().isPresent()) {
            return;
        }
        long until = cluster.world.nanos() + seconds * SECONDS;
        while (cluster.broken().isEmpty() && !condition.getAsBoolean()) {
            if (cluster.world.nanos() >= until) {
                cluster.bug("no progress: after " + seconds + " s without it: " + what);
                return;
            }
            cluster.world.runFor(20_000_000);
            cluster.look();
        }
    }

    private Result result() {
        int answered = 0;
        int unknown = 0;
        for (SimOperation operation : clients.operations) {
            answered += operation.acknowledged() || operation.answeredRead() ? 1 : 0;
            unknown += operation.outcome instanceof io.kvcluster.node.command.Outcome.Unknown ? 1 : 0;
        }
        return new Result(
                plan,
                cluster.broken(),
                EnumSet.copyOf(cluster.marks.isEmpty() ? EnumSet.noneOf(Mark.class) : cluster.marks),
                clients.operations.size(),
                answered,
                unknown,
                cluster.world.nanos() / 1_000_000,
                cluster.world.executed(),
                cluster.trace.lines());
    }
}
