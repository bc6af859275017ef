package io.kvcluster.node.storage;

import java.util.List;

/**
 * Says that the store was shut down in order: the log ends exactly here and the index files hold everything up to it. Written
 * last, removed durably before anything changes.
 *
 * @param segment the active one, {@code end} the bytes of it that count
 * @param forgot what this actor stamped is no longer held here though others may have it (an append that had been taken was refused,
 *     a partition was dropped, or a damaged record was given up), so the next life needs an actor of its own
 * @param indexes one per loop; empty when the index does not outlive the process
 */
record CleanMarker(
        long coveredLsn,
        int segment,
        int end,
        int incarnation,
        int partitions,
        boolean forgot,
        List<IndexMark> indexes) {
    static final String NAME = "clean";

    CleanMarker {
        indexes = List.copyOf(indexes);
    }

    /** One loop's index file as it was closed. @param partitions what it holds */
    record IndexMark(String file, long length, int crc, List<PartitionMark> partitions, List<SegmentBytes> liveBytes) {
        IndexMark {
            partitions = List.copyOf(partitions);
            liveBytes = List.copyOf(liveBytes);
        }
    }

    record PartitionMark(int partition, long keys) {}

    record SegmentBytes(int segment, long bytes) {}
}
