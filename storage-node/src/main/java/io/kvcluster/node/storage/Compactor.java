package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back the space of records that nobody needs (ADR 10). About once a second it asks every loop what is live in which segment;
 * the sealed segment with the smallest live part, when that is below the limit, goes through a {@link CompactionRound}, one at a
 * time and at a rate that grows with what there is to give back. Then the segment leaves the log, in this order, so that it may end anywhere:
 * <ol>
 *   <li>all copies are durable and no index names the segment; no rebuild of an index read it meanwhile;
 *   <li>{@link SegmentGaps} says durably that it is gone;
 *   <li>its files are deleted when no reader holds them.
 * </ol>
 * Owned by the log's loop.
 */
final class Compactor implements CompactionRound.Ties {
    private static final Logger log = LoggerFactory.getLogger(Compactor.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /**
     * Slices on their way at once at the greatest urgency. Each waits in the queues of loops and log, so under load more have to be
     * on their way for the same pace; what is live of them is what a client's write waits behind at most.
     */
    private static final int MOST_SLICES = 32;

    private static final long DAMAGED_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** @param files the worker that makes, summarizes and deletes segments. @param owner of {@link CompactionRound.Ties} */
    record Setup(
            CompactionBounds bounds,
            Disk disk,
            Clock clock,
            Loop loop,
            Worker worker,
            Worker files,
            LogWriter log,
            SegmentContents contents,
            Shard[] shards,
            IndexRecovery indexes,
            Hints hints,
            long secret,
            int owner,
            DamagedRecords damaged,
            Survivors.Factory survivors) {}

    private final Setup setup;
    private final Map<Integer, SegmentSummary> summaries = new HashMap<>();
    /** Bytes of copies that hide something and that no index names, by segment. */
    private final Map<Integer, Long> kept = new HashMap<>();

    private final Map<Integer, Long> leftAloneUntil = new HashMap<>();
    private final List<Sealed> leaving = new ArrayList<>();
    private SegmentGaps gaps;
    private @Nullable CompactionRound round;
    private long rebuildsBefore;
    private double urgency = 1;
    private boolean saving;
    private boolean stopped;
    private @Nullable Runnable whenQuiet;
    private long rounds;
    private long aborted;
    private long rewrittenBytes;
    private long freedBytes;
    private long sealedBytes;
    private long liveBytes;
    private volatile CompactionReport report = CompactionReport.NONE;

    Compactor(Setup setup, SegmentGaps gaps) {
        this.setup = setup;
        this.gaps = gaps;
    }

    CompactionReport report() {
        return report;
    }

    /** On the loop; so is all that follows. */
    void start() {
        setup.loop.after(LOOK_NANOS, this::look);
    }

    /** Begins no more; {@code quiet} runs when nothing of it is under way that changes files. */
    void stop(Runnable quiet) {
        stopped = true;
        whenQuiet = quiet;
        setup.log.giveUpCopies();
        quietly();
    }

    private void quietly() {
        Runnable then = whenQuiet;
        if (then != null && round == null && !saving) {
            whenQuiet = null;
            then.run();
        }
    }

    // --- which segment ---

    private void look() {
        if (stopped) {
            return;
        }
        if (!leaving.isEmpty() && !saving) {
            save();
        }
        lookNow();
        setup.loop.after(LOOK_NANOS, this::look);
    }

    private void lookNow() {
        if (!stopped && setup.hints.recovered() && !setup.indexes.busy()) {
            census();
        }
    }

    private void census() {
        // Of segments that are sealed before the loops are asked: all that was appended to them has reached the indexes
        // then.
        List<Sealed> segments = setup.log.view().sealed();
        Map<Integer, Long> live = new TreeMap<>();
        int[] waiting = {setup.shards.length};
        boolean[] known = {true};
        for (Shard shard : setup.shards) {
            shard.loop().post(() -> {
                Optional<Map<Integer, Long>> bytes = shard.liveBytes();
                setup.loop.post(() -> {
                    known[0] &= bytes.isPresent();
                    bytes.orElse(Map.of()).forEach((segment, some) -> live.merge(segment, some, Long::sum));
                    if (--waiting[0] == 0 && known[0]) {
                        counted(segments, live);
                    }
                });
            });
        }
    }

    private void counted(List<Sealed> segments, Map<Integer, Long> named) {
        sealedBytes = 0;
        liveBytes = 0;
        double least = 1;
        Sealed emptiest = null;
        for (Sealed segment : segments) {
            int number = segment.number();
            long live = named.getOrDefault(number, 0L)
                    + setup.hints.book().liveBytes(number)
                    + kept.getOrDefault(number, 0L);
            sealedBytes += segment.end();
            liveBytes += live;
            double ratio = (double) live / segment.end();
            if (ratio < least && setup.clock.nanos() >= leftAloneUntil.getOrDefault(number, Long.MIN_VALUE)) {
                least = ratio;
                emptiest = segment;
            }
        }
        boolean shortOfSpace = setup.log.shortOfSpace();
        urgency = shortOfSpace ? CompactionBounds.MAX_URGENCY : CompactionBounds.urgency(sealedBytes, liveBytes);
        publish();
        boolean mayBegin = round == null && !stopped && 100 * least < setup.bounds.limitPercent(shortOfSpace, urgency);
        if (emptiest != null && mayBegin && setup.log.view().sealed().contains(emptiest)) {
            begin(emptiest);
        }
    }

    private void begin(Sealed segment) {
        try {
            rebuildsBefore = setup.indexes.rebuilds();
            CompactionRound next = new CompactionRound(this, segment);
            round = next;
            next.begin();
        } catch (IOException failed) {
            leaveAlone(segment, failed.toString());
        }
    }

    private void leaveAlone(Sealed segment, String why) {
        aborted++;
        leftAloneUntil.put(segment.number(), setup.clock.nanos() + DAMAGED_NANOS);
        log.warn("Segment {} was not compacted: {}", segment.number(), why);
        publish();
    }

    private void publish() {
        report = new CompactionReport(rounds, aborted, rewrittenBytes, freedBytes, sealedBytes, liveBytes);
    }

    // --- the end of a round ---

    @Override
    public void end(@Nullable String why) {
        CompactionRound ended = round;
        round = null;
        if (ended == null) {
            throw new IllegalStateException("a round ends once");
        }
        Sealed victim = ended.victim();
        if (why != null) {
            if (!stopped) {
                leaveAlone(victim, why);
                setup.damaged.find(victim, ended.invalid());
            }
        } else if (setup.indexes.busy() || setup.indexes.rebuilds() != rebuildsBefore) {
            // The index that was built meanwhile may name what was forgotten: the next round sees it.
            aborted++;
        } else {
            remove(victim);
        }
        quietly();
    }

    private void remove(Sealed victim) {
        gaps = setup.log.remove(victim, gaps);
        summaries.remove(victim.number());
        kept.remove(victim.number());
        leftAloneUntil.remove(victim.number());
        rounds++;
        freedBytes += victim.end();
        leaving.add(victim);
        publish();
        if (!saving) {
            save();
        }
        lookNow();
    }

    /**
     * What leaves is no part of the log any more; its files go when that is durable. What leaves meanwhile goes into the next save:
     * a save names all that left before, so that a segment is never gone while one is still there that left earlier.
     */
    private void save() {
        SegmentGaps now = gaps;
        List<Sealed> gone = List.copyOf(leaving);
        saving = setup.files.offer(() -> {
            boolean saved = saveNow(now);
            setup.loop.post(() -> saved(gone, saved));
        });
    }

    private boolean saveNow(SegmentGaps now) {
        try {
            now.save(setup.disk);
            return true;
        } catch (IOException failed) {
            log.warn("Compacted segments stay until their removal can be noted", failed);
            return false;
        }
    }

    private void saved(List<Sealed> gone, boolean saved) {
        if (!saved) {
            saving = false;
            quietly();
            return;
        }
        leaving.removeAll(gone);
        for (Sealed segment : gone) {
            segment.segment().readers().retire(() -> {
                if (!setup.files.offer(() -> delete(segment.segment()))) {
                    log.warn("Segment {} is deleted at the next start", segment.number());
                }
            });
        }
        // Behind the deletions, so that space is seen and an orderly end waits for them.
        boolean accepted = setup.files.offer(() -> setup.loop.post(this::deleted));
        if (!accepted) {
            deleted();
        }
    }

    private void deleted() {
        saving = false;
        setup.log.lookAtDisk();
        if (!stopped && !leaving.isEmpty()) {
            save();
        }
        quietly();
    }

    private void delete(SegmentFile segment) {
        try {
            segment.file().close();
            setup.disk.delete(SegmentFile.name(segment.number()));
            setup.disk.delete(SegmentFile.path(segment.number(), SegmentFile.HINTS));
        } catch (IOException failed) {
            log.warn("Segment {} is deleted at the next start", segment.number(), failed);
        }
    }

    // --- what a round asks ---

    @Override
    public Worker worker() {
        return setup.worker;
    }

    @Override
    public Loop loop() {
        return setup.loop;
    }

    @Override
    public LogWriter log() {
        return setup.log;
    }

    @Override
    public SegmentContents contents() {
        return setup.contents;
    }

    @Override
    public Shard[] shards() {
        return setup.shards;
    }

    @Override
    public Hints hints() {
        return setup.hints;
    }

    @Override
    public long secret() {
        return setup.secret;
    }

    @Override
    public int owner() {
        return setup.owner;
    }

    @Override
    public Map<Integer, SegmentSummary> summaries() {
        return summaries;
    }

    @Override
    public Survivors.Factory survivors() {
        return setup.survivors;
    }

    @Override
    public boolean stopped() {
        return stopped;
    }

    @Override
    public int slicesAtOnce() {
        return 1 + (int) ((MOST_SLICES - 1) * (urgency - 1) / (CompactionBounds.MAX_URGENCY - 1));
    }

    @Override
    public long pauseNanos(int bytes) {
        return (long) (bytes * TimeUnit.SECONDS.toNanos(1) / (urgency * setup.bounds.bytesPerSecond()));
    }

    @Override
    public void kept(Location at) {
        kept.merge(at.segment(), (long) LogFormat.pad(at.length()), Long::sum);
    }

    @Override
    public void rewritten(long bytes) {
        rewrittenBytes += bytes;
    }
}
