package io.kvcluster.node.storage;

/**
 * What compaction did since the start.
 *
 * @param rounds that removed a segment
 * @param aborted rounds that ended without: damage, a rebuild of the index, an orderly end
 * @param rewrittenBytes appended to the log again
 * @param freedBytes of the segments that were removed
 * @param sealedBytes of the segments that are not written any more, and {@code liveBytes} of them, at the last look
 */
public record CompactionReport(
        long rounds, long aborted, long rewrittenBytes, long freedBytes, long sealedBytes, long liveBytes) {
    static final CompactionReport NONE = new CompactionReport(0, 0, 0, 0, 0, 0);

    /** Live of sealed bytes, 1 when there is no sealed segment. */
    public double liveRatio() {
        return sealedBytes == 0 ? 1 : (double) liveBytes / sealedBytes;
    }
}
