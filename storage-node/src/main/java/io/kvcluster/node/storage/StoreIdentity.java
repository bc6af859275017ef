package io.kvcluster.node.storage;

import java.util.HexFormat;

/**
 * Who this store is. (storeId, incarnation) is the actor of its dots.
 *
 * @param storeId random, not 0; as text 16 lower-case hex digits
 * @param incarnation from 1; grows at every unclean start
 * @param clusterId the UUID of the cluster whose ring it accepted first; empty before that
 */
public record StoreIdentity(long storeId, int incarnation, String clusterId) {
    public StoreIdentity {
        if (storeId == 0) {
            throw new IllegalArgumentException("storeId 0 is not allowed");
        }
        if (incarnation < 1) {
            throw new IllegalArgumentException("incarnation " + incarnation + ": at least 1");
        }
    }

    public String storeIdText() {
        return text(storeId);
    }

    @Override
    public String toString() {
        return storeIdText() + "/" + Integer.toUnsignedString(incarnation)
                + (clusterId.isEmpty() ? "" : " of cluster " + clusterId);
    }

    static String text(long storeId) {
        return HexFormat.of().toHexDigits(storeId);
    }
}
