package io.kvcluster.node.version;

import java.util.HexFormat;

/**
 * Who stamps: a store in one of its incarnations. Ordered by store, then incarnation, both unsigned.
 *
 * @param storeId not 0
 * @param incarnation from 1, unsigned
 */
public record Actor(long storeId, int incarnation) implements Comparable<Actor> {
    public Actor {
        if (storeId == 0) {
            throw new IllegalArgumentException("storeId 0 is not allowed");
        }
        if (incarnation == 0) {
            throw new IllegalArgumentException("incarnation 0 is not allowed");
        }
    }

    @Override
    public int compareTo(Actor other) {
        int byStore = Long.compareUnsigned(storeId, other.storeId);
        return byStore != 0 ? byStore : Integer.compareUnsigned(incarnation, other.incarnation);
    }

    /** As the ring writes it: 16 lower-case hex digits. */
    public String storeIdText() {
        return HexFormat.of().toHexDigits(storeId);
    }

    @Override
    public String toString() {
        return storeIdText() + "/" + Integer.toUnsignedString(incarnation);
    }
}
