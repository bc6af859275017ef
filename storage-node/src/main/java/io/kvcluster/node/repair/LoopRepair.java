package io.kvcluster.node.repair;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.repair.RepairEvents.ExchangeEnd;
import io.kvcluster.node.repair.RepairReport.Running;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.HintLog;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is due on one core loop: trees to grow, one exchange at a time, one collection at a time, damaged records, and the hints of
 * the stores that fall to this loop. Looks every {@link RepairConfig#tick}; everything longer than a slice gives the loop back.
 */
final class LoopRepair {
    private static final Logger LOG = LoggerFactory.getLogger(LoopRepair.class);
    private static final long HINT_REST_NANOS = 1_000_000_000;

    private final int number;
    private final RepairSetup setup;
    private final RepairEvents events;
    private final Loop loop;
    private final List<PartitionRepair> partitions;
    private final Asking asking;
    private final Scrubbing scrubbing;
    private final BiConsumer<Integer, String> dirty;
    private final Map<String, Long> hintsNotBefore = new TreeMap<>();

    private int nextPartition;
    private int nextLeft;
    private boolean growing;
    private @Nullable Exchange exchange;
    private Running running = Running.NOTHING;
    private boolean collecting;
    private boolean restoring;
    private boolean replaying;
    private boolean leaving;
    private long leaveNotBeforeNanos;
    private boolean stopped;
    private volatile RepairReport report = RepairReport.EMPTY;

    /**
     * @param partitions of this loop
     * @param dirty hears of a partition, of any loop, that differs from a store
     */
    LoopRepair(
            int number,
            RepairSetup setup,
            RepairEvents events,
            List<PartitionRepair> partitions,
            BiConsumer<Integer, String> dirty) {
        this.number = number;
        this.setup = setup;
        this.events = events;
        this.loop = setup.loops().get(number);
        this.partitions = List.copyOf(partitions);
        this.asking = new Asking(setup, events, loop);
        this.scrubbing = new Scrubbing(setup, events, loop);
        this.dirty = dirty;
    }

    void start() {
        tick();
    }

    void stop() {
        stopped = true;
        scrubbing.stop();
        Exchange now = exchange;
        if (now != null) {
            now.cancel();
        }
    }

    /** Any thread. */
    RepairReport report() {
        return report;
    }

    /** Ends the exchange under way, whose pair is tried again later, and a scrub. */
    void cancel() {
        scrubbing.cancel();
        Exchange now = exchange;
        if (now != null) {
            now.cancel();
        }
    }

    /** Exchanges with every other replica are due now. @param full first what the disk holds is read back */
    void repairNow(IntPredicate chosen, boolean full) {
        for (PartitionRepair partition : partitions) {
            if (partition.held() && chosen.test(partition.partition())) {
                if (full) {
                    scrubbing.add(partition);
                } else {
                    partition.markAllDirty();
                }
            }
        }
    }

    /** Of each partition that is held. */
    List<PartitionReport> describe() {
        return partitions.stream()
                .filter(PartitionRepair::held)
                .map(PartitionRepair::report)
                .toList();
    }

    private void tick() {
        if (stopped) {
            return;
        }
        loop.after(setup.config().tick().toNanos(), this::tick);
        Ring ring = setup.rings().get();
        if (ring == null) {
            return;
        }
        for (PartitionRepair partition : partitions) {
            if (partition.look(ring)) {
                partition.considerAlone();
                partition.healIfDone();
            }
        }
        leave();
        grow();
        exchange();
        collect();
        restore();
        replay(ring);
        publish(ring);
    }

    // --- trees

    private void grow() {
        if (!growing) {
            growSlice();
        }
    }

    private void growSlice() {
        growing = false;
        for (PartitionRepair partition : partitions) {
            if (partition.held() && !partition.side().treeReady() && !stopped) {
                boolean moved = partition.side().growTree(setup.config().sliceRows())
                        || partition.side().treeGrowing();
                if (moved) {
                    growing = true;
                    loop.post(this::growSlice);
                    return;
                }
            }
        }
    }

    // --- exchanges

    private void exchange() {
        if (exchange != null || partitions.isEmpty()) {
            return;
        }
        long now = setup.clock().nanos();
        for (int i = 0; i < partitions.size(); i++) {
            PartitionRepair partition = partitions.get((nextPartition + i) % partitions.size());
            boolean can = partition.held() && partition.side().treeReady() && !partition.lent();
            Pair pair = can ? due(partition, now) : null;
            if (pair != null) {
                nextPartition = (nextPartition + i + 1) % partitions.size();
                begin(partition, pair);
                return;
            }
        }
    }

    private @Nullable Pair due(PartitionRepair partition, long now) {
        Pair longest = null;
        for (Pair pair : partition.pairs()) {
            boolean due = pair.dueNanos - now <= 0 && asking.reachable(pair.storeId);
            if (due && (longest == null || pair.dueNanos - longest.dueNanos < 0)) {
                longest = pair;
            }
        }
        return longest;
    }

    private void begin(PartitionRepair partition, Pair pair) {
        pair.dirty = false;
        running = new Running(partition.partition(), pair.storeId, setup.clock().wallMillis());
        Exchange begun =
                new Exchange(partition, pair, asking, setup.config(), events, end -> ended(partition, pair, end));
        exchange = begun;
        partition.drives(begun);
        begun.start();
    }

    private void ended(PartitionRepair partition, Pair pair, Exchange.End end) {
        exchange = null;
        partition.drives(null);
        running = Running.NOTHING;
        switch (end) {
            case Exchange.End.Complete complete -> {
                events.exchangeEnded(complete.keys() == 0 ? ExchangeEnd.EQUAL : ExchangeEnd.REPAIRED);
                if (complete.keys() > 0) {
                    LOG.info(
                            "event=exchanged partition={} store={} keys={}",
                            partition.partition(),
                            pair.storeId,
                            complete.keys());
                }
                partition.exchanged(pair, complete);
            }
            case Exchange.End.Busy _ -> partition.busy(pair);
            case Exchange.End.Failed(String why) -> {
                events.exchangeEnded(ExchangeEnd.FAILED);
                LOG.debug(
                        "event=exchange-failed partition={} store={} why=\"{}\"",
                        partition.partition(),
                        pair.storeId,
                        why);
                partition.failed(pair);
            }
        }
        if (!stopped) {
            loop.post(this::exchange);
        }
    }

    // --- partitions that this store left

    private void leave() {
        long now = setup.clock().nanos();
        if (leaving || leaveNotBeforeNanos - now > 0) {
            return;
        }
        for (int i = 0; i < partitions.size(); i++) {
            PartitionRepair partition = partitions.get((nextLeft + i) % partitions.size());
            // what cannot be read is fetched first
            if (partition.hasDuties() && partition.side().corruptKeys() == 0) {
                nextLeft = (nextLeft + i + 1) % partitions.size();
                leaving = true;
                new HandOver(setup, partition.side(), asking, events, this::left).start();
                return;
            }
        }
    }

    private void left(boolean done) {
        leaving = false;
        if (!done) {
            leaveNotBeforeNanos =
                    setup.clock().nanos() + setup.config().retryAfter().toNanos();
        }
    }

    // --- collection and damage

    private void collect() {
        if (collecting) {
            return;
        }
        for (PartitionRepair partition : partitions) {
            if (partition.collectionDue() && allReachable(partition)) {
                collecting = true;
                new Collection(partition, asking, setup.config().sliceRows(), events, () -> collecting = false).start();
                return;
            }
        }
    }

    private boolean allReachable(PartitionRepair partition) {
        return partition.pairs().stream().allMatch(pair -> asking.reachable(pair.storeId));
    }

    private void restore() {
        if (restoring) {
            return;
        }
        for (PartitionRepair partition : partitions) {
            boolean mine = partition.held() || partition.hasDuties();
            Key bad = mine ? partition.side().takeCorrupt() : null;
            if (bad != null) {
                restoring = true;
                new CorruptRecords(partition, bad, asking, events, () -> {
                            restoring = false;
                            loop.post(this::restore);
                        })
                        .start();
                return;
            }
        }
    }

    // --- hints

    private void replay(Ring ring) {
        HintLog.Report kept = setup.hints().report();
        if (replaying || !kept.recovered()) {
            return;
        }
        long now = setup.clock().nanos();
        for (Map.Entry<Long, HintLog.Target> each : new TreeMap<>(kept.targets()).entrySet()) {
            long target = each.getKey();
            String storeId = Hints.storeId(target);
            boolean mine = Long.remainderUnsigned(target, setup.loops().size()) == number;
            if (!mine || each.getValue().hints() == 0 || hintsNotBefore.getOrDefault(storeId, now) - now > 0) {
                continue;
            }
            if (ring.member(storeId).isEmpty()) {
                replaying = true;
                setup.hints().drop(target, loop, () -> replaying = false);
                events.hintDropped();
                return;
            }
            boolean up = setup.peers().isUp(storeId);
            if (up || tooOld(each.getValue())) {
                replaying = true;
                new HintReplay(setup, events, asking, loop, storeId, !up, dirty, () -> replayed(storeId)).start();
                return;
            }
        }
    }

    private boolean tooOld(HintLog.Target target) {
        return setup.clock().wallMillis() - Hlc.millis(target.oldestHlc())
                > setup.config().hintWindow().toMillis();
    }

    private void replayed(String storeId) {
        replaying = false;
        hintsNotBefore.put(storeId, setup.clock().nanos() + HINT_REST_NANOS);
    }

    // --- the report

    private void publish(Ring ring) {
        int held = 0;
        int ready = 0;
        int dirtyPairs = 0;
        int suspects = 0;
        long tombstones = 0;
        int damaged = 0;
        long repairedUpTo = Long.MAX_VALUE;
        long oldestMillis = Long.MAX_VALUE;
        int toGiveUp = 0;
        List<RepairReport.Copy> copies = new ArrayList<>();
        for (PartitionRepair partition : partitions) {
            partition.copy(ring).ifPresent(copies::add);
            toGiveUp += partition.hasDuties() ? 1 : 0;
            if (!partition.held()) {
                continue;
            }
            held++;
            ready += partition.side().treeReady() ? 1 : 0;
            suspects += partition.suspect() ? 1 : 0;
            tombstones += partition.side().tombstones();
            damaged += partition.side().corruptKeys();
            repairedUpTo = Math.min(repairedUpTo, partition.side().repairedUpTo());
            for (Pair pair : partition.pairs()) {
                dirtyPairs += pair.dirty ? 1 : 0;
                oldestMillis = Math.min(oldestMillis, pair.lastEndMillis);
            }
        }
        report = new RepairReport(
                held,
                ready,
                dirtyPairs,
                suspects,
                tombstones,
                damaged,
                repairedUpTo == Long.MAX_VALUE ? 0 : Hlc.millis(repairedUpTo),
                oldestMillis == Long.MAX_VALUE ? 0 : oldestMillis,
                running.equals(Running.NOTHING) ? List.of() : List.of(running),
                scrubbing.report(),
                toGiveUp,
                copies);
    }
}
