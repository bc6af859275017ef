package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads every record of a partition back from its segment, in slices, and compares it with what the index says: what caches and
 * the index show may be right while the disk is not. Each record that is damaged is also told to
 * {@link StoreListener#corruptRecord}. The caller paces it: one slice is one task of one reader thread.
 */
public interface Scrub {
    /** A slice also ends when its records reach this. */
    int SLICE_BYTES = 4 << 20;

    /**
     * On the partition's loop; so is {@code done}, once.
     *
     * @param after {@link Slice#next} of the slice before; empty for the first
     * @param limit 1..10,000 keys
     */
    void scrub(int partition, Optional<Key> after, int limit, Consumer<Result> done);

    /** The end of a slice. */
    sealed interface Result {
        /** The index is being rebuilt, or too many reads wait. Nothing was read: ask again later. */
        record CannotSay(String why) implements Result {}
    }

    /**
     * What was read.
     *
     * @param whole records that are on the disk as they were written; those that were replaced meanwhile are left out
     * @param corrupt keys whose record is damaged
     * @param next where the next slice begins; empty when the partition is through
     */
    record Slice(List<RecordStore.Row> whole, List<Key> corrupt, Optional<Key> next) implements Result {
        public Slice {
            whole = List.copyOf(whole);
            corrupt = List.copyOf(corrupt);
        }
    }
}
