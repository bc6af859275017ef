package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Environment;
import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.seams.LockedException;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.CleanMarker.IndexMark;
import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.RecoveredLog.Damage;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import io.kvcluster.node.storage.StoreFiles.StoreFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of one data directory, open: a log with its thread, a shard with an index per core loop. {@link #open} returns when
 * the log is in order; partitions become available one by one after that. {@link #close} ends it in order.
 */
public final class Store implements RecordStore, Scrub {
    private static final Logger log = LoggerFactory.getLogger(Store.class);
    private static final int MAX_PAGE = 10_000;

    private final StoreConfig config;
    private final Environment environment;
    private final StoreOpening.Opened opened;
    private final Loop logLoop;
    private final Worker files;
    private final Worker growth;
    private final Worker readers;
    private final LogWriter writer;
    private final SegmentContents contents;
    private final Shard[] shards;
    private final IndexRecovery indexes;
    private final Watermarks watermarks;
    private final Watermarks copies;
    private final Hints hints;
    private final Compactor compactor;
    private final Worker compaction;
    private final long hlcFloor;
    private volatile StoreFile file;

    /**
     * Blocks while the log is recovered (seconds after a crash).
     *
     * @param loops partition p is owned by loop p mod loops.length
     * @throws StoreException when the directory cannot be served; nothing runs then
     */
    public static Store open(
            StoreConfig config, Environment environment, IndexFactory indexes, Loop[] loops, StoreListener listener)
            throws StoreException {
        return open(config, environment, indexes, loops, listener, HidingRule::new);
    }

    /** With another rule of what compaction keeps: for tests. */
    static Store open(
            StoreConfig config,
            Environment environment,
            IndexFactory indexes,
            Loop[] loops,
            StoreListener listener,
            Survivors.Factory survivors)
            throws StoreException {
        StoreOpening.Opened opened = new StoreOpening(config, environment).open();
        try {
            Store store = new Store(config, environment, opened, indexes, loops, listener, survivors);
            store.start();
            return store;
        } catch (IOException failed) {
            StoreOpening.unlock(opened.lock());
            throw new StoreException(StoreException.Kind.IO, "the data directory cannot be read: " + failed, failed);
        }
    }

    private Store(
            StoreConfig config,
            Environment environment,
            StoreOpening.Opened opened,
            IndexFactory indexFactory,
            Loop[] loops,
            StoreListener listener,
            Survivors.Factory survivors)
            throws IOException {
        this.config = config;
        this.environment = environment;
        this.opened = opened;
        this.file = opened.file();
        this.hlcFloor = opened.log().hlcFloor();
        this.logLoop = environment.newLoop("log", config.queueRecords());
        this.files = environment.newWorker("log-files", 1, 1_024);
        this.growth = environment.newWorker("index-growth", 1, 2 * loops.length + 1);
        this.readers = environment.newWorker("log-reader", config.readerThreads(), config.readerQueue());
        StoreIdentity identity = opened.identity();
        this.writer = new LogWriter(
                new LogWriter.Setup(
                        config,
                        environment,
                        owners(loops),
                        files,
                        opened.secret(),
                        identity.storeId(),
                        identity.incarnation(),
                        this::summarize,
                        listener),
                logLoop,
                opened.log());
        this.contents = new SegmentContents(environment.disk(), opened.secret());
        this.watermarks = new Watermarks(
                Watermarks.NAME, environment.disk(), config.partitions(), opened.watermarks(), logLoop, files);
        this.copies = new Watermarks(
                Watermarks.COPIES, environment.disk(), config.partitions(), opened.copies(), logLoop, files);
        LogReader reader = new LogReader(opened.secret());
        this.hints = new Hints(new Hints.Ties(
                config.hints(), writer, loops.length, logLoop, files, readers, reader, contents, writer::segment));
        Shard.Ties ties =
                new Shard.Ties(config, writer, reader, readers, growth, writer::segment, this::rebuild, listener);
        this.shards = new Shard[loops.length];
        for (int i = 0; i < loops.length; i++) {
            shards[i] = new Shard(i, loops.length, loops[i], ties);
        }
        this.indexes = new IndexRecovery(
                new IndexRecovery.Ties(
                        config,
                        environment,
                        indexFactory,
                        contents,
                        logLoop,
                        writer::view,
                        opened.suspects(),
                        listener,
                        Integer.toHexString(identity.incarnation()) + "-"
                                + Long.toHexString(opened.log().lastLsn())),
                loops.length);
        this.compaction = environment.newWorker("log-compaction", 1, 16);
        this.compactor = new Compactor(
                new Compactor.Setup(
                        config.compaction(),
                        environment.disk(),
                        environment.clock(),
                        logLoop,
                        compaction,
                        files,
                        writer,
                        contents,
                        shards,
                        this.indexes,
                        hints,
                        opened.secret(),
                        loops.length,
                        new DamagedRecords(compaction, contents, shards),
                        survivors),
                opened.gaps());
    }

    /** The core loops, and the log's own as the last. */
    private Loop[] owners(Loop[] loops) {
        Loop[] owners = Arrays.copyOf(loops, loops.length + 1);
        owners[loops.length] = logLoop;
        return owners;
    }

    private void start() {
        for (Shard shard : shards) {
            shard.loop().post(shard::start);
        }
        List<IndexMark> marks = opened.marker().map(CleanMarker::indexes).orElse(List.of());
        logLoop.post(() -> {
            writer.start();
            compactor.start();
            indexes.start(List.of(shards), marks);
            LogView found = writer.view();
            summarizeNext(opened.log().sealed().iterator(), () -> hints.recover(found));
        });
    }

    /** One at a time, so that the making of new segments gets its turn between them. */
    private void summarizeNext(Iterator<Sealed> rest, Runnable then) {
        if (rest.hasNext()) {
            summarize(rest.next(), () -> summarizeNext(rest, then));
        } else {
            then.run();
        }
    }

    /** On the log's loop. */
    private void summarize(Sealed sealed) {
        summarize(sealed, () -> {});
    }

    private void summarize(Sealed sealed, Runnable then) {
        boolean accepted = files.offer(() -> {
            try {
                Optional<Damage> damage = contents.summarize(sealed);
                damage.ifPresent(found -> logLoop.post(() -> opened.suspects().add(List.of(found))));
            } catch (IOException failed) {
                log.warn("Segment {} has no hint file; a rebuild of the index will scan it", sealed.number(), failed);
            }
            logLoop.post(then);
        });
        if (!accepted) {
            log.warn("Segment {} gets its hint file at the next start", sealed.number());
            then.run();
        }
    }

    private void rebuild(Shard shard) {
        logLoop.post(() -> indexes.rebuild(List.of(shard)));
    }

    // --- records ---

    private Shard shard(int partition) {
        Invariant.check(partition >= 0 && partition < config.partitions(), "partition is one of the cluster's");
        Shard shard = shards[partition % shards.length];
        Invariant.check(shard.loop().isCurrent(), "only the loop that owns a partition touches it");
        return shard;
    }

    @Override
    public Lookup lookup(int partition, Key key) {
        return shard(partition).lookup(partition, key);
    }

    @Override
    public void read(int partition, Key key, Location at, Consumer<ReadResult> done) {
        shard(partition).read(partition, key, at, done);
    }

    @Override
    public void append(int partition, Key key, byte[] meta, byte[] record, long hlc, Consumer<AppendResult> done) {
        shard(partition).append(partition, key, meta, record, hlc, done);
    }

    @Override
    public void forgetsStamps() {
        writer.forgets();
    }

    @Override
    public void dropPartition(int partition, Consumer<AppendResult> done) {
        writer.forgets();
        shard(partition).dropPartition(partition, done);
    }

    @Override
    public Scan scan(int partition, Optional<Key> after, int limit) {
        checkLimit(limit);
        return shard(partition).scan(partition, after, limit);
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new IllegalArgumentException("limit " + limit + ": 1.." + MAX_PAGE + " rows are allowed");
        }
    }

    @Override
    public void scrub(int partition, Optional<Key> after, int limit, Consumer<Scrub.Result> done) {
        checkLimit(limit);
        shard(partition).scrub(partition, after, limit, done);
    }

    @Override
    public long keys(int partition) {
        return shard(partition).keys(partition);
    }

    @Override
    public boolean forget(int partition, Key key, Location at) {
        return shard(partition).forget(partition, key, at);
    }

    @Override
    public long repairedUpTo(int partition) {
        return watermarks.upTo(partition);
    }

    @Override
    public void raiseRepairedUpTo(int partition, long hlc, Loop caller, Runnable durable) {
        logLoop.post(() -> watermarks.raise(partition, hlc, () -> caller.post(durable)));
    }

    @Override
    public long copyBegun(int partition) {
        return copies.upTo(partition);
    }

    @Override
    public void beginCopy(int partition, long move, Loop caller, Runnable durable) {
        logLoop.post(() -> copies.raise(partition, move, () -> caller.post(durable)));
    }

    /** Writes kept for other stores. */
    public HintLog hints() {
        return hints;
    }

    @Override
    public boolean suspect(int partition) {
        return opened.suspects().contains(partition);
    }

    @Override
    public void distrust(int partition, Loop caller, Runnable durable) {
        logLoop.post(() -> {
            opened.suspects().add(partition);
            caller.post(durable);
        });
    }

    @Override
    public void clearSuspicion(int partition, Loop caller, Runnable durable) {
        logLoop.post(() -> {
            opened.suspects().remove(partition);
            caller.post(durable);
        });
    }

    @Override
    public void reserveHlc(long upTo, Loop caller, Runnable durable) {
        LogEntry.End end = new LogEntry.End() {
            @Override
            public void durable(Head head) {
                caller.post(durable);
            }

            @Override
            public void refused(Refusal why) {
                log.debug("A reservation was not made: {}", why);
            }
        };
        writer.append(LogEntry.of(RecordType.METADATA, 0, 0, upTo, new byte[] {LogPayload.HLC_RESERVATION}, end))
                .ifPresent(end::refused);
    }

    @Override
    public long hlcFloor() {
        return hlcFloor;
    }

    // --- the store ---

    /** Any thread. */
    public StoreIdentity identity() {
        StoreIdentity identity = opened.identity();
        return new StoreIdentity(identity.storeId(), identity.incarnation(), file.clusterId());
    }

    /**
     * Belongs to the cluster from now on, durably. Blocks for two fsyncs; one thread at a time. Nothing happens when it does
     * already.
     *
     * @throws IllegalStateException when it belongs to another: a store never changes its cluster
     */
    public void adoptCluster(String clusterId) throws IOException {
        if (clusterId.isEmpty()) {
            throw new IllegalArgumentException("clusterId is empty");
        }
        if (!file.clusterId().isEmpty() && !file.clusterId().equals(clusterId)) {
            throw new IllegalStateException(
                    "store " + file.storeId() + " belongs to cluster " + file.clusterId() + ", not to " + clusterId);
        }
        if (file.clusterId().isEmpty()) {
            StoreFile adopted = file.withCluster(clusterId);
            SmallFile.write(environment.disk(), StoreFiles.STORE, adopted);
            file = adopted;
        }
    }

    /** What the start found. */
    public RecoveryReport recovery() {
        return opened.report();
    }

    /** Any thread. */
    public StorageReport report() {
        Map<Integer, Long> live = new HashMap<>();
        int available = 0;
        long keys = 0;
        long corrupt = 0;
        long rebuilds = 0;
        long hits = 0;
        long misses = 0;
        for (Shard shard : shards) {
            ShardReport sum = shard.report();
            available += sum.available();
            keys += sum.keys();
            corrupt += sum.corruptReads();
            rebuilds += sum.indexRebuilds();
            hits += sum.cacheHits();
            misses += sum.cacheMisses();
            sum.liveBytes().forEach((segment, bytes) -> live.merge(segment, bytes, Long::sum));
        }
        return new StorageReport(
                identity(),
                writer.durableLsn(),
                writer.depth(),
                config.partitions(),
                available,
                opened.suspects().size(),
                keys,
                opened.suspects().lostRecords(),
                corrupt,
                rebuilds,
                hits,
                misses,
                live,
                compactor.report(),
                hints.report(),
                writer.report());
    }

    // --- the end ---

    /**
     * Ends in order: no more appends, what is queued becomes durable, the indexes are closed and the clean marker says so. Then
     * {@code done} runs on one of the store's threads. Any thread, once.
     */
    public void close(Runnable done) {
        StoreClosing closing = new StoreClosing(shards, logLoop, writer, growth, marks -> end(marks, done));
        logLoop.post(() -> compactor.stop(closing::begin));
    }

    /** On a thread that may block. */
    private void end(List<Optional<IndexMark>> marks, Runnable done) {
        try {
            if (opened.suspects().saved()) {
                Sealed active = writer.view().active();
                SmallFile.write(
                        environment.disk(),
                        CleanMarker.NAME,
                        new CleanMarker(
                                writer.durableLsn(),
                                active.number(),
                                active.end(),
                                opened.identity().incarnation(),
                                config.partitions(),
                                writer.forgot(),
                                indexes.seal(marks)));
            }
        } catch (IOException failed) {
            log.error("The clean marker could not be written; the next start recovers", failed);
        }
        files.close();
        compaction.close();
        readers.close();
        StoreOpening.unlock(opened.lock());
        done.run();
    }

    /**
     * Sets a closed store aside because the ring does not name it: its files move to retired/STOREID, and the next
     * {@link #open} makes a new store. Blocks.
     *
     * @throws StoreException when it is still open
     */
    public static void retire(Disk disk) throws StoreException {
        try (AutoCloseable lock = disk.lock(StoreFiles.LOCK)) {
            Retirement.finishInterrupted(disk);
            Optional<StoreFile> found = SmallFile.read(disk, StoreFiles.STORE, StoreFile.class);
            if (found.isPresent()) {
                Retirement.retire(disk, found.get().storeId());
            }
        } catch (LockedException held) {
            throw new StoreException(StoreException.Kind.LOCKED, String.valueOf(held.getMessage()), held);
        } catch (IOException failed) {
            throw new StoreException(StoreException.Kind.IO, "the store could not be set aside: " + failed, failed);
        } catch (StoreException refused) {
            throw refused;
        } catch (Exception failed) {
            throw new StoreException(StoreException.Kind.IO, "the lock could not be given back", failed);
        }
    }

    /** The storeIds under retired/. */
    public static List<String> retired(Disk disk) throws IOException {
        return Retirement.retired(disk);
    }
}
