package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Key to entry, sorted, for the partitions of one loop, which alone calls it. It is a cache of the log: any
 * {@link RuntimeException} from it means that it is thrown away and rebuilt.
 */
interface Index {
    @Nullable IndexEntry get(int partition, Key key);

    /** Returns what was there before. */
    @Nullable IndexEntry put(int partition, Key key, IndexEntry entry);

    /** Up to {@code limit} entries with keys greater than {@code after}, in key order. */
    List<RecordStore.Row> page(int partition, Optional<Key> after, int limit);

    void remove(int partition, Key key);

    /** Fills a partition that was never touched, from keys in ascending order. */
    Load load(int partition);

    /** Makes room ahead of need; called now and then. {@code background} may be given work that blocks. */
    void growAhead(Executor background);

    /** Writes everything out and gives the file back. */
    void close();

    /** A load of one partition. */
    interface Load {
        void put(Key key, IndexEntry entry);

        /** The partition may be used now. */
        void finish();
    }
}
