package io.kvcluster.node.storage;

import java.util.Map;

/**
 * The store as it was at most two seconds ago; the durable LSN as it is.
 *
 * @param queued records that wait for the log thread
 * @param availablePartitions whose index is ready, of {@code partitions}
 * @param lostRecords that were durable and are gone, as far as they can be counted
 * @param corruptReads records that a read found damaged
 * @param indexRebuilds since the start, by loop and added
 * @param liveBytes of the log that the index refers to, by segment number
 * @param hints kept for other stores
 */
public record StorageReport(
        StoreIdentity identity,
        long durableLsn,
        int queued,
        int partitions,
        int availablePartitions,
        int suspectPartitions,
        long keys,
        long lostRecords,
        long corruptReads,
        long indexRebuilds,
        long cacheHits,
        long cacheMisses,
        Map<Integer, Long> liveBytes,
        CompactionReport compaction,
        HintLog.Report hints,
        LogReport log) {
    public StorageReport {
        liveBytes = Map.copyOf(liveBytes);
    }

    /** True when every partition can answer. */
    public boolean indexReady() {
        return availablePartitions == partitions;
    }
}
