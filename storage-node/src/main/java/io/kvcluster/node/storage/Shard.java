package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.CleanMarker.IndexMark;
import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.PartitionRuns.SortedRun;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import io.kvcluster.node.storage.RecordStore.Refusal;
import io.kvcluster.node.storage.RecordStore.Row;
import io.kvcluster.node.storage.RecordStore.Scan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of the partitions that one loop owns: their index, its cache, and the appends on their way. Only that loop calls
 * it, but for {@link #report}. An index that throws is discarded; once the last append on its way has ended, the store is asked
 * to rebuild it, so that the rebuild reads everything that was acknowledged.
 */
final class Shard {
    private static final Logger log = LoggerFactory.getLogger(Shard.class);
    private static final int SLICE_KEYS = 1_000;
    private static final int PUTS_PER_GROWTH_CHECK = 1_000;
    private static final long REBUILD_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What a shard needs of its store. {@code segment} finds a segment's file on any thread. */
    record Ties(
            StoreConfig config,
            LogWriter log,
            LogReader reader,
            Worker readers,
            Worker growth,
            IntFunction<Optional<SegmentFile>> segment,
            Consumer<Shard> rebuild,
            StoreListener listener) {}

    private enum State {
        REBUILDING,
        DROPPING,
        AVAILABLE
    }

    private final int number;
    private final Loop loop;
    private final Ties ties;
    private final Set<Integer> partitions = new TreeSet<>();
    private final Map<Integer, State> states = new HashMap<>();
    private final ShardAccounts accounts = new ShardAccounts();
    private final ShardReads reads;
    private @Nullable Index index;
    private String file = "";
    private boolean closing;
    private boolean callingLog;
    private @Nullable Runnable whenQuiet;
    private int inFlight;
    private int puts;
    private long rebuilds;
    private volatile ShardReport report = ShardReport.EMPTY;

    Shard(int number, int shards, Loop loop, Ties ties) {
        this.number = number;
        this.loop = loop;
        this.ties = ties;
        for (int partition = number; partition < ties.config.partitions(); partition += shards) {
            partitions.add(partition);
        }
        this.reads = new ShardReads(loop, ties, ties.config.cacheBytes() / shards);
    }

    int number() {
        return number;
    }

    Loop loop() {
        return loop;
    }

    Set<Integer> partitions() {
        return partitions;
    }

    ShardReport report() {
        return report;
    }

    // --- reads ---

    Lookup lookup(int partition, Key key) {
        if (state(partition) != State.AVAILABLE) {
            return new Lookup.CannotSay(notAvailable(partition));
        }
        try {
            IndexEntry entry = index().get(partition, key);
            return entry == null ? new Lookup.Absent() : new Lookup.Found(entry.meta(), entry.at(), entry.lsn());
        } catch (RuntimeException broken) {
            discard(broken);
            return new Lookup.CannotSay(notAvailable(partition));
        }
    }

    void read(int partition, Key key, Location at, Consumer<ReadResult> done) {
        reads.read(partition, key, at, done);
    }

    Scan scan(int partition, Optional<Key> after, int limit) {
        if (state(partition) != State.AVAILABLE) {
            return new Scan.CannotSay(notAvailable(partition));
        }
        try {
            List<Row> rows = index().page(partition, after, limit + 1);
            boolean last = rows.size() <= limit;
            return new Scan.Page(last ? rows : rows.subList(0, limit), last);
        } catch (RuntimeException broken) {
            discard(broken);
            return new Scan.CannotSay(notAvailable(partition));
        }
    }

    long keys(int partition) {
        return state(partition) == State.AVAILABLE ? accounts.keys(partition) : 0;
    }

    private State state(int partition) {
        return states.getOrDefault(partition, State.REBUILDING);
    }

    private static String notAvailable(int partition) {
        return "the index of partition " + partition + " is being rebuilt";
    }

    private Index index() {
        Index present = index;
        Invariant.check(present != null, "an available partition has an index");
        return Objects.requireNonNull(present);
    }

    // --- appends ---

    void append(int partition, Key key, byte[] meta, byte[] record, long hlc, Consumer<AppendResult> done) {
        if (meta.length > StoreConfig.MAX_META_BYTES) {
            done.accept(new AppendResult.Refused(Refusal.TOO_LARGE));
            return;
        }
        send(
                LogEntry.record(number, partition, key.bytes(), meta, record, hlc, new LogEntry.End() {
                    @Override
                    public void durable(Head head) {
                        applied(partition, key, new IndexEntry(head.lsn(), head.at(), meta), record);
                        done.accept(new AppendResult.Durable(head.lsn()));
                        ended();
                    }

                    @Override
                    public void refused(Refusal why) {
                        done.accept(new AppendResult.Refused(why));
                        ended();
                    }
                }),
                done);
    }

    boolean forget(int partition, Key key, Location at) {
        if (state(partition) != State.AVAILABLE) {
            return false;
        }
        try {
            IndexEntry entry = index().get(partition, key);
            if (entry == null || !entry.at().equals(at)) {
                return false;
            }
            index().remove(partition, key);
            accounts.removed(partition, entry);
            return true;
        } catch (RuntimeException broken) {
            discard(broken);
            return false;
        }
    }

    void dropPartition(int partition, Consumer<AppendResult> done) {
        LogEntry.End end = new LogEntry.End() {
            @Override
            public void durable(Head head) {
                if (state(partition) == State.AVAILABLE) {
                    states.put(partition, State.DROPPING);
                    dropSlice(partition, head.lsn(), Optional.empty(), done);
                } else {
                    done.accept(new AppendResult.Durable(head.lsn()));
                    ended();
                }
            }

            @Override
            public void refused(Refusal why) {
                done.accept(new AppendResult.Refused(why));
                ended();
            }
        };
        send(LogEntry.of(RecordType.PARTITION_DROPPED, number, partition, 0, LogEntry.NOTHING, end), done);
    }

    private void send(LogEntry entry, Consumer<AppendResult> done) {
        Optional<Refusal> refusal = closing
                ? Optional.of(Refusal.FAILED)
                : state(entry.partition()) != State.AVAILABLE ? Optional.of(Refusal.RECOVERING) : ties.log.offer(entry);
        if (refusal.isPresent()) {
            done.accept(new AppendResult.Refused(refusal.get()));
        } else {
            inFlight++;
            callLog();
        }
    }

    /** After the tasks that wait now, so that what one turn of the loop appends is one group with one fsync (ADR 20). */
    private void callLog() {
        if (!callingLog) {
            callingLog = true;
            loop.post(() -> {
                callingLog = false;
                ties.log.call();
            });
        }
    }

    private void applied(int partition, Key key, IndexEntry entry, byte[] record) {
        if (state(partition) == State.REBUILDING) {
            return;
        }
        try {
            IndexEntry before = index().put(partition, key, entry);
            accounts.replaced(partition, before, entry);
            if (before == null) {
                reads.remember(entry.at(), record);
            } else {
                reads.replaced(before.at(), entry.at(), record);
            }
            if (++puts % PUTS_PER_GROWTH_CHECK == 0) {
                index().growAhead(ties.growth::offer);
            }
        } catch (RuntimeException broken) {
            discard(broken);
        }
    }

    /** Removes what the drop hides, a slice per turn; appends that were queued behind the drop stay. */
    private void dropSlice(int partition, long lsn, Optional<Key> after, Consumer<AppendResult> done) {
        Optional<Key> next = Optional.empty();
        if (state(partition) == State.DROPPING) {
            try {
                List<Row> rows = index().page(partition, after, SLICE_KEYS);
                for (Row row : rows) {
                    if (row.lsn() < lsn) {
                        index().remove(partition, row.key());
                        accounts.removed(partition, new IndexEntry(row.lsn(), row.at(), row.meta()));
                    }
                }
                next = rows.size() < SLICE_KEYS
                        ? next
                        : Optional.of(rows.getLast().key());
            } catch (RuntimeException broken) {
                discard(broken);
            }
        }
        Optional<Key> cursor = next;
        if (cursor.isPresent()) {
            loop.post(() -> dropSlice(partition, lsn, cursor, done));
            return;
        }
        if (state(partition) == State.DROPPING) {
            states.put(partition, State.AVAILABLE);
        }
        done.accept(new AppendResult.Durable(lsn));
        ended();
    }

    // --- compaction ---

    /** What the index says of a key to compaction. */
    sealed interface Known {
        record Entry(IndexEntry entry) implements Known {}

        record Absent() implements Known {}

        /** No index now. */
        record Nobody(String why) implements Known {}
    }

    Known known(int partition, Key key) {
        if (closing || state(partition) != State.AVAILABLE) {
            return new Known.Nobody(closing ? "the store is closing" : notAvailable(partition));
        }
        try {
            IndexEntry entry = index().get(partition, key);
            return entry == null ? new Known.Absent() : new Known.Entry(entry);
        } catch (RuntimeException broken) {
            discard(broken);
            return new Known.Nobody(notAvailable(partition));
        }
    }

    /** An append is on its way that {@link #ended} will end. */
    void begun() {
        inFlight++;
    }

    /** A copy is durable: the index names it from now on, unless a newer record came meanwhile. */
    void switched(int partition, Key key, Location from, IndexEntry copy) {
        if (state(partition) == State.REBUILDING) {
            return;
        }
        try {
            IndexEntry now = index().get(partition, key);
            if (now != null && now.at().equals(from)) {
                accounts.replaced(partition, index().put(partition, key, copy), copy);
                reads.moved(from, copy.at());
            }
        } catch (RuntimeException broken) {
            discard(broken);
        }
    }

    /** Found damaged by who reads past the cache; true, and told, if it is still the key's record. */
    boolean corrupt(int partition, Key key, Location at) {
        boolean current = known(partition, key) instanceof Known.Entry(IndexEntry entry)
                && entry.at().equals(at);
        if (current) {
            reads.corrupt(partition, key, at);
        }
        return current;
    }

    void scrub(int partition, Optional<Key> after, int limit, Consumer<Scrub.Result> done) {
        new ShardScrub(this, ties, partition, done).run(after, limit);
    }

    /** Live bytes by segment; empty when an index is missing, so that nobody knows. */
    Optional<Map<Integer, Long>> liveBytes() {
        boolean known = partitions.stream().allMatch(p -> state(p) == State.AVAILABLE);
        return known && !closing ? Optional.of(accounts.liveBytes()) : Optional.empty();
    }

    void ended() {
        inFlight--;
        whenQuiet();
    }

    private void whenQuiet() {
        Runnable then = whenQuiet;
        if (inFlight == 0 && then != null) {
            whenQuiet = null;
            then.run();
        }
    }

    // --- the life of the index ---

    /** Starts the publishing of reports. */
    void start() {
        publish();
        if (!closing) {
            loop.after(TimeUnit.SECONDS.toNanos(1), this::start);
        }
    }

    private void publish() {
        int available = (int)
                partitions.stream().filter(p -> state(p) == State.AVAILABLE).count();
        report = new ShardReport(
                available,
                accounts.keys(),
                reads.corrupt(),
                rebuilds,
                reads.hits(),
                reads.misses(),
                accounts.liveBytes());
    }

    /** Uses an index that was closed in order. */
    void adopt(String name, Index opened, IndexMark mark) {
        index = opened;
        file = name;
        accounts.restore(mark.partitions(), mark.liveBytes());
        partitions.forEach(this::available);
        publish();
    }

    /** Starts with an empty index, which {@link #load} then fills. */
    void begin(String name, Supplier<Index> create) {
        rebuilds++;
        accounts.clear();
        file = name;
        try {
            index = create.get();
        } catch (RuntimeException broken) {
            log.error("The index of loop {} cannot be made; trying again", number, broken);
            askForRebuild();
        }
    }

    /** Fills one partition from sorted entries, a slice per turn. */
    void load(int partition, SortedRun run, Runnable done) {
        try {
            loadSlice(partition, run, index().load(partition), done);
        } catch (RuntimeException broken) {
            discard(broken);
            done.run();
        }
    }

    private void loadSlice(int partition, SortedRun run, Index.Load load, Runnable done) {
        if (index == null || closing) {
            done.run();
            return;
        }
        try {
            boolean more = run.feed(SLICE_KEYS, (key, entry) -> {
                load.put(key, entry);
                accounts.replaced(partition, null, entry);
            });
            if (more) {
                loop.post(() -> loadSlice(partition, run, load, done));
                return;
            }
            load.finish();
            available(partition);
        } catch (RuntimeException broken) {
            discard(broken);
        }
        done.run();
    }

    private void available(int partition) {
        states.put(partition, State.AVAILABLE);
        ties.listener.partitionAvailable(partition);
        publish();
    }

    void discard(RuntimeException broken) {
        Index discarded = index;
        if (discarded == null) {
            return;
        }
        log.error("The index of loop {} is discarded and rebuilt from the log", number, broken);
        index = null;
        states.clear();
        publish();
        try {
            discarded.close();
        } catch (RuntimeException unusable) {
            log.debug("The discarded index could not be closed", unusable);
        }
        askForRebuild();
    }

    /** A little later, so that a disk that is full is not asked without pause. */
    private void askForRebuild() {
        loop.after(REBUILD_PAUSE_NANOS, () -> {
            if (!closing) {
                whenQuiet = () -> ties.rebuild.accept(this);
                whenQuiet();
            }
        });
    }

    /** Takes no more appends; {@code quiet} runs when the last on its way has ended. */
    void stop(Runnable quiet) {
        closing = true;
        whenQuiet = quiet;
        whenQuiet();
    }

    /** Closes the index. The mark lacks length and checksum; empty unless the index holds all partitions. */
    Optional<IndexMark> close() {
        Index present = index;
        index = null;
        boolean whole = partitions.stream().allMatch(p -> state(p) == State.AVAILABLE);
        states.clear();
        if (present == null) {
            return Optional.empty();
        }
        try {
            present.close();
        } catch (RuntimeException broken) {
            log.error("The index of loop {} could not be closed and will be rebuilt", number, broken);
            return Optional.empty();
        }
        return whole
                ? Optional.of(new IndexMark(file, 0, 0, accounts.partitionMarks(partitions), accounts.segmentMarks()))
                : Optional.empty();
    }
}
