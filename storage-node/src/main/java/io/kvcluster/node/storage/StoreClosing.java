package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.CleanMarker.IndexMark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An orderly end, step by step, without blocking a loop and without waiting for space. It begins when compaction has ended, whose
 * copies are refused if they wait for space:
 * <ol>
 *   <li>each shard takes no more appends and waits for those on their way;
 *   <li>the log writes and forces what is queued;
 *   <li>each shard closes its index;
 *   <li>a worker, which may block, seals the index files and writes the clean marker.
 * </ol>
 */
final class StoreClosing {
    private final Shard[] shards;
    private final Loop logLoop;
    private final LogWriter writer;
    private final Worker worker;
    private final Consumer<List<Optional<IndexMark>>> end;

    // Owned by the log's loop.
    private final List<Optional<IndexMark>> marks = new ArrayList<>();
    private int busy;

    /** @param end the last step, on the worker */
    StoreClosing(
            Shard[] shards, Loop logLoop, LogWriter writer, Worker worker, Consumer<List<Optional<IndexMark>>> end) {
        this.shards = shards;
        this.logLoop = logLoop;
        this.writer = writer;
        this.worker = worker;
        this.end = end;
    }

    /** Any thread. */
    void begin() {
        logLoop.post(this::stopShards);
    }

    private void stopShards() {
        busy = shards.length;
        for (Shard shard : shards) {
            marks.add(Optional.empty());
            shard.loop().post(() -> shard.stop(() -> logLoop.post(this::stopped)));
        }
    }

    private void stopped() {
        if (--busy == 0) {
            writer.close(this::closeIndexes);
        }
    }

    private void closeIndexes() {
        busy = shards.length;
        for (Shard shard : shards) {
            shard.loop().post(() -> {
                Optional<IndexMark> mark = shard.close();
                logLoop.post(() -> closed(shard.number(), mark));
            });
        }
    }

    private void closed(int shard, Optional<IndexMark> mark) {
        marks.set(shard, mark);
        if (--busy == 0) {
            boolean accepted = worker.offer(() -> end.accept(marks));
            Invariant.check(accepted, "the growth worker has room for every index and the end");
        }
    }
}
