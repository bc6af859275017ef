package io.kvcluster.node.repair;

import java.util.ArrayList;
import java.util.List;

/**
 * How repair stands. Immutable.
 *
 * @param partitions held here
 * @param trees that are built
 * @param dirtyPairs pairs of a partition here and another replica that are known to differ, or not known to be equal
 * @param suspects partitions that do not answer until they are healed
 * @param tombstones keys of which only tombstones, or versions that expire, are held
 * @param damaged records that are known to be, and not yet written again
 * @param repairedUpToMillis since 1970: the smallest watermark of a partition here; 0 when some partition has none yet
 * @param oldestExchangeMillis since 1970: the end of the exchange that is longest ago; 0 when some pair has none yet
 * @param running exchanges that this node drives now
 * @param toGiveUp partitions of which records are here that the ring says are no longer, or not yet, to be here
 * @param copies of moving partitions that this store holds, or is to hold, afterwards
 */
public record RepairReport(
        int partitions,
        int trees,
        int dirtyPairs,
        int suspects,
        long tombstones,
        int damaged,
        long repairedUpToMillis,
        long oldestExchangeMillis,
        List<Running> running,
        ScrubReport scrub,
        int toGiveUp,
        List<Copy> copies) {
    public static final RepairReport EMPTY =
            new RepairReport(0, 0, 0, 0, 0, 0, 0, 0, List.of(), ScrubReport.NONE, 0, List.of());

    public RepairReport {
        running = List.copyOf(running);
        copies = List.copyOf(copies);
    }

    /**
     * A copy for one move.
     *
     * @param complete all of it is durable, and the partition answers
     * @param exchanged unsuspected stores with which an exchange was completed under a ring of the move
     * @param met the same, and suspect ones
     */
    public record Copy(
            int partition, long copyEpoch, boolean complete, List<String> exchanged, List<String> met, long keys) {
        public Copy {
            exchanged = List.copyOf(exchanged);
            met = List.copyOf(met);
        }
    }

    /** @param sinceMillis since 1970 */
    public record Running(int partition, String storeId, long sinceMillis) {
        static final Running NOTHING = new Running(-1, "", 0);
    }

    RepairReport plus(RepairReport other) {
        if (equals(EMPTY)) {
            return other;
        }
        if (other.equals(EMPTY)) {
            return this;
        }
        List<Running> all = new ArrayList<>(running);
        all.addAll(other.running);
        List<Copy> allCopies = new ArrayList<>(copies);
        allCopies.addAll(other.copies);
        return new RepairReport(
                partitions + other.partitions,
                trees + other.trees,
                dirtyPairs + other.dirtyPairs,
                suspects + other.suspects,
                tombstones + other.tombstones,
                damaged + other.damaged,
                Math.min(repairedUpToMillis, other.repairedUpToMillis),
                Math.min(oldestExchangeMillis, other.oldestExchangeMillis),
                all,
                scrub.plus(other.scrub),
                toGiveUp + other.toGiveUp,
                allCopies);
    }
}
