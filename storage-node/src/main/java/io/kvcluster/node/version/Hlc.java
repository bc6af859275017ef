package io.kvcluster.node.version;

/**
 * The layout of a hybrid logical clock's stamp, a long: 48 bits of milliseconds since 1970 above 16 bits of counter. Stamps are
 * never negative (that lasts until the year 6429), so they compare as plain longs. 0 is "none".
 */
public final class Hlc {
    public static final int COUNTER_BITS = 16;
    public static final int MAX_COUNTER = (1 << COUNTER_BITS) - 1;
    public static final long MAX_MILLIS = (1L << 47) - 1;

    private Hlc() {}

    /**
     * @param millis 0..{@link #MAX_MILLIS}
     * @param counter 0..{@link #MAX_COUNTER}
     * @throws IllegalArgumentException outside the ranges
     */
    public static long of(long millis, int counter) {
        if (millis < 0 || millis > MAX_MILLIS) {
            throw new IllegalArgumentException("HLC milliseconds " + millis + ": 0.." + MAX_MILLIS + " is allowed");
        }
        if (counter < 0 || counter > MAX_COUNTER) {
            throw new IllegalArgumentException("HLC counter " + counter + ": 0.." + MAX_COUNTER + " is allowed");
        }
        return millis << COUNTER_BITS | counter;
    }

    /** Milliseconds since 1970 of a stamp. */
    public static long millis(long hlc) {
        return hlc >>> COUNTER_BITS;
    }

    /** The counter of a stamp, 0..{@link #MAX_COUNTER}. */
    public static int counter(long hlc) {
        return (int) (hlc & MAX_COUNTER);
    }

    /** For logs: milliseconds, a plus, the counter. */
    public static String text(long hlc) {
        return millis(hlc) + "+" + counter(hlc);
    }
}
