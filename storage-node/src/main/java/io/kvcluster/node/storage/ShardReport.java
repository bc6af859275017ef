package io.kvcluster.node.storage;

import java.util.Map;

/** One loop's part of the store, as it was at most a second ago. {@code liveBytes} by segment number. */
record ShardReport(
        int available,
        long keys,
        long corruptReads,
        long indexRebuilds,
        long cacheHits,
        long cacheMisses,
        Map<Integer, Long> liveBytes) {
    static final ShardReport EMPTY = new ShardReport(0, 0, 0, 0, 0, 0, Map.of());

    ShardReport {
        liveBytes = Map.copyOf(liveBytes);
    }
}
