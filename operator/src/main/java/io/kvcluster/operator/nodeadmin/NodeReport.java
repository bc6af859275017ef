package io.kvcluster.operator.nodeadmin;

import java.util.Map;

/**
 * What a node last said of itself.
 *
 * @param storeId 16 hex digits, names the data directory; empty while it is not open yet
 * @param incarnation how often the store was started
 * @param clusterId empty before the store's first ring
 * @param phaseMessage for people
 * @param ringEpoch 0 before the first ring
 * @param clockOutOfStep its clock differs too much from the majority's, it coordinates nothing
 * @param peers by storeId, whether the node hears of them
 * @param version of the software
 * @param load figures that change all the time and never decide anything
 */
public record NodeReport(
        String name,
        String storeId,
        int incarnation,
        String clusterId,
        Phase phase,
        String phaseMessage,
        long ringEpoch,
        String ringHash,
        int ownedPartitions,
        int suspectPartitions,
        boolean diskFull,
        boolean clockOutOfStep,
        Map<String, Boolean> peers,
        String version,
        Load load) {
    public NodeReport {
        peers = Map.copyOf(peers);
    }

    /** What a node is doing. */
    public enum Phase {
        UNKNOWN,
        RECOVERING,
        WAITING_FOR_RING,
        SERVING,
        DRAINING,
        FAILED
    }

    /** Bytes and counts. */
    public record Load(long keys, long diskFreeBytes, long diskTotalBytes, long durableLsn, long clockMillis) {
        public static final Load NONE = new Load(0, 0, 0, 0, 0);
    }

    /** The same without what changes all the time: two that are equal here give the same decisions. */
    NodeReport withoutLoad() {
        return new NodeReport(
                name,
                storeId,
                incarnation,
                clusterId,
                phase,
                phaseMessage,
                ringEpoch,
                ringHash,
                ownedPartitions,
                suspectPartitions,
                diskFull,
                clockOutOfStep,
                peers,
                version,
                Load.NONE);
    }
}
