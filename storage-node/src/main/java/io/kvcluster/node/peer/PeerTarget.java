package io.kvcluster.node.peer;

import java.util.List;

/**
 * A store to keep a link with.
 *
 * @param name the pod
 * @param addresses where to dial, best first: hint, then the ring's; never empty
 * @param incarnation the least one that may show up under this storeId
 */
public record PeerTarget(String storeId, String name, List<String> addresses, int incarnation) {
    public PeerTarget {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("store " + storeId + " has no address");
        }
    }
}
