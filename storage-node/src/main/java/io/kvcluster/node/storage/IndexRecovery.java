package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Environment;
import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.CleanMarker.IndexMark;
import io.kvcluster.node.storage.PartitionRuns.SortedRun;
import io.kvcluster.node.storage.RecoveredLog.Damage;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import io.kvcluster.node.storage.RecoveryProgress.Phase;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each shard its index: the file of the last orderly end when it is exactly that file and opens in time, else one rebuilt
 * from the log. Its state is owned by the log's loop; workers read files, shards fill themselves:
 * <ol>
 *   <li>open: checksum and trees on a thread of its own, with a limit, because a damaged tree may loop for ever;
 *   <li>collect, for all shards without an index at once: hint files, and scans where there is none, dealt to one run per partition;
 *   <li>what is missing in the log makes partitions suspect before any of them becomes available;
 *   <li>per shard, partition by partition: sort the run, pump it into the index, become available.
 * </ol>
 */
final class IndexRecovery {
    private static final Logger log = LoggerFactory.getLogger(IndexRecovery.class);
    private static final long OPEN_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long NANOS_PER_BYTE = 20;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What it works with. {@code owner} is the log's loop. */
    record Ties(
            StoreConfig config,
            Environment environment,
            IndexFactory factory,
            SegmentContents contents,
            Loop owner,
            Supplier<LogView> view,
            Suspects suspects,
            StoreListener listener,
            String namePrefix) {}

    private final Ties ties;
    private final Disk disk;
    private final Clock clock;
    private final Worker opener;
    private final Worker worker;

    // Owned by the log's loop.
    private final Set<Shard> waiting = new LinkedHashSet<>();
    private final Map<Integer, Boolean> opening = new HashMap<>();
    private boolean rebuilding;
    private int filesMade;
    private long rebuilds;
    private long beganAt;
    private long partitionsDone;
    private long partitionsWanted;

    /** Written by whoever tells; two that tell at once tell twice. */
    private volatile long progressAt;

    IndexRecovery(Ties ties, int shards) {
        this.ties = ties;
        this.disk = ties.environment.disk();
        this.clock = ties.environment.clock();
        this.opener = ties.environment.newWorker("index-open", shards, shards);
        this.worker = ties.environment.newWorker("index-rebuild", 1, 2 * shards + 2);
    }

    /** On the log's loop. @param marks one per shard, or none */
    void start(List<Shard> shards, List<IndexMark> marks) {
        if (marks.size() != shards.size()) {
            rebuild(shards);
            return;
        }
        for (int i = 0; i < marks.size(); i++) {
            open(shards.get(i), marks.get(i));
        }
    }

    /** Of closed indexes, those of all shards or none: without one of them the others are rebuilt too. Blocks. */
    List<IndexMark> seal(List<Optional<IndexMark>> closed) throws IOException {
        List<IndexMark> sealed = new ArrayList<>();
        if (ties.factory.outlivesTheProcess() && closed.stream().allMatch(Optional::isPresent)) {
            for (Optional<IndexMark> mark : closed) {
                sealed.add(IndexFiles.seal(disk, mark.orElseThrow()));
            }
            disk.syncDirectory(PartitionRuns.DIRECTORY);
        }
        return sealed;
    }

    // --- open ---

    private void open(Shard shard, IndexMark mark) {
        opening.put(shard.number(), true);
        boolean accepted = opener.offer(() -> openNow(shard, mark));
        Invariant.check(accepted, "each shard opens one index");
        ties.owner.after(
                OPEN_LIMIT_NANOS + NANOS_PER_BYTE * mark.length(),
                () -> opened(shard, mark, () -> {
                    throw new IllegalStateException("opening took longer than its limit");
                }));
    }

    private void openNow(Shard shard, IndexMark mark) {
        try {
            if (!IndexFiles.fits(disk, mark)) {
                throw new IOException(mark.file() + " is not the file that was closed");
            }
            Index index = ties.factory.open(mark.file(), shard.partitions());
            ties.owner.post(() -> opened(shard, mark, () -> index));
        } catch (IOException | RuntimeException broken) {
            ties.owner.post(() -> opened(shard, mark, () -> {
                throw new IllegalStateException(broken);
            }));
        }
    }

    /** The first that comes, the index or the limit, counts. */
    private void opened(Shard shard, IndexMark mark, Supplier<Index> result) {
        if (opening.remove(shard.number()) == null) {
            return;
        }
        try {
            Index index = result.get();
            shard.loop().post(() -> shard.adopt(mark.file(), index, mark));
        } catch (IllegalStateException broken) {
            log.warn("The index of loop {} is rebuilt: {}", shard.number(), broken.getMessage());
            waiting.add(shard);
        }
        if (opening.isEmpty()) {
            next();
        }
    }

