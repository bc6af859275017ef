package io.kvcluster.node.telemetry;

import java.util.Map;

/** What a scrape reads of the node: published snapshots. Any thread; each returns at once. */
public interface NodeGauges {
    /** True when clients' operations have a chance. */
    boolean ready();

    /** 0 before the first ring. */
    long ringEpoch();

    /** Partitions held here of which fewer replicas than the ring names are up. */
    int underReplicatedPartitions();

    /** Tasks waiting, by the name of their loop. */
    Map<String, Integer> queueDepthByLoop();

    /** Requests under way, by protocol: grpc, http. */
    Map<String, Integer> requestsByProtocol();

    /** Work refused since start because something was full, by where it was: grpc, http, loop, peer, … */
    Map<String, Long> overloadRejections();

    /** How often the index was built anew from the log since start. */
    long indexRebuilds();

    DiskSpace disk();

    LogSpace logSpace();

    HintSpace hints();

    /** Records that a read, compaction or a scrub found damaged, since start. */
    long corruptRecords();

    /** Other members of the ring. */
    int peers();

    int peersUp();

    ClockState clock();

    RepairState repair();

    /**
     * @param oldestHintSeconds age of the oldest hint; 0 without any
     * @param dirtyPairs pairs of a partition here and another replica that may differ
     * @param suspectPartitions that do not answer until they are healed
     * @param damagedRecords known to be, and not yet written again
     * @param repairedUpToSeconds age of the smallest watermark; 0 while some partition has none
     * @param scrubPartitionsLeft of a scrub under way
     * @param tombstones keys of which nothing but tombstones, or versions that expire, is held
     */
    record RepairState(
            long oldestHintSeconds,
            int dirtyPairs,
            int suspectPartitions,
            int damagedRecords,
            long repairedUpToSeconds,
            int scrubPartitionsLeft,
            long tombstones) {}

    /**
     * @param outOfStep nothing is coordinated here, for the clock differs too much from the majority's
     * @param offsetMillis largest difference to a peer
     * @param framesRefused since start, for coming from the future
     */
    record ClockState(boolean outOfStep, long offsetMillis, long framesRefused) {}

    /**
     * The log and what compaction does with it.
     *
     * @param liveRatio live of sealed bytes, 0..1
     * @param rewrittenBytes appended again since start
     * @param freedBytes of segments that were removed since start
     */
    record LogSpace(int segments, long bytes, double liveRatio, long rewrittenBytes, long freedBytes) {}

    /** Writes kept for other stores. @param bytes that they take in the log */
    record HintSpace(long hints, long bytes) {}

    /** @param full writes are refused for lack of space */
    record DiskSpace(long freeBytes, long totalBytes, boolean full) {}
}
