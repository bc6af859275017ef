package io.kvcluster.operator.nodeadmin;

import io.kvcluster.ring.Ring;
import java.util.Map;

/**
 * What nodes are told: the ring, and where its members are reached now.
 *
 * @param hints address by storeId, of the members that have one
 */
public record Publication(Ring ring, Map<String, String> hints) {
    public Publication {
        hints = Map.copyOf(hints);
    }

    /** Whether who has this needs to be told nothing of the other: the same ring, and every address of it known. */
    public boolean covers(Publication other) {
        return ring.hash().equals(other.ring().hash())
                && hints.entrySet().containsAll(other.hints().entrySet());
    }
}
