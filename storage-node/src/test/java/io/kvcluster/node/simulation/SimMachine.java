package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeCore;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.membership.Standing;
import io.kvcluster.node.peer.PeerReport;
import io.kvcluster.node.seams.PowerCut;
import io.kvcluster.node.seams.ProcessHalted;
import io.kvcluster.node.seams.SimClock;
import io.kvcluster.node.seams.SimEnvironment;
import io.kvcluster.node.seams.SimLoop;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.seams.TimedDisk;
import io.kvcluster.node.storage.RecoveryReport;
import io.kvcluster.node.storage.StoreException;
import io.kvcluster.ring.Ring;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A machine with its disk and its clock, and the process that runs on it now, if one does. */
final class SimMachine {
    /** What is left of a full disk: less than the reserve, so that writes are refused, but small files still fit. */
    private static final long FULL = 40 << 10;

    final SimCluster cluster;
    final String name;
    final SimClock clock;
    SimulatedDisk disk;
    TimedDisk timed;
    private int boots;
    private int disks;
    private int lives;
    private boolean powerIsOff;
    private boolean away;

    /** The disk failed so often that the store refuses to start: an operator would replace it. */
    boolean failed;

    /** Forces that failed, or will. */
    int failedForces;

    /** What was durable here is no longer. */
    boolean lostData;

    /** The same, and the others have not made up for it: no other disk may be lost meanwhile. */
    boolean unhealed;

    /** How often a lost disk of it was made up for. */
    int healed;

    /** Something on its disk turned, and that disk is still there. */
    boolean damaged;

    /** Its store was given up while it was silent: what it alone held may be missing. */
    boolean givenUp;

    /** It has a store that no ring names. */
    boolean diskLost;

    /** Some partition was emptied here once, because deletes went on without it. */
    boolean emptied;

    /** It was drained and taken away, with its disk. */
    boolean gone;

    /** It may be suspect of partitions that it is about to get. */
    boolean copies;

    private boolean suspected;

    private @Nullable Life life;

    /** One process from its start to its end. */
    private static final class Life {
        final SimEnvironment environment;
        final SimLoop door;

        @Nullable NodeCore core;

        boolean stopping;
        boolean paused;

        Life(SimEnvironment environment) {
            this.environment = environment;
            this.door = environment.newLoop("door", Integer.MAX_VALUE);
        }
    }

    SimMachine(SimCluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
        this.clock = new SimClock(cluster.world);
        int drift = cluster.plan.driftPerMillion();
        clock.driftPerMillion(drift == 0 ? 0 : cluster.random.nextInt(-drift, drift + 1));
        this.disk = new SimulatedDisk(cluster.world.newRandom(name + " disk"));
        disk.capacity(SimCluster.DISK_BYTES);
        this.timed = timedDisk();
    }

    private TimedDisk timedDisk() {
        return new TimedDisk(cluster.world, cluster.world.newRandom(name + " disk times " + boots), disk);
    }

    // --- lives

    boolean isUp() {
        return life != null;
    }

    /** A process runs here, and whoever asks it hears it. */
    boolean speaks() {
        return life != null && life.core != null && !life.paused;
    }

    /** Processes that have started here. */
    int lives() {
        return lives;
    }

    /** Null while no process runs, or its store is being opened. */
    @Nullable NodeCore core() {
        return life == null ? null : life.core;
    }

    void boot() {
        if (life != null || failed || away || gone) {
            return;
        }
        powerIsOff = false;
        lives++;
        Life mine = new Life(new SimEnvironment(
                cluster.world, clock, timed, name + "#" + lives, name + " boot " + boots, this::died));
        life = mine;
        mine.environment.newLoop("main", 1).post(() -> start(mine));
    }

    private void start(Life mine) {
        cluster.trace.say(name, () -> "starts, life " + lives);
        try {
            NodeCore core = new NodeCore(
                    cluster.worldOf(name, mine.environment, mine.door::post),
                    cluster.settings(name),
                    new WatchedRules(cluster.rules, this),
                    cluster.listeners(this),
                    () -> mine.core != null && mine.core.keeper().standing() instanceof Standing.Member);
            mine.core = core;
            recovered(core.store().recovery(), core);
            core.start();
        } catch (StoreException refused) {
            refusedToStart(refused);
        } catch (IOException unreadable) {
            cluster.bug(name + " cannot start: " + unreadable);
        }
    }

