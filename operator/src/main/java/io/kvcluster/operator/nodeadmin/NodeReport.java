package io.kvcluster.operator.nodeadmin;

import io.kvcluster.ring.change.CopyProof;
import io.kvcluster.ring.change.DrainProof;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
 * @param load figures that change all the time and wake nobody
 * @param moves what it says of partitions that move
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
        Load load,
        Moves moves) {
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
    public record Load(
            long keys, long diskFreeBytes, long diskTotalBytes, long logBytes, long durableLsn, long clockMillis) {
        public static final Load NONE = new Load(0, 0, 0, 0, 0, 0);
    }

    /**
     * Its part in moves.
     *
     * @param follows it said that it takes part in moves; a version that does not know them says nothing
     * @param copies of partitions that it holds, or is to hold, after their move
     * @param drain what it still holds, by its own word. Empty before its first ring, while it cannot count, and from a version that
     *     knows no moves: not known then, and that is never drained
     */
    public record Moves(boolean follows, List<CopyProof> copies, Optional<DrainProof> drain) {
        public static final Moves UNKNOWN = new Moves(false, List.of(), Optional.empty());

        public Moves {
            copies = List.copyOf(copies);
        }

        /** What is held changes with every write; only whether it is nothing decides something. */
        private Moves withoutLoad() {
            return new Moves(
                    follows,
                    copies,
                    drain.map(held -> new DrainProof(
                            held.storeId(),
                            held.incarnation(),
                            held.epoch(),
                            held.ownedPartitions(),
                            Math.min(1, held.heldRecords()),
                            Math.min(1, held.hints()))));
        }
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
                Load.NONE,
                moves.withoutLoad());
    }
}
