package io.kvcluster.node.version;

/**
 * A sibling without its value.
 *
 * @param expiryMillis since 1970; 0 for never
 * @param valueBytes length of the value; 0 for a tombstone
 */
public record SiblingMeta(Dot dot, boolean tombstone, long expiryMillis, int valueBytes) {
    public SiblingMeta {
        if (valueBytes < 0 || (tombstone && valueBytes > 0)) {
            throw new IllegalArgumentException(
                    "a " + (tombstone ? "tombstone" : "value") + " of " + valueBytes + " bytes");
        }
        if (expiryMillis < 0 || expiryMillis > Hlc.MAX_MILLIS) {
            throw new IllegalArgumentException("expiry " + expiryMillis + " ms: 0.." + Hlc.MAX_MILLIS + " is allowed");
        }
    }
}
