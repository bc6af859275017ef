package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeRules;
import io.kvcluster.node.command.Outcome;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One seed, from the start of the machines to the verdict. */
final class Simulation {
    static final long RESERVED_MILLIS = 2_000;

    private final SimPlan plan;
    private final SimCluster cluster;
    private final Clients clients;
    private final SimOperator operator;
    private final Faults faults;

    /**
     * How it went.
     *
     * @param moves with ring changes and healing, as {@link MovingSimulation}
     * @param violation the first thing that must not be; empty for a good run
     * @param answered operations that were not refused and whose outcome is known
     * @param epochs rings that were made
     */
    record Result(
            SimPlan plan,
            boolean moves,
            Optional<String> violation,
            Set<Mark> marks,
            int operations,
            int answered,
            int unknown,
            long virtualMillis,
            long epochs,
            List<String> trace) {
        static Result of(SimCluster cluster, Clients clients, boolean moves, long epochs) {
            int answered = 0;
            int unknown = 0;
            for (SimOperation operation : clients.operations) {
                answered += operation.acknowledged() || operation.answeredRead() ? 1 : 0;
                unknown += operation.outcome instanceof Outcome.Unknown ? 1 : 0;
            }
            return new Result(
                    cluster.plan,
                    moves,
                    cluster.broken(),
                    EnumSet.copyOf(cluster.marks.isEmpty() ? EnumSet.noneOf(Mark.class) : cluster.marks),
                    clients.operations.size(),
                    answered,
                    unknown,
                    cluster.world.nanos() / 1_000_000,
                    epochs,
                    cluster.trace.lines());
        }

        String describe() {
            return "seed " + plan.seed() + " FAILED (" + plan.summary() + ")\n  " + violation.orElse("")
                    + "\n  replay: make sim MOVES=" + (moves ? 1 : 0) + " SEED=" + plan.seed();
        }
    }

    private Simulation(SimPlan plan, NodeRules rules, Sabotage sabotage, boolean traced) {
        this.plan = plan;
        this.cluster = new SimCluster(plan, rules, traced);
        this.clients = new Clients(cluster);
        this.operator = new SimOperator(cluster);
        this.faults = new Faults(cluster, clients::watch);
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
        return Result.of(simulation.cluster, simulation.clients, false, simulation.operator.epoch());
    }

    private void run() {
        cluster.trace.say("plan", plan::summary);
        cluster.machines.forEach(SimMachine::boot);
        operator.start();
        faults.start();
        clients.start();
        cluster.await("every client is done", clients::finished);
        cluster.loadEnds();
        operator.settle();
        new Ending(cluster, operator, clients, faults).run();
        if (cluster.broken().isEmpty()) {
            new Checks(clients.operations, damaged(), clockSlackNanos())
                    .violation()
                    .ifPresent(cluster::bug);
        }
    }

    private Set<String> damaged() {
        Set<String> damaged = new TreeSet<>();
        cluster.machines.stream()
                .filter(machine -> machine.lostData || machine.failed || machine.emptied)
                .forEach(machine -> damaged.add(machine.name));
        return damaged;
    }

    /** Clocks differ and drift, and a process that starts again begins above the stamps that the last one had reserved. */
    private long clockSlackNanos() {
        return (plan.clockSpreadMillis() + RESERVED_MILLIS) * 1_000_000L;
    }
}
