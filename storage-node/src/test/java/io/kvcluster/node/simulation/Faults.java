package io.kvcluster.node.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What goes wrong, and when it is over. Every fault ends by itself, or at the latest with {@link #stop}. */
final class Faults {
    private static final long MILLIS = 1_000_000;
    /** One more within an hour, and the store gives up. */
    static final int MAX_FSYNC_ERRORS = 2;

    private static final int BITS = 40;
    /** Shorter and longer than it takes until a silent member is given up, and all that it held is elsewhere. */
    private static final int OUTAGE_MILLIS = 9_000;

    private final SimCluster cluster;
    private final RandomGenerator random;
    private final List<Fault> kinds;
    private final Consumer<SimMachine> watcher;
    private boolean stopped;

    /** @param watcher hears of a machine whose power is about to go */
    Faults(SimCluster cluster, Consumer<SimMachine> watcher) {
        this.cluster = cluster;
        this.watcher = watcher;
        this.random = cluster.world.newRandom("faults");
        this.kinds = new ArrayList<>(cluster.plan.faults());
    }

    void start() {
        for (SimMachine machine : cluster.machines) {
            setClock(machine);
        }
        cluster.world.at(pause(), this::next);
    }

    private long pause() {
        return random.nextInt(2 * cluster.plan.faultEveryMillis()) * MILLIS;
    }

    private void next() {
        if (stopped) {
            return;
        }
        happen(kinds.get(random.nextInt(kinds.size())), cluster.machines.get(random.nextInt(cluster.machines.size())));
        cluster.world.at(pause(), this::next);
    }

    private void happen(Fault fault, SimMachine machine) {
        switch (fault) {
            case KILL -> {
                cluster.reachedIf(machine.isUp(), Mark.PROCESS_KILLED);
                machine.kill();
                later(400, machine::boot);
            }
            case POWER_CUT -> {
                watcher.accept(machine);
                if (machine.isUp() && random.nextBoolean()) {
                    machine.cutPowerInACall(random.nextInt(10), random.nextBoolean());
                } else {
                    // in the middle of a force that takes long
                    machine.timed.forceNanos((5 + random.nextInt(40)) * MILLIS);
                    machine.losePowerAfter((10 + random.nextInt(100)) * MILLIS);
                }
            }
            case BLACKOUT -> {
                if (random.nextInt(3) == 0) {
                    cluster.reached(Mark.BLACKOUT);
                    cluster.machines.forEach(SimMachine::losePower);
                }
            }
            case STOP -> machine.stop();
            case OUTAGE -> {
                if (machine.ring() != null && cluster.machines.stream().noneMatch(SimMachine::isAway)) {
                    cluster.reached(Mark.OUTAGE);
                    machine.goAway();
                    if (cluster.heals) {
                        later(OUTAGE_MILLIS, machine::comeBack);
                    }
                }
            }
            case PAUSE -> pauseFor(machine, 20 + random.nextInt(1_000));
            case PARTITION -> partition(machine, false);
            case PARTITION_ONE_WAY -> partition(machine, true);
            case BREAK_LINKS -> {
                SimMachine other = cluster.machines.get(random.nextInt(cluster.machines.size()));
                cluster.trace.say("network", () -> "breaks links of " + machine.name + " and " + other.name);
                cluster.network.breakLinks(machine.name, other.name);
                cluster.reached(Mark.LINK_BROKEN);
            }
            case SLOW_LINK -> slowLink(machine);
            case CLOCK_JUMP -> {
                cluster.reachedIf(setClock(machine) < 0, Mark.CLOCK_JUMPED_BACK);
            }
            case SLOW_DISK -> {
                cluster.trace.say(machine.name, () -> "has a slow disk");
                machine.timed.forceNanos((5 + random.nextInt(60)) * MILLIS);
                later(500, () -> machine.timed.forceNanos(200_000));
            }
            case FULL_DISK -> {
                machine.fill(true);
                later(1_500, () -> machine.fill(false));
            }
            case FSYNC_ERROR -> {
                if (cluster.heals) {
                    failForce(worstDisk());
                    later(900, () -> failForce(worstDisk()));
                } else {
                    failForce(machine);
                }
            }
            case BIT_FLIP -> {
                if (mayLoseData(machine)) {
                    for (int i = 0; i < BITS; i++) {
                        machine.flipBit();
                    }
                    if (random.nextBoolean()) {
                        machine.kill();
                        later(200, machine::boot);
                    }
                }
            }
            case LOST_DISK -> {
                if (mayLoseData(machine) && !machine.diskLost && machine.lives() > 0 && random.nextInt(4) == 0) {
                    machine.loseDisk();
                    later(300, machine::boot);
                }
            }
        }
    }

    private void failForce(SimMachine machine) {
        if (!stopped && machine.isUp() && (machine.failedForces < MAX_FSYNC_ERRORS || mayLoseData(machine))) {
            machine.failedForces++;
            cluster.trace.say(machine.name, () -> "will fail in its next force of a segment");
            machine.disk.failForce(".seg");
        }
    }

    /** A disk that failed fails again, until it is replaced; at first the one that is written to most. */
    private SimMachine worstDisk() {
        return Collections.max(
                cluster.machines.stream().filter(machine -> !machine.gone).toList(),
                Comparator.<SimMachine>comparingInt(machine -> machine.failedForces)
                        .thenComparing(machine -> -machine.disk.freeBytes())
                        .thenComparing(machine -> machine.name));
    }

    /** One machine only, in the whole run; or, where lost disks are replaced, until the others have made up for it. */
    private boolean mayLoseData(SimMachine machine) {
        return cluster.machines.stream()
                .allMatch(other -> other == machine || !(other.unhealed || other.failedForces > MAX_FSYNC_ERRORS));
    }

    private void later(int atMostMillis, Runnable end) {
        cluster.world.at((10 + random.nextInt(atMostMillis)) * MILLIS, end);
    }

    private void pauseFor(SimMachine machine, int millis) {
        machine.pause();
        cluster.reachedIf(millis > 500, Mark.PAUSED_LONGER_THAN_SUSPICION);
        cluster.world.at(millis * MILLIS, machine::resume);
    }

    /** From all others, or from some of them. */
    private void partition(SimMachine machine, boolean oneWay) {
        boolean outgoing = random.nextBoolean();
        boolean all = random.nextBoolean();
        List<SimMachine> others = cluster.machines.stream()
                .filter(other -> other != machine && (all || random.nextBoolean()))
                .toList();
        cluster.trace.say(
                "network",
                () -> "parts " + machine.name + " from "
                        + others.stream().map(other -> other.name).toList()
                        + (oneWay ? outgoing ? ", what it says" : ", what it hears" : ""));
        for (SimMachine other : others) {
            if (!oneWay || outgoing) {
                cluster.network.partitionOneWay(machine.name, other.name);
            }
            if (!oneWay || !outgoing) {
                cluster.network.partitionOneWay(other.name, machine.name);
            }
        }
        cluster.reachedIf(oneWay && !others.isEmpty(), Mark.PARTITIONED_ONE_WAY);
        later(1_500, () -> {
            cluster.trace.say("network", () -> "heals " + machine.name);
            others.forEach(other -> cluster.network.heal(machine.name, other.name));
        });
    }

    private void slowLink(SimMachine machine) {
        SimMachine other = cluster.machines.get(random.nextInt(cluster.machines.size()));
        long millis = 5 + random.nextInt(120);
        cluster.trace.say(
                "network", () -> "is slow from " + machine.name + " to " + other.name + ", " + millis + " ms");
        cluster.reached(Mark.LINK_SLOW);
        cluster.network.slow(machine.name, other.name, millis * MILLIS);
        later(1_000, () -> cluster.network.slow(machine.name, other.name, 0));
    }

    /** Returns by how much it jumped. */
    private long setClock(SimMachine machine) {
        int spread = cluster.plan.clockSpreadMillis();
        long before = machine.clock.offsetMillis();
        long offset = spread == 0 ? 0 : random.nextInt(spread + 1);
        machine.clock.offsetMillis(offset);
        cluster.trace.say(machine.name, () -> "has a clock " + offset + " ms ahead");
        return offset - before;
    }

    /** Everything that still lasts is over; machines that can start do, but for the one that is left away. */
    void stop(Optional<SimMachine> leftAway) {
        stopped = true;
        cluster.trace.say("faults", () -> "stop");
        cluster.network.lossPerMillion(0);
        for (SimMachine machine : cluster.machines) {
            machine.fill(false);
            machine.disk.forcesWell();
            machine.timed.forceNanos(200_000);
            machine.resume();
            for (SimMachine other : cluster.machines) {
                cluster.network.heal(machine.name, other.name);
                cluster.network.slow(machine.name, other.name, 0);
            }
            if (leftAway.filter(machine::equals).isPresent()) {
                machine.goAway();
            } else {
                machine.comeBack();
            }
        }
    }
}
