package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.RecordStore.Refusal;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One segment's way out of the log. Its state is owned by the log's loop; a worker reads, shards and the log append:
 * <ol>
 *   <li>slice by slice: records that the indexes name, and hints that are kept, are appended again ({@link ShardRewrite}); each is
 *       switched to its copy when that is durable;
 *   <li>records that no index knows, drops and ends of hints are appended again if they still hide something ({@link HidingRule});
 *   <li>when nothing names the segment any more, {@link Ties#end} hears that it may go.
 * </ol>
 * Anything unexpected ends the round and leaves the segment: the copies that were made are the live ones, the rest lies where it lay.
 */
final class CompactionRound {
    private static final int SLICE_BYTES = 256 << 10;
    private static final int KEPT_PER_SLICE = 256;
    private static final String CLOSING = "the store is closing";
    private static final String ONE_TASK = "a round has one task at a time";

    /** What a round works with. */
    interface Ties {
        Worker worker();

        Loop loop();

        LogWriter log();

        SegmentContents contents();

        Shard[] shards();

        Hints hints();

        long secret();

        /** Number of the log's loop among the owners of log entries. */
        int owner();

        /** Summaries that are known; the round adds those that it makes. */
        Map<Integer, SegmentSummary> summaries();

        Survivors.Factory survivors();

        /** True when the round shall end without its goal. */
        boolean stopped();

        /** How many slices may be on their way through shards and log. */
        int slicesAtOnce();

        /** How long to wait after so many bytes. */
        long pauseNanos(int bytes);

        /** A copy of something that no index names is durable: it counts as live. */
        void kept(Location at);

        void rewritten(long bytes);

        /** @param why it did not reach its goal, null when the segment may go */
        void end(@Nullable String why);
    }

    private final Ties ties;
    private final Sealed victim;
    private final SegmentScan scan;
    private final Candidates candidates = new Candidates();
    private final List<CompactionItem> marks = new ArrayList<>();
    private final Map<Integer, Long> drops = new TreeMap<>();
    private final List<int[]> invalid = new ArrayList<>();
    private int open;
    private boolean reading;
    private boolean pausing;
    private boolean more = true;
    private @Nullable String why;

    CompactionRound(Ties ties, Sealed victim) throws IOException {
        this.ties = ties;
        this.victim = victim;
        this.scan =
                new SegmentScan(victim.segment().file(), new LogFormat(ties.secret(), victim.number()), victim.end());
    }

    Sealed victim() {
        return victim;
    }

    /** Bytes of the segment that were written once and cannot be read now; known when the round has ended. */
    List<int[]> invalid() {
        return invalid;
    }

    // --- what the indexes name ---

    void begin() {
        advance();
    }

    /** Reads the next slice, goes on to the next step, or ends: whatever the state allows. */
    private void advance() {
        if (why != null || ties.stopped()) {
            if (open == 0 && !reading && !pausing) {
                ties.end(why == null ? CLOSING : why);
            }
        } else if (more) {
            if (!reading && !pausing && open < ties.slicesAtOnce()) {
                readSlices(ties.slicesAtOnce() - open);
            }
        } else if (open == 0 && !pausing) {
            survivors();
        }
    }

    private void readSlices(int count) {
        reading = true;
        boolean accepted = ties.worker().offer(() -> {
            List<List<CompactionItem>> slices = new ArrayList<>();
            try {
                boolean moreFollows = true;
                while (moreFollows && slices.size() < count) {
                    List<CompactionItem> items = new ArrayList<>();
                    moreFollows = scan.next(SLICE_BYTES, new Collecting(items, invalid));
                    slices.add(items);
                }
                boolean notAll = moreFollows;
                ties.loop().post(() -> sliced(slices, notAll));
            } catch (IOException failed) {
                ties.loop().post(() -> {
                    abort("the disk: " + failed);
                    sliced(slices, false);
                });
            }
        });
        Invariant.check(accepted, ONE_TASK);
    }

    /** What of a segment compaction has to look at. */
    private record Collecting(List<CompactionItem> items, List<int[]> ranges) implements SegmentScan.Visitor {
        @Override
        public void found(Head head, ByteBuffer buffer, int payloadAt) {
            switch (head.type()) {
                case RECORD, HINT, HINT_DONE, PARTITION_DROPPED, REWRITTEN ->
                    items.add(CompactionItem.of(head, buffer, payloadAt));
                case GROUP, METADATA, IDLE_MARK -> {}
            }
        }

        @Override
        public void invalid(int from, int to) {
            ranges.add(new int[] {from, to});
        }
    }

    private void sliced(List<List<CompactionItem>> slices, boolean moreFollows) {
        reading = false;
        more = moreFollows;
        pausing = true;
        ties.loop().after(ties.pauseNanos(SLICE_BYTES * slices.size()), () -> {
            pausing = false;
            advance();
        });
        slices.forEach(this::rewrite);
    }

    private void rewrite(List<CompactionItem> items) {
        open++;
        Step step = new Step(() -> {
            open--;
            advance();
        });
        Map<Integer, List<CompactionItem>> byShard = new TreeMap<>();
        for (CompactionItem item : items) {
            switch (item.type()) {
                case RECORD ->
                    byShard.computeIfAbsent(item.partition() % ties.shards().length, absent -> new ArrayList<>())
                            .add(item);
                case HINT -> hint(item, step);
                case PARTITION_DROPPED -> {
                    drops.merge(item.partition(), item.lsn(), Math::max);
                    marks.add(item);
                }
                case HINT_DONE -> marks.add(item);
                case GROUP, METADATA, IDLE_MARK, REWRITTEN -> {}
            }
        }
        byShard.forEach((number, some) -> {
            step.begun();
            Shard shard = ties.shards()[number];
            shard.loop()
                    .post(() -> new ShardRewrite(
                                    shard, ties.log(), result -> ties.loop().post(() -> rewritten(result, step)))
                            .run(some));
        });
        step.ended();
    }

    private void rewritten(ShardRewrite.Result result, Step step) {
        result.why().ifPresent(this::abort);
        ties.rewritten(result.rewrittenBytes());
        for (CompactionItem item : result.unknown()) {
            Key key = item.record().key();
            candidates.add(
                    SegmentSummary.hash(item.partition(), key),
                    item.partition(),
                    item.lsn(),
                    item.at().offset());
        }
        step.ended();
    }

    /** Several things that end in any order, and what follows the last. */
    private static final class Step {
        private final Runnable then;
        private int left = 1;

        private Step(Runnable then) {
            this.then = then;
        }

        private void begun() {
            left++;
        }

        private void ended() {
            if (--left == 0) {
                then.run();
            }
        }
    }

    private void abort(String reason) {
        why = why == null ? reason : why;
    }

    private void hint(CompactionItem item, Step step) {
        HintBook.Kept kept = ties.hints().book().get(item.target(), item.lsn());
        if (kept != null && kept.at().equals(item.at())) {
            again(item, step, at -> ties.hints().book().moved(item.target(), item.lsn(), item.at(), at));
        }
    }

    private interface Copied {
        void to(Location at);
    }

    /** Appends it again on the log's own account. */
    private void again(CompactionItem item, Step step, Copied copied) {
        step.begun();
        LogEntry.End end = new LogEntry.End() {
            @Override
            public void durable(Head head) {
                copied.to(head.at());
                ties.rewritten(LogFormat.pad(head.at().length()));
                step.ended();
            }

            @Override
            public void refused(Refusal reason) {
                abort("the log refuses: " + reason);
                step.ended();
            }
        };
        ties.log().append(item.again(ties.owner(), end)).ifPresent(end::refused);
    }

    // --- what hides something ---

    private void survivors() {
        if (candidates.size() == 0 && marks.isEmpty()) {
            check();
            return;
        }
        LogView view = ties.log().view();
        List<Sealed> others = new ArrayList<>(view.sealed());
        others.removeIf(other -> other.number() == victim.number());
        summarize(others.iterator(), view.active(), new ArrayList<>());
    }

    private void summarize(Iterator<Sealed> rest, Sealed active, List<SegmentSummary> others) {
        while (rest.hasNext()) {
            Sealed next = rest.next();
            SegmentSummary known = ties.summaries().get(next.number());
            if (known == null) {
                onWorker(() -> {
                    SegmentSummary made = summary(next);
                    return () -> {
                        ties.summaries().put(next.number(), made);
                        others.add(made);
                        summarize(rest, active, others);
                    };
                });
                return;
            }
            others.add(known);
        }
        onWorker(() -> {
            others.add(summary(active));
            Survivors survivors = ties.survivors().of(others);
            List<Integer> offsets = new ArrayList<>();
            for (int i = 0; i < candidates.size(); i++) {
                Candidates.Candidate each = candidates.get(i);
                if (survivors.needs(each, drops.getOrDefault(each.partition(), 0L))) {
                    offsets.add(each.offset());
                }
            }
            return () -> decided(survivors, offsets);
        });
    }

    private SegmentSummary summary(Sealed segment) throws IOException {
        long records = segment.lastLsn() == Sealed.UNKNOWN
                ? segment.end() / LogFormat.HEADER
                : segment.lastLsn() - segment.segment().firstLsn() + 1;
        SegmentSummary summary = new SegmentSummary(records);
        ties.contents().visit(segment, summary);
        return summary;
    }

    private void decided(Survivors survivors, List<Integer> offsets) {
        List<CompactionItem> kept = new ArrayList<>();
        for (CompactionItem mark : marks) {
            boolean needed = mark.type() == RecordType.PARTITION_DROPPED
                    ? survivors.needsDrop(mark)
                    : survivors.needsDone(mark, ties.hints().book());
            if (needed) {
                kept.add(mark);
            }
        }
        keep(kept, offsets.iterator());
    }

    private void keep(List<CompactionItem> some, Iterator<Integer> offsets) {
        Step step = new Step(() -> goOn(offsets.hasNext() ? () -> readKept(offsets) : this::check));
        for (CompactionItem item : some) {
            again(item, step, ties::kept);
        }
        step.ended();
    }

    private void readKept(Iterator<Integer> offsets) {
        onWorker(() -> {
            List<CompactionItem> some = new ArrayList<>();
            while (offsets.hasNext() && some.size() < KEPT_PER_SLICE) {
                some.add(read(offsets.next()));
            }
            return () -> keep(some, offsets);
        });
    }

    private CompactionItem read(int offset) throws IOException {
        LogFormat format = new LogFormat(ties.secret(), victim.number());
        ByteBuffer head = ByteBuffer.allocate(LogFormat.HEADER);
        victim.segment().file().read(head, offset);
        int length = head.hasRemaining() ? -1 : format.claimedLength(head, 0);
        if (length < 0 || length > victim.end() - offset) {
            throw new IOException("a record of segment " + victim.number() + " is not what it was a moment ago");
        }
        ByteBuffer whole = ByteBuffer.allocate(length);
        victim.segment().file().read(whole, offset);
        Head found = format.read(whole, 0, offset, length);
        if (found == null) {
            throw new IOException("a record of segment " + victim.number() + " is not what it was a moment ago");
        }
        return CompactionItem.of(found, whole, LogFormat.HEADER);
    }

    // --- the end ---

    /** Nothing names the segment any more, on any loop. */
    private void check() {
        Map<Integer, Long> named = new HashMap<>();
        Step step = new Step(() -> goOn(() -> checked(named)));
        for (Shard shard : ties.shards()) {
            step.begun();
            shard.loop().post(() -> {
                long live = shard.liveBytes()
                        .map(bytes -> bytes.getOrDefault(victim.number(), 0L))
                        .orElse(-1L);
                ties.loop().post(() -> {
                    named.put(shard.number(), live);
                    step.ended();
                });
            });
        }
        step.ended();
    }

    private void checked(Map<Integer, Long> named) {
        if (named.values().stream().anyMatch(live -> live < 0)) {
            ties.end("an index is being rebuilt");
        } else if (named.values().stream().anyMatch(live -> live > 0)
                || ties.hints().book().liveBytes(victim.number()) > 0) {
            ties.end("records that are live cannot be read");
        } else {
            ties.end(null);
        }
    }

    // --- helpers ---

    private interface Work {
        /** Blocks; returns what goes on with the log's loop. */
        Runnable run() throws IOException;
    }

    private void onWorker(Work work) {
        if (ties.stopped()) {
            ties.end(CLOSING);
            return;
        }
        boolean accepted = ties.worker().offer(() -> {
            try {
                Runnable next = work.run();
                ties.loop().post(() -> goOn(next));
            } catch (IOException failed) {
                ties.loop().post(() -> ties.end("the disk: " + failed));
            }
        });
        Invariant.check(accepted, ONE_TASK);
    }

    private void goOn(Runnable next) {
        if (why != null || ties.stopped()) {
            ties.end(why == null ? CLOSING : why);
        } else {
            next.run();
        }
    }
}
