package io.kvcluster.operator.observation;

import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.operator.resources.ClusterKey;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The last look at each cluster, for those who show it. Written by the reconciler alone; nothing is decided by it. */
public final class Sightings {
    private final Map<ClusterKey, Sighting> latest = new ConcurrentHashMap<>();

    /**
     * What a pass left.
     *
     * @param world absent for a cluster whose spec never was valid: there is nothing to look at
     * @param status that the pass came to; before its end that of the pass before
     * @param at when it looked
     */
    public record Sighting(Optional<Observation> world, Optional<KvClusterStatus> status, Instant at) {}

    public void saw(Observation world) {
        Optional<KvClusterStatus> written = Optional.ofNullable(world.cluster().getStatus());
        latest.compute(
                world.key(),
                (_, before) -> new Sighting(
                        Optional.of(world),
                        before == null ? written : before.status().or(() -> written),
                        world.now()));
    }

    /** What a pass says of the cluster, at its end. @param at when it looked */
    public void told(ClusterKey cluster, KvClusterStatus status, Instant at) {
        latest.compute(
                cluster,
                (_, before) ->
                        new Sighting(before == null ? Optional.empty() : before.world(), Optional.of(status), at));
    }

    public void forget(ClusterKey cluster) {
        latest.remove(cluster);
    }

    /** By cluster; a copy. */
    public Map<ClusterKey, Sighting> latest() {
        return Map.copyOf(latest);
    }
}