    private void recovered(RecoveryReport report, NodeCore core) {
        cluster.trace.say(
                name,
                () -> "has opened store " + core.store().identity().storeIdText() + " incarnation "
                        + core.store().identity().incarnation() + ": "
                        + (report.clean() ? "clean" : "after an unclean end") + ", " + report.lastLsn()
                        + " records" + (report.tailRecords() > 0 ? ", tail of " + report.tailRecords() + " copied" : "")
                        + (report.tailLost() ? ", torn tail cut" : "")
                        + (report.suspectPartitions() > 0 ? ", suspect partitions " + report.suspectPartitions() : ""));
        cluster.reachedIf(report.tailRecords() > 0, Mark.TAIL_COPIED);
        cluster.reachedIf(report.tailLost(), Mark.TAIL_CUT);
        cluster.reachedIf(report.clean() && lives > 1, Mark.START_AFTER_CLEAN_STOP);
        cluster.reachedIf(core.store().identity().incarnation() > 1, Mark.NEW_INCARNATION);
        cluster.reachedIf(report.suspectPartitions() > 0 && lostData, Mark.PARTITIONS_SUSPECT);
        if (report.suspectPartitions() > 0 && !lostData && !emptied && !copies) {
            cluster.bug(name + " has suspect partitions although nothing was damaged: " + report);
        }
    }

    private void refusedToStart(StoreException refused) {
        cluster.trace.say(name, () -> "refuses to start: " + refused.getMessage());
        end();
        disk.processEnded();
        switch (refused.kind()) {
            case FAILED -> {
                failed = true;
                cluster.reached(Mark.STORE_FAILED);
                if (cluster.heals) {
                    cluster.world.at((100 + cluster.random.nextInt(2_000)) * 1_000_000L, this::replaceFailedDisk);
                }
            }
            case IO -> cluster.world.at(200_000_000, this::boot);
            case LOCKED, NEWER_FORMAT, DAMAGED -> cluster.bug(name + " refuses to start: " + refused.getMessage());
        }
    }

    /** From within: the power went in a call of the disk, the process ended itself, or a bug. */
    private void died(Throwable how) {
        switch (how) {
            case PowerCut _ -> {
                cluster.reached(
                        life != null && life.core == null ? Mark.POWER_CUT_IN_RECOVERY : Mark.POWER_CUT_IN_A_CALL);
                cutPower();
                bootAfter(300);
            }
            case ProcessHalted halted -> {
                cluster.trace.say(name, () -> "ends itself, " + halted.getMessage());
                cluster.reached(Mark.FSYNC_FAILED);
                processGone();
                bootAfter(100);
            }
            default -> cluster.bug(name + ": a task threw", how);
        }
    }

    private void bootAfter(int millis) {
        cluster.world.at((50 + cluster.random.nextInt(millis)) * 1_000_000L, this::boot);
    }

    /** kill -9: the machine stays, and with it what was written. */
    void kill() {
        if (life != null) {
            cluster.trace.say(name, () -> "is killed");
            processGone();
        }
    }

    private void processGone() {
        end();
        cluster.network.kill(name);
        disk.processEnded();
    }

    /**
     * The power goes in the n-th call of the disk from now on; with an idle disk a little later.
     *
     * @param torn rather as a force of several pages begins
     */
    void cutPowerInACall(int call, boolean torn) {
        int mine = lives;
        if (torn) {
            disk.cutAtTornWrite(1);
        } else {
            disk.cutAfter(call);
        }
        cluster.world.at(150_000_000, () -> {
            if (life != null && lives == mine && !powerIsOff) {
                cutPower();
                bootAfter(300);
            }
        });
    }

    /** What is being forced to the disk then is lost, or not. */
    void losePowerAfter(long nanos) {
        TimedDisk mine = timed;
        mine.powerGoesAfter(nanos);
        cluster.world.at(nanos, () -> {
            mine.powerStays();
            losePower();
        });
    }

    void losePower() {
        if (life != null) {
            cutPower();
            bootAfter(300);
        }
    }

    private void cutPower() {
        cluster.trace.say(name, () -> "loses power");
        powerIsOff = true;
        end();
        cluster.network.vanish(name);
        boots++;
        disk = disk.afterPowerCut();
        timed = timedDisk();
        if (cluster.random.nextInt(4) == 0) {
            disk.cutAfter(cluster.random.nextInt(30));
        }
    }

    /** The machine goes, and its disk with it. */
    void remove() {
        kill();
        cluster.trace.say(name, () -> "is taken away");
        gone = true;
        diskLost = false;
    }

    /** Another machine under the same name, with an empty disk. */
    void renew() {
        gone = false;
        failed = false;
        failedForces = 0;
        damaged = false;
        disk = new SimulatedDisk(cluster.world.newRandom(name + " disk " + lives));
        disk.capacity(SimCluster.DISK_BYTES);
        timed = timedDisk();
        boot();
    }

    private void replaceFailedDisk() {
        failed = false;
        failedForces = 0;
        cluster.reached(Mark.FAILED_DISK_REPLACED);
        loseDisk();
        boot();
    }