    // --- rebuild ---

    /** Any of them; on the log's loop. What their partitions appended has ended. */
    void rebuild(List<Shard> shards) {
        waiting.addAll(shards);
        next();
    }

    /** How many began; on the log's loop. A rebuild reads segments and may bring back what was forgotten. */
    long rebuilds() {
        return rebuilds;
    }

    boolean busy() {
        return rebuilding || !waiting.isEmpty() || !opening.isEmpty();
    }

    private void next() {
        if (rebuilding || waiting.isEmpty() || !opening.isEmpty()) {
            return;
        }
        rebuilding = true;
        rebuilds++;
        List<Shard> shards = List.copyOf(waiting);
        waiting.clear();
        beganAt = clock.nanos();
        partitionsDone = 0;
        partitionsWanted =
                shards.stream().mapToLong(shard -> shard.partitions().size()).sum();
        LogView view = ties.view.get();
        offer(() -> collect(shards, view));
    }

    private void offer(Runnable task) {
        boolean accepted = worker.offer(task);
        Invariant.check(accepted, "a rebuild has one task per shard at most");
    }

    private void collect(List<Shard> shards, LogView view) {
        Set<Integer> wanted = new LinkedHashSet<>();
        shards.forEach(shard -> wanted.addAll(shard.partitions()));
        PartitionRuns runs = new PartitionRuns(disk, wanted::contains, ties.config.partitions());
        List<Damage> damages = new ArrayList<>();
        try {
            List<Sealed> segments = view.all();
            for (int i = 0; i < segments.size(); i++) {
                ties.contents.visit(segments.get(i), runs).ifPresent(damages::add);
                progress(Phase.READING_SEGMENTS, i + 1, segments.size(), clock.nanos() - beganAt);
            }
            ties.owner.post(() -> fill(shards, runs, damages));
        } catch (IOException failed) {
            log.error("The log could not be read for a rebuild of the index; trying again", failed);
            ties.owner.post(() -> ties.owner.after(RETRY_NANOS, () -> {
                rebuilding = false;
                rebuild(shards);
            }));
        }
    }

    private void progress(Phase phase, long done, long total, long nanos) {
        long now = clock.nanos();
        if (now - progressAt >= PROGRESS_NANOS) {
            progressAt = now;
            ties.listener.progress(RecoveryProgress.of(phase, done, total, nanos));
        }
    }

    private void fill(List<Shard> shards, PartitionRuns runs, List<Damage> damages) {
        ties.suspects.add(damages);
        log.info("Rebuilding the index of {} partitions from {} records", partitionsWanted, runs.items());
        Set<Shard> filling = new LinkedHashSet<>(shards);
        for (Shard shard : shards) {
            String file =
                    PartitionRuns.DIRECTORY + "/" + ties.namePrefix + "-" + shard.number() + "-" + filesMade++ + ".db";
            ArrayDeque<Integer> partitions = new ArrayDeque<>(shard.partitions());
            shard.loop().post(() -> {
                shard.begin(file, () -> ties.factory.create(file));
                ties.owner.post(() -> fillNext(shard, partitions, runs, filling));
            });
        }
    }

    private void fillNext(Shard shard, ArrayDeque<Integer> partitions, PartitionRuns runs, Set<Shard> filling) {
        Integer partition = partitions.poll();
        if (partition != null) {
            offer(() -> load(shard, partition, runs, () -> fillNext(shard, partitions, runs, filling)));
            return;
        }
        filling.remove(shard);
        if (filling.isEmpty()) {
            double seconds = (clock.nanos() - beganAt) / 1e9;
            log.info("Index rebuilt in {} s ({} records)", String.format(Locale.ROOT, "%.2f", seconds), runs.items());
            rebuilding = false;
            next();
        }
    }

    private void load(Shard shard, int partition, PartitionRuns runs, Runnable next) {
        try {
            SortedRun run = runs.take(partition);
            shard.loop()
                    .post(() -> shard.load(
                            partition,
                            run,
                            () -> ties.owner.post(() -> {
                                partitionsDone++;
                                progress(
                                        Phase.FILLING_PARTITIONS,
                                        partitionsDone,
                                        partitionsWanted,
                                        clock.nanos() - beganAt);
                                next.run();
                            })));
        } catch (IOException failed) {
            log.error("The run of partition {} could not be read", partition, failed);
            shard.loop().post(() -> shard.discard(new IllegalStateException(failed)));
            ties.owner.post(next);
        }
    }
}
