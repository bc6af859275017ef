package io.kvcluster.node.storage;

import java.util.List;

/**
 * What recovery made of the log directory: everything in it is durable now.
 *
 * @param sealed in order; the active segment is not among them
 * @param position where the active segment goes on
 * @param lastLsn the last given, durable
 * @param hlcFloor no stamp up to it may be given again
 * @param damages what was lost though it was durable once
 */
record RecoveredLog(
        List<Sealed> sealed,
        SegmentFile active,
        int position,
        long lastLsn,
        long hlcFloor,
        boolean clean,
        Tail tail,
        List<Damage> damages) {
    RecoveredLog {
        sealed = List.copyOf(sealed);
        damages = List.copyOf(damages);
    }

    /**
     * A segment that is not written any more.
     *
     * @param lastLsn it holds exactly firstLsn..lastLsn, or {@link #UNKNOWN} when a damaged header hides that
     * @param end bytes that count
     */
    record Sealed(SegmentFile segment, long lastLsn, int end) {
        static final long UNKNOWN = -1;

        int number() {
            return segment.number();
        }
    }

    /** @param copied valid records that were not known durable. @param lost something of the tail was invalid and was cut */
    record Tail(long copied, boolean lost) {
        static final Tail NONE = new Tail(0, false);
    }

    /** @param records how many are missing, 0 when nobody can say */
    record Damage(int segment, long records, String what) {}
}
