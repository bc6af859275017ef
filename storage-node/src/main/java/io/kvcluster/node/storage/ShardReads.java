package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads of one loop: from its cache at once, else on a reader thread. Its loop only. */
final class ShardReads {
    private static final Logger log = LoggerFactory.getLogger(ShardReads.class);
    private static final int CACHED_RECORD_BYTES = 256 << 10;

    private final Loop loop;
    private final Shard.Ties ties;
    private final RecordCache cache;
    private long corrupt;
    private long hits;
    private long misses;

    ShardReads(Loop loop, Shard.Ties ties, long cacheBytes) {
        this.loop = loop;
        this.ties = ties;
        this.cache = new RecordCache(cacheBytes);
    }

    void read(int partition, Key key, Location at, Consumer<ReadResult> done) {
        byte[] cached = cache.getIfPresent(at);
        if (cached != null) {
            hits++;
            done.accept(new ReadResult.Bytes(cached));
            return;
        }
        misses++;
        boolean accepted = ties.readers().offer(() -> {
            ReadResult result = ties.reader().read(ties.segment().apply(at.segment()), partition, key, at);
            loop.post(() -> {
                note(partition, key, at, result);
                done.accept(result);
            });
        });
        if (!accepted) {
            done.accept(new ReadResult.Overloaded());
        }
    }

    private void note(int partition, Key key, Location at, ReadResult result) {
        switch (result) {
            case ReadResult.Bytes(byte[] record) -> remember(at, record);
            case ReadResult.Corrupt(String why) -> {
                log.error("Corrupt: {}", why);
                corrupt(partition, key, at);
            }
            case ReadResult.Gone() -> {}
            case ReadResult.Overloaded() -> {}
        }
    }

    /** Its bytes are not what was written. */
    void corrupt(int partition, Key key, Location at) {
        corrupt++;
        ties.listener().corruptRecord(partition, key, at);
    }

    /** What was just written is often read next. A large record would push out many small ones. */
    void remember(Location at, byte[] record) {
        if (record.length <= CACHED_RECORD_BYTES) {
            cache.put(at, record);
        }
    }

    /** As {@link #remember}, of a key whose record lay elsewhere: nobody asks for that any more. */
    void replaced(Location from, Location to, byte[] record) {
        if (record.length <= CACHED_RECORD_BYTES) {
            cache.replace(from, to, record);
        } else {
            cache.invalidate(from);
        }
    }

    /** The same record lies elsewhere now. */
    void moved(Location from, Location to) {
        byte[] cached = cache.getIfPresent(from);
        if (cached != null) {
            cache.replace(from, to, cached);
        }
    }

    long corrupt() {
        return corrupt;
    }

    long hits() {
        return hits;
    }

    long misses() {
        return misses;
    }
}
