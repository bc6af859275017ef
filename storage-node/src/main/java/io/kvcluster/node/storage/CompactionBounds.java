package io.kvcluster.node.storage;

/**
 * How compaction works. The larger the log is by what is live, the faster: see {@link #urgency}.
 *
 * @param belowLivePercent a sealed segment of which less is live is rewritten, 1..90
 * @param bytesPerSecond of segments that are read for it while the log is small by what is live
 */
public record CompactionBounds(int belowLivePercent, long bytesPerSecond) {
    /** With less space than the reserve, whatever is less live than this is rewritten. */
    static final int SHORT_OF_SPACE_PERCENT = 90;

    /** While the log is {@link #PRESSED_AMPLIFICATION} times what is live, so that segments at the usual limit do not keep it there. */
    static final int PRESSED_PERCENT = 65;

    /**
     * Sealed segments by what is live of them. The later a segment is rewritten the less of it is live, so it is calm as long as the
     * bound of 2 is far.
     */
    static final double CALM_AMPLIFICATION = 1.55;

    static final double PRESSED_AMPLIFICATION = 1.85;
    static final double MAX_URGENCY = 16;

    /** The values of production. */
    public static final CompactionBounds USUAL = new CompactionBounds(50, 32L << 20);

    public CompactionBounds {
        StoreConfig.range("compaction.belowLivePercent", belowLivePercent, 1, SHORT_OF_SPACE_PERCENT);
        StoreConfig.range("compaction.bytesPerSecond", bytesPerSecond, 1 << 10, 1L << 40);
    }

    /**
     * By how much the usual pace is multiplied: evenly from 1 at {@link #CALM_AMPLIFICATION} to the greatest at
     * {@link #PRESSED_AMPLIFICATION}. So the pace settles where it gives back what writes take, whatever their rate.
     */
    static double urgency(long sealedBytes, long liveBytes) {
        if (sealedBytes <= CALM_AMPLIFICATION * liveBytes) {
            return 1;
        }
        double amplification = (double) sealedBytes / Math.max(1, liveBytes);
        double debt = (amplification - CALM_AMPLIFICATION) / (PRESSED_AMPLIFICATION - CALM_AMPLIFICATION);
        return 1 + (MAX_URGENCY - 1) * Math.min(1, debt);
    }

    /** Segments of which less is live are rewritten now. */
    int limitPercent(boolean shortOfSpace, double urgency) {
        if (shortOfSpace) {
            return SHORT_OF_SPACE_PERCENT;
        }
        return urgency >= MAX_URGENCY ? Math.max(belowLivePercent, PRESSED_PERCENT) : belowLivePercent;
    }
}
