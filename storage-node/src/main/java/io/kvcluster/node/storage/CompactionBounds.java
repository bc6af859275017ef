package io.kvcluster.node.storage;

/**
 * How compaction works.
 *
 * @param belowLivePercent a sealed segment of which less is live is rewritten, 1..90
 * @param bytesPerSecond of segments that are read for it; not kept to while the disk is short of space, or while the log is
 *     larger than {@link #HURRY_AMPLIFICATION} times what is live
 */
public record CompactionBounds(int belowLivePercent, long bytesPerSecond) {
    /** With less space than the reserve, whatever has this much to give back is rewritten. */
    static final int SHORT_OF_SPACE_PERCENT = 90;

    static final double HURRY_AMPLIFICATION = 1.8;

    /** The values of production. */
    public static final CompactionBounds USUAL = new CompactionBounds(50, 32L << 20);

    public CompactionBounds {
        StoreConfig.range("compaction.belowLivePercent", belowLivePercent, 1, SHORT_OF_SPACE_PERCENT);
        StoreConfig.range("compaction.bytesPerSecond", bytesPerSecond, 1 << 10, 1L << 40);
    }
}
