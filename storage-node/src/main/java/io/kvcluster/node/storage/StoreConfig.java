package io.kvcluster.node.storage;

/**
 * How a store is laid out and bounded. Sizes in bytes.
 *
 * @param partitions of the cluster, 1..4096; fixed at the store's first start
 * @param segmentBytes length of a log segment, 16 KiB..1 GiB
 * @param groupBytes what one group takes from the queue at most (a larger record goes alone)
 * @param queueRecords appends that wait for the log thread; more are refused as OVERLOADED
 * @param queueBytes their bytes
 * @param cacheBytes records kept in memory, over all loops
 * @param indexReserveBytes space kept free for the index's next growth, beside two segments
 * @param readerThreads threads that read records from disk
 * @param readerQueue reads that wait for them
 * @param hints how many writes are kept for other stores
 * @param compaction when and how fast
 */
public record StoreConfig(
        int partitions,
        Durability durability,
        int segmentBytes,
        int groupBytes,
        int queueRecords,
        long queueBytes,
        long cacheBytes,
        long indexReserveBytes,
        int readerThreads,
        int readerQueue,
        HintBounds hints,
        CompactionBounds compaction) {
    public static final int MAX_META_BYTES = 1 << 20;
    /** A log that is idle says so on disk within this time. */
    static final long IDLE_MARK_MILLIS = 50;

    static final long DISK_CHECK_MILLIS = 1_000;
    static final int MIN_SEGMENT_BYTES = 16 << 10;
    static final int MAX_SEGMENT_BYTES = 1 << 30;

    public StoreConfig {
        range("partitions", partitions, 1, 4096);
        range("segmentBytes", segmentBytes, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
        range("groupBytes", groupBytes, 1 << 10, segmentBytes);
        range("queueRecords", queueRecords, 1, 1 << 20);
        range("queueBytes", queueBytes, 1 << 10, 1L << 32);
        range("cacheBytes", cacheBytes, 0, 1L << 40);
        range("indexReserveBytes", indexReserveBytes, 0, 1L << 40);
        range("readerThreads", readerThreads, 1, 64);
        range("readerQueue", readerQueue, 1, 1 << 20);
    }

    /** The values of production. */
    public static StoreConfig of(int partitions, Durability durability, long cacheBytes) {
        return new StoreConfig(
                partitions,
                durability,
                64 << 20,
                4 << 20,
                32_768,
                64L << 20,
                cacheBytes,
                64L << 20,
                2,
                4_096,
                HintBounds.USUAL,
                CompactionBounds.USUAL);
    }

    /** Below this much free space writes are refused. */
    long reserveBytes() {
        return 2L * segmentBytes + indexReserveBytes;
    }

    static void range(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(field + " " + value + ": " + min + ".." + max + " is allowed");
        }
    }
}
