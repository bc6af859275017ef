package io.kvcluster.node.storage;

/**
 * What the start found.
 *
 * @param clean the store was shut down in order
 * @param tailRecords that were valid but not known durable; now they are
 * @param tailLost the unsynced tail had invalid bytes, which were cut: partitions may lack what peers have
 * @param damagedSegments with records that were durable and are not valid any more
 * @param suspectPartitions after this start
 * @param indexFound the index of the last end may be used if it opens; else it is rebuilt
 * @param millis the recovery of the log took
 */
public record RecoveryReport(
        boolean clean,
        long lastLsn,
        long tailRecords,
        boolean tailLost,
        int damagedSegments,
        int suspectPartitions,
        boolean indexFound,
        long millis) {}
