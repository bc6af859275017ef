package io.kvcluster.node.storage;

/**
 * The log as it was a moment ago (at most a second when it is busy).
 *
 * @param fsyncNanos how long fsyncs took
 * @param groupRecords how many records a group had
 * @param segments files, the active one included
 * @param appendedBytes to the log since the start, with heads and padding
 */
public record LogReport(
        Distribution fsyncNanos,
        Distribution groupRecords,
        int segments,
        long appendedBytes,
        long logBytes,
        boolean diskFull,
        long diskFreeBytes,
        long diskTotalBytes) {}
