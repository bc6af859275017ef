package io.kvcluster.operator.observation;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.RingJson;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the ConfigMap says of the ring. */
public sealed interface RingRecord {
    /** There is no ConfigMap, or no ring in it. */
    record None() implements RingRecord {}

    record Written(Ring ring) implements RingRecord {}

    /** Somebody else's hand was in it. */
    record Unreadable(String why) implements RingRecord {}

    static RingRecord of(@Nullable ConfigMap map, String cluster) {
        String json =
                map == null || map.getData() == null ? null : map.getData().get(Names.RING_KEY);
        if (json == null || json.isEmpty()) {
            return new None();
        }
        return switch (RingJson.read(json)) {
            case RingCheck.Valid(Ring ring) ->
                ring.cluster().equals(cluster)
                        ? new Written(ring)
                        : new Unreadable("the ring is of cluster " + ring.cluster());
            case RingCheck.Invalid invalid -> new Unreadable(invalid.message());
        };
    }

    default Optional<Ring> written() {
        return this instanceof Written(Ring ring) ? Optional.of(ring) : Optional.empty();
    }
}
