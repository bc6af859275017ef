package io.kvcluster.operator.nodeadmin;

import com.google.common.hash.Hashing;
import io.kvcluster.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * What nodes are told: the ring, and where its members are reached now.
 *
 * @param hints address by storeId, of the members that have one
 */
public record Publication(Ring ring, Map<String, String> hints) {
    public Publication {
        hints = Map.copyOf(hints);
    }

    /** Equal for equal publications; changes with every ring and every address. */
    public String digest() {
        return Hashing.sha256()
                .hashString(ring.hash() + new TreeMap<>(hints), StandardCharsets.UTF_8)
                .toString();
    }
}
