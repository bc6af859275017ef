package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import io.kvcluster.node.storage.RecordStore.Refusal;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hint log on the store's own log. The book is the log loop's, where hints become durable; records are read by reader threads.
 * After a start the log is read for hints in the background, segment by segment; hints that come meanwhile are just added.
 */
final class Hints implements HintLog {
    private static final Logger log = LoggerFactory.getLogger(Hints.class);
    private static final int MAX_PAGE = 10_000;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** @param owner number of the log's loop among the owners of log entries */
    record Ties(
            HintBounds bounds,
            LogWriter log,
            int owner,
            Loop loop,
            Worker files,
            Worker readers,
            LogReader reader,
            SegmentContents contents,
            IntFunction<Optional<SegmentFile>> segment) {}

    private final Ties ties;

    // Owned by the log's loop.
    private final HintBook book = new HintBook();
    private boolean recovered;

    private volatile Report report = new Report(false, Map.of());

    Hints(Ties ties) {
        this.ties = ties;
    }

    // --- after a start ---

    /** On the log's loop. @param found what the log holds now; what comes later is told by {@link #append} */
    void recover(LogView found) {
        recover(found.all().iterator(), new HintBook());
    }

    private void recover(Iterator<Sealed> rest, HintBook found) {
        if (rest.hasNext()) {
            read(rest.next(), found, () -> recover(rest, found));
            return;
        }
        book.add(found);
        recovered = true;
        publish();
    }

    private void read(Sealed segment, HintBook found, Runnable then) {
        boolean accepted = ties.files.offer(() -> {
            try {
                ties.contents.visitHints(segment, found);
                ties.loop.post(then);
            } catch (IOException failed) {
                log.error("Segment {} could not be read for its hints; trying again", segment.number(), failed);
                ties.loop.post(() -> ties.loop.after(RETRY_NANOS, () -> read(segment, found, then)));
            }
        });
        if (!accepted) {
            ties.loop.after(RETRY_NANOS, () -> read(segment, found, then));
        }
    }

    /** On the log's loop. */
    boolean recovered() {
        return recovered;
    }

    /** On the log's loop: compaction asks it and tells it what it moved. */
    HintBook book() {
        return book;
    }

    // --- the interface ---

    @Override
    public void append(
            long target, int partition, Key key, byte[] record, long hlc, Loop caller, Consumer<AppendResult> done) {
        byte[] payload = LogPayload.hint(target, key.bytes(), record);
        ties.loop.post(
                () -> appendNow(target, partition, payload, hlc, result -> caller.post(() -> done.accept(result))));
    }

    private void appendNow(long target, int partition, byte[] payload, long hlc, Consumer<AppendResult> done) {
        int size = LogFormat.size(payload.length);
        Optional<String> bound = book.reserve(target, size, ties.bounds);
        if (bound.isPresent()) {
            done.accept(new AppendResult.Full(bound.get()));
            return;
        }
        LogEntry.End end = new LogEntry.End() {
            @Override
            public void durable(Head head) {
                book.written(target, head.lsn(), new HintBook.Kept(partition, hlc, head.at()));
                publish();
                done.accept(new AppendResult.Kept(head.lsn()));
            }

            @Override
            public void refused(Refusal why) {
                book.release(target, size);
                done.accept(new AppendResult.Refused(why));
            }
        };
        ties.log
                .append(LogEntry.of(RecordType.HINT, ties.owner, partition, hlc, payload, end))
                .ifPresent(end::refused);
    }

    @Override
    public void done(long target, long upTo, Loop caller, Runnable durable) {
        ties.loop.post(() -> doneNow(target, upTo, () -> caller.post(durable)));
    }

    @Override
    public void drop(long target, Loop caller, Runnable durable) {
        done(target, Long.MAX_VALUE, caller, durable);
    }

    private void doneNow(long target, long upTo, Runnable durable) {
        if (recovered && book.isDone(target, upTo)) {
            durable.run();
            return;
        }
        byte[] payload = LogPayload.hintDone(target, upTo);
        LogEntry.End end = new LogEntry.End() {
            @Override
            public void durable(Head head) {
                book.hintDone(target, upTo, head.lsn());
                publish();
                durable.run();
            }

            @Override
            public void refused(Refusal why) {
                log.debug("Hints of a store were not given up: {}", why);
            }
        };
        ties.log
                .append(LogEntry.of(RecordType.HINT_DONE, ties.owner, 0, 0, payload, end))
                .ifPresent(end::refused);
    }

    @Override
    public void page(long target, long after, int maxHints, Loop caller, Consumer<PageResult> done) {
        if (maxHints < 1 || maxHints > MAX_PAGE) {
            throw new IllegalArgumentException("maxHints " + maxHints + ": 1.." + MAX_PAGE + " are allowed");
        }
        ties.loop.post(() -> pageNow(target, after, maxHints, result -> caller.post(() -> done.accept(result))));
    }

    private record Wanted(long id, HintBook.Kept hint) {}

    private void pageNow(long target, long after, int maxHints, Consumer<PageResult> done) {
        if (!recovered) {
            done.accept(new PageResult.CannotSay("the log is still being read for hints"));
            return;
        }
        List<Wanted> wanted = new ArrayList<>();
        Iterator<Map.Entry<Long, HintBook.Kept>> rest =
                book.after(target, after).entrySet().iterator();
        int bytes = 0;
        while (rest.hasNext() && wanted.size() < maxHints && bytes < HintBounds.PAGE_BYTES) {
            Map.Entry<Long, HintBook.Kept> next = rest.next();
            wanted.add(new Wanted(next.getKey(), next.getValue()));
            bytes += next.getValue().bytes();
        }
        boolean last = !rest.hasNext();
        if (wanted.isEmpty()) {
            done.accept(new Page(List.of(), after, Set.of(), true));
        } else if (!ties.readers.offer(() -> done.accept(readPage(target, wanted, last)))) {
            done.accept(new PageResult.CannotSay("too many reads wait for the disk"));
        }
    }

    /** On a reader thread. */
    private PageResult readPage(long target, List<Wanted> wanted, boolean last) {
        List<Hint> hints = new ArrayList<>();
        Set<Integer> lost = new TreeSet<>();
        for (Wanted each : wanted) {
            HintBook.Kept hint = each.hint;
            AtomicReference<Key> key = new AtomicReference<>();
            Optional<SegmentFile> segment = ties.segment.apply(hint.at().segment());
            switch (ties.reader.readHint(segment, target, hint.partition(), hint.at(), key::set)) {
                case ReadResult.Bytes(byte[] record) ->
                    hints.add(new Hint(each.id, hint.partition(), key.get(), record, hint.hlc()));
                case ReadResult.Corrupt(String why) -> {
                    log.error("A hint is lost: {}", why);
                    lost.add(hint.partition());
                }
                case ReadResult.Gone(), ReadResult.Overloaded() -> {
                    return new PageResult.CannotSay("compaction moved the hints");
                }
            }
        }
        return new Page(hints, wanted.getLast().id, lost, last);
    }

    @Override
    public Report report() {
        return report;
    }

    private void publish() {
        report = book.report(recovered);
    }
}
