package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeCore;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.membership.Standing;
import io.kvcluster.ring.Ring;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * One seed with ring changes and healing among the faults: as {@link Simulation}, with machines that come, go and lose their disks, and
 * the real machine of rings.
 *
 * <p>What is promised when disks are lost: as long as one is lost at a time, everything that was acknowledged by, or read at, a write
 * quorum or more. Another may be lost when the others have made up for the last: no ring names its store any more, and every store that
 * the ring names speaks and doubts nothing. What fewer acknowledged ({@code one}, {@code local}) may go with a disk, and with a store
 * that was given up while it was silent. To be silent, off, paused or parted takes nothing away from anybody, however many are.
 */
final class MovingSimulation {
    private static final long SECONDS = 1_000_000_000L;
    private static final long LIVENESS_SECONDS = 120;
    private static final int OPERATIONS = 70;
    private static final int OPERATIONS_WHILE_IT_LINGERS = 150;

    private final SimCluster cluster;
    private final Clients clients;
    private final MovingOperator operator;
    private final Faults faults;

    private MovingSimulation(SimPlan plan, MoveFault fault, boolean traced) {
        this.cluster = new SimCluster(plan, fault.rules(), traced);
        cluster.heals = heals(plan.seed());
        cluster.machines.forEach(machine -> machine.copies = true);
        this.clients = new Clients(cluster);
        this.operator = new MovingOperator(cluster, fault, lingers(plan.seed()));
        this.faults = new Faults(cluster, clients::watch);
    }

    static Simulation.Result run(long seed, MoveFault fault, boolean traced) {
        MovingSimulation simulation = new MovingSimulation(plan(seed), fault, traced);
        try {
            simulation.run();
        } catch (RuntimeException | AssertionError thrown) {
            simulation.cluster.bug("the run threw", thrown);
        }
        Ring ring = simulation.operator.ring();
        return Simulation.Result.of(simulation.cluster, simulation.clients, true, ring == null ? 0 : ring.epoch());
    }

    /** Longer and slower than a run without moves: these take some seconds each. */
    static SimPlan plan(long seed) {
        SimPlan base = SimPlan.of(seed);
        EnumSet<Fault> faults = EnumSet.copyOf(base.faults());
        if (!heals(seed)) {
            faults.remove(Fault.FSYNC_ERROR); // nobody would replace a store that failed for good
        } else if (seed % 2 == 0) {
            faults.add(Fault.OUTAGE);
        }
        if (seed % 3 == 0) {
            faults.add(Fault.LOST_DISK);
        }
        if (faults.isEmpty()) {
            faults.add(Fault.KILL);
        }
        boolean lingers = lingers(seed);
        if (lingers) {
            faults.add(Fault.SLOW_LINK);
            faults.add(Fault.PARTITION_ONE_WAY);
        }
        return new SimPlan(
                seed,
                3 + (int) (seed / 4 % (heals(seed) ? 3 : 2)),
                base.loops(),
                lingers ? Policy.LAST_WRITER_WINS : base.policy(),
                faults,
                lingers ? 200 : 200 + 2 * base.faultEveryMillis(),
                base.clockSpreadMillis(),
                base.driftPerMillion(),
                base.lossPerMillion(),
                lingers ? 2 : base.keys(),
                6,
                lingers ? 40 : 60 + base.thinkMillis() * 2,
                lingers ? OPERATIONS_WHILE_IT_LINGERS : OPERATIONS,
                false,
                base.upkeep());
    }

    /**
     * In one of four runs a move takes long: the operator comes rarely, many clients want the same two keys over slow links, and mostly
     * the replication factor is what changes. Of two replicas one that holds the answer is enough, of the three that follow it is not:
     * so reads find what one set holds and the other does not.
     */
    private static boolean lingers(long seed) {
        return seed % 4 == 1;
    }

    /** In the others nobody who is away is given up. */
    private static boolean heals(long seed) {
        return !lingers(seed);
    }

    private void run() {
        cluster.trace.say("plan", cluster.plan::summary);
        cluster.machines.forEach(SimMachine::boot);
        operator.start();
        await(
                "every machine has a ring",
                LIVENESS_SECONDS,
                () -> cluster.machines.stream().allMatch(machine -> machine.ring() != null));
        faults.start();
        clients.start();
        await("every client is done", 5 * LIVENESS_SECONDS, clients::finished);
        faults.stop(Optional.empty());
        operator.settle();
        await("every move has ended and every copy is where the ring says", LIVENESS_SECONDS, this::converged);
        readEverything();
        if (cluster.broken().isEmpty()) {
            new Checks(clients.operations, damaged(), clockSlackNanos())
                    .violation()
                    .ifPresent(cluster::bug);
        }
    }

    /** What only one disk held went with the copy to others: when one is lost, that is nobody's own any more. */
    private Set<String> damaged() {
        Set<String> damaged = new TreeSet<>();
        cluster.machines.stream()
                .filter(machine -> machine.emptied || machine.givenUp || !everyDiskKept())
                .forEach(machine -> damaged.add(machine.name));
        return damaged;
    }

    /** As in {@link Simulation}. */
    private long clockSlackNanos() {
        return (cluster.plan.clockSpreadMillis() + Simulation.RESERVED_MILLIS) * 1_000_000L;
    }

    private boolean everyDiskKept() {
        return cluster.machines.stream().noneMatch(machine -> machine.lostData || machine.failed);
    }

    private boolean converged() {
        Ring ring = operator.ring();
        if (!operator.settled() || ring == null) {
            return false;
        }
        for (SimMachine machine : cluster.machines) {
            if (machine.gone) {
                continue;
            }
            NodeCore core = machine.core();
            if (core == null
                    || !(core.keeper().standing() instanceof Standing.Member)
                    || !ring.equals(core.keeper().current())
                    || !core.store().report().indexReady()
                    || !holdsWhatTheRingSays(ring, core)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holdsWhatTheRingSays(Ring ring, NodeCore core) {
        int held = ring.partitionsOf(core.store().identity().storeIdText()).size();
        return core.store().report().suspectPartitions() == 0
                && core.repair().report().partitions() == held
                && core.repair().report().toGiveUp() == 0;
    }

    private void readEverything() {
        if (cluster.broken().isPresent()) {
            return;
        }
        ConsistencyLevel level = everyDiskKept() ? ConsistencyLevel.ALL : ConsistencyLevel.QUORUM;
        List<SimMachine> members =
                cluster.machines.stream().filter(machine -> !machine.gone).toList();
        IntSupplier left = clients.readAll(level, members, _ -> {});
        await("every key was read at " + level, LIVENESS_SECONDS, () -> left.getAsInt() == 0);
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
        }
    }
}