    /** A new, empty disk in the same machine. */
    void loseDisk() {
        kill();
        cluster.trace.say(name, () -> "has a new, empty disk");
        cluster.reached(Mark.DISK_LOST);
        cluster.reachedIf(
                cluster.machines.stream().anyMatch(machine -> machine.healed > 0),
                Mark.ANOTHER_DISK_LOST_AFTER_HEALING);
        lostData = true;
        unhealed = true;
        damaged = false;
        diskLost = true;
        disk = new SimulatedDisk(cluster.world.newRandom(name + " next disk" + (disks++ == 0 ? "" : " " + disks)));
        disk.capacity(SimCluster.DISK_BYTES);
        timed = timedDisk();
    }

    private void end() {
        Life ended = life;
        life = null;
        if (ended != null) {
            ended.environment.kill();
        }
    }

    /** Off, and not on again before {@link #comeBack}. */
    void goAway() {
        cluster.trace.say(name, () -> "goes away");
        away = true;
        kill();
    }

    /** The ring in use here; null while there is none, or no process. */
    @Nullable Ring ring() {
        NodeCore core = core();
        return core == null ? null : core.keeper().current();
    }

    boolean isAway() {
        return away;
    }

    void comeBack() {
        away = false;
        boot();
    }

    void pause() {
        if (life != null) {
            cluster.trace.say(name, () -> "is paused");
            life.paused = true;
            life.environment.pause();
        }
    }

    void resume() {
        if (life != null) {
            cluster.trace.say(name, () -> "goes on");
            life.paused = false;
            life.environment.resume();
        }
    }

    /** SIGTERM. */
    void stop() {
        Life mine = life;
        if (mine == null || mine.core == null || mine.stopping) {
            return;
        }
        mine.stopping = true;
        cluster.trace.say(name, () -> "stops in order");
        NodeCore core = mine.core;
        mine.door.post(() -> {
            core.leave();
            core.close(() -> cluster.world.at(0, () -> {
                if (life == mine) {
                    cluster.reached(Mark.CLEAN_STOP);
                    cluster.trace.say(name, () -> "has stopped");
                    processGone();
                    bootAfter(600);
                }
            }));
        });
    }

    void fill(boolean full) {
        cluster.trace.say(name, () -> full ? "has a full disk" : "has space again");
        disk.capacity(SimCluster.DISK_BYTES);
        if (full) {
            disk.capacity(SimCluster.DISK_BYTES - disk.freeBytes() + FULL);
        }
    }

    /** One bit turns of a sealed segment, or of the file that says what is in it. Nothing happens when there is none yet. */
    void flipBit() {
        List<String> files = disk.list("log").stream()
                .filter(file -> file.endsWith(".seg") || file.endsWith(".hints"))
                .sorted()
                .toList();
        if (files.size() < 2) {
            return;
        }
        // the last one is written to: what turns there may be taken for a torn tail
        String file = "log/" + files.get(cluster.random.nextInt(files.size() - 1));
        int offset = cluster.random.nextInt(disk.content(file).length);
        cluster.trace.say(name, () -> "bit " + offset + " of " + file + " turns");
        cluster.reached(Mark.SEGMENT_DAMAGED);
        lostData = true;
        unhealed = true;
        damaged = true;
        disk.flip(file, offset, cluster.random.nextInt(8));
    }

    // --- looks from outside

    /** Notes what nobody tells. */
    void look() {
        NodeCore core = core();
        if (core == null) {
            return;
        }
        boolean suspect =
                core.replicas().stream().anyMatch(replica -> replica.repair().suspect());
        cluster.reachedIf(suspected && !suspect, Mark.SUSPICION_ENDED);
        suspected |= suspect;
        cluster.reachedIf(
                core.keeper().current() != null
                        && !core.peers().reports().stream().allMatch(PeerReport::up),
                Mark.PEER_SEEN_DOWN);
        cluster.reachedIf(disk.exists("log/00000002.seg"), Mark.SEGMENT_SEALED);
        cluster.reachedIf(core.store().report().compaction().rounds() > 0, Mark.SEGMENT_COMPACTED);
    }

    // --- what clients and the operator do with it

    /** A command on the way to the process's door. The answer is lost with the process. */
    void submit(Command command, Consumer<Outcome> done) {
        Life mine = life;
        if (mine == null || mine.core == null) {
            done.accept(new Outcome.NotApplied(Reason.STARTING, true, "connection refused"));
            return;
        }
        NodeCore core = mine.core;
        mine.door.post(() -> core.handler()
                .handle(
                        command,
                        outcome -> cluster.world.at(0, () -> {
                            if (life == mine) {
                                done.accept(outcome);
                            }
                        })));
    }
}
