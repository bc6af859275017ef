package io.kvcluster.operator.observation;

import io.kvcluster.operator.resources.ClusterKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The last look at each cluster, for those who show it. Written by the reconciler alone; nothing is decided by it. */
public final class Sightings {
    private final Map<ClusterKey, Observation> latest = new ConcurrentHashMap<>();

    public void saw(Observation world) {
        latest.put(world.key(), world);
    }

    public void forget(ClusterKey cluster) {
        latest.remove(cluster);
    }

    /** By cluster; a copy. */
    public Map<ClusterKey, Observation> latest() {
        return Map.copyOf(latest);
    }
}
