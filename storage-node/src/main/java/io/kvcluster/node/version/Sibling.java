package io.kvcluster.node.version;

import java.util.Arrays;

/**
 * What one write left: a value or a tombstone.
 *
 * @param value not copied and not to be changed; of no bytes for a tombstone
 * @param expiryMillis since 1970, from when on it counts as a tombstone; 0 for never
 */
public record Sibling(Dot dot, byte[] value, boolean tombstone, long expiryMillis) {
    private static final byte[] NO_BYTES = {};

    public Sibling {
        if (tombstone && value.length > 0) {
            throw new IllegalArgumentException("a tombstone has no value, but this one has " + value.length + " bytes");
        }
        if (expiryMillis < 0 || expiryMillis > Hlc.MAX_MILLIS) {
            throw new IllegalArgumentException("expiry " + expiryMillis + " ms: 0.." + Hlc.MAX_MILLIS + " is allowed");
        }
    }

    /** A value that does not expire. */
    public static Sibling value(Dot dot, byte[] value) {
        return new Sibling(dot, value, false, 0);
    }

    /** A value that counts as a tombstone from {@code expiryMillis} on; what lies beyond the end of time is brought to it. */
    public static Sibling expiring(Dot dot, byte[] value, long expiryMillis) {
        return new Sibling(dot, value, false, Math.min(expiryMillis, Hlc.MAX_MILLIS));
    }

    public static Sibling tombstone(Dot dot) {
        return new Sibling(dot, NO_BYTES, true, 0);
    }

    /** Whether a reader whose time is {@code nowMillis} (of its HLC) sees a value. */
    public boolean isLive(long nowMillis) {
        return !tombstone && (expiryMillis == 0 || nowMillis < expiryMillis);
    }

    SiblingMeta meta() {
        return new SiblingMeta(dot, tombstone, expiryMillis, value.length);
    }

    /**
     * One dot names one write, so two siblings of one dot are equal, unless a stamp was used twice. Then every replica must
     * still keep the same one: the greater by this order.
     */
    static int compareOfOneDot(Sibling left, Sibling right) {
        int order = Boolean.compare(left.tombstone, right.tombstone);
        order = order != 0 ? order : Long.compare(left.expiryMillis, right.expiryMillis);
        return order != 0 ? order : Arrays.compareUnsigned(left.value, right.value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sibling sibling
                && dot.equals(sibling.dot)
                && tombstone == sibling.tombstone
                && expiryMillis == sibling.expiryMillis
                && Arrays.equals(value, sibling.value);
    }

    @Override
    public int hashCode() {
        return 31 * dot.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return dot
                + (tombstone ? " tombstone" : " " + value.length + " bytes")
                + (expiryMillis == 0 ? "" : " until " + expiryMillis);
    }
}
