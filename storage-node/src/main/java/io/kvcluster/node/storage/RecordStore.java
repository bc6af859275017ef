package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The records of one node. Every method is called on the loop that owns the partition (p mod number of loops), and callbacks
 * run on that loop, once each, possibly before the method returns. Byte arrays are handed over: nobody changes them afterwards.
 *
 * <p>What {@link #lookup} and {@link #scan} show is durable (Periodic durability: written). An append that is not finished is
 * not shown; whoever must see pending writes keeps them until their callback.
 */
public interface RecordStore {
    /** The durable state of the key, from the index alone. */
    Lookup lookup(int partition, Key key);

    /** The record's bytes, from the cache (then at once) or from the log with its checksum verified. */
    void read(int partition, Key key, Location at, Consumer<ReadResult> done);

    /**
     * Replaces the key's record. {@code done} hears Durable after the fsync that covers it and after the index holds it;
     * Refused means that nothing was written. Appends of one partition are finished in the order in which they were given.
     *
     * @param meta what {@link #lookup} shall answer, at most {@link StoreConfig#MAX_META_BYTES}
     * @param hlc the largest stamp in the record
     */
    void append(int partition, Key key, byte[] meta, byte[] record, long hlc, Consumer<AppendResult> done);

    /**
     * A version that this store's actor stamped is no longer held here though others may have it: the next life takes another actor,
     * after an orderly end too (ADR 18). Any loop.
     */
    void forgetsStamps();

    /** Forgets all records of the partition that were appended before, durably. */
    void dropPartition(int partition, Consumer<AppendResult> done);

    /**
     * Takes the key out of the index if its record still lies at {@code at}: a collected tombstone or expired version. True
     * when it was taken out; false, and nothing happens, when a newer record replaced it, compaction moved it, or the partition
     * is not available. Not durable by itself: a rebuild of the index may bring that record back, never one that it hides,
     * because the record stays in the log as long as any segment holds an older one of its key.
     */
    boolean forget(int partition, Key key, Location at);

    /**
     * The stamp up to which everything in the partition was exchanged between all its replicas; 0 at first. What this shows is
     * durable. Any thread.
     */
    long repairedUpTo(int partition);

    /**
     * Raises {@link #repairedUpTo} durably, then runs {@code durable} on {@code caller}. A lower stamp than what is held changes
     * nothing and counts as done: the watermark never goes back, also not when the partition is dropped. It waits while the disk
     * cannot be written. Any loop.
     */
    void raiseRepairedUpTo(int partition, long hlc, Loop caller, Runnable durable);

    /** The move for which this store last began to copy the partition, by {@code copyEpoch}; 0 for none. Any thread. */
    long copyBegun(int partition);

    /** Remembers durably that the partition was emptied and is being copied for the move; then runs {@code durable} on {@code caller}. */
    void beginCopy(int partition, long move, Loop caller, Runnable durable);

    /** Rows in key order. @param after the last key of the page before; empty for the first page. @param limit 1..10,000 rows */
    Scan scan(int partition, Optional<Key> after, int limit);

    /** Keys that the index holds, tombstones included; 0 while the partition is not available. */
    long keys(int partition);

    /**
     * <b>Must</b>: a suspect partition has lost records that nobody can name. It goes on to accept, merge and acknowledge
     * writes, but answers reads, digests, version questions and copies with CANNOT_SAY, also when {@link #lookup} finds something.
     */
    boolean suspect(int partition);

    /** Makes the partition suspect; {@code durable} runs on {@code caller}. */
    void distrust(int partition, Loop caller, Runnable durable);

    /** Ends the suspicion after the partition was exchanged with enough replicas; {@code durable} runs on {@code caller}. */
    void clearSuspicion(int partition, Loop caller, Runnable durable);

    /**
     * Makes {@code upTo} the stamp that {@link #hlcFloor} will exceed after every later start, then runs {@code durable} on
     * {@code caller}. No stamp above the reservation may be given before. It waits while the disk is full. Any loop.
     */
    void reserveHlc(long upTo, Loop caller, Runnable durable);

    /** No stamp at or below this may be given by this incarnation: the largest reservation or stamp found at start. Any thread. */
    long hlcFloor();

    /** What the index knows of a key. */
    sealed interface Lookup {
        record Found(byte[] meta, Location at, long lsn) implements Lookup {}

        record Absent() implements Lookup {}

        /** The partition's index is being rebuilt. */
        record CannotSay(String why) implements Lookup {}
    }

    /** The end of a read. */
    sealed interface ReadResult {
        record Bytes(byte[] record) implements ReadResult {}

        /** The bytes on disk are not what was written. Never "not found": other replicas have the value. */
        record Corrupt(String why) implements ReadResult {}

        /** The record was replaced since the lookup and its place reused; look up again. */
        record Gone() implements ReadResult {}

        /** Too many reads wait for the disk. */
        record Overloaded() implements ReadResult {}
    }

    /** The end of an append. */
    sealed interface AppendResult {
        record Durable(long lsn) implements AppendResult {}

        record Refused(Refusal why) implements AppendResult {}
    }

    /** Why nothing was written. */
    enum Refusal {
        /** Less space than the reserve; ends by itself when space returns. */
        DISK_FULL,
        /** The log's queue is full. */
        OVERLOADED,
        /** The partition's index is being rebuilt, so that nobody knows what to merge with. */
        RECOVERING,
        /** Larger than a segment holds. */
        TOO_LARGE,
        /** The store is closing or has failed. */
        FAILED
    }

    /** A page, or why there is none. */
    sealed interface Scan {
        /** {@code last} is true when no key follows. */
        record Page(List<Row> rows, boolean last) implements Scan {
            public Page {
                rows = List.copyOf(rows);
            }
        }

        record CannotSay(String why) implements Scan {}
    }

    /** One key of a page. */
    record Row(Key key, byte[] meta, Location at, long lsn) {}
}
