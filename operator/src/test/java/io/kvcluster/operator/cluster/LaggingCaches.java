package io.kvcluster.operator.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvcluster.operator.observation.ResourceReader;
import io.kvcluster.operator.observation.World;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Informer caches, one for each kind: each shows the API server as it was a while ago, maybe now, and moves on by as much as chance gives.
 * Events may have been missed, or come twice: what a cache shows is all that counts.
 */
final class LaggingCaches implements ResourceReader {
    private static final List<Class<? extends HasMetadata>> KINDS =
            List.of(ConfigMap.class, StatefulSet.class, Pod.class, PersistentVolumeClaim.class);

    private final World world;
    private final Random chance;
    private final Map<Class<? extends HasMetadata>, List<List<? extends HasMetadata>>> history = new LinkedHashMap<>();
    private final Map<Class<? extends HasMetadata>, Integer> shown = new LinkedHashMap<>();

    LaggingCaches(World world, Random chance) {
        this.world = world;
        this.chance = chance;
        KINDS.forEach(kind -> history.put(kind, new ArrayList<>()));
        KINDS.forEach(kind -> shown.put(kind, 0));
    }

    /** For another pass. */
    LaggingCaches next() {
        for (Class<? extends HasMetadata> kind : KINDS) {
            List<List<? extends HasMetadata>> versions = history.get(kind);
            versions.add(world.all(kind));
            int newest = versions.size() - 1;
            int now = shown.get(kind);
            shown.put(kind, now + chance.nextInt(newest - now + 1));
        }
        return this;
    }

    @Override
    public <T extends HasMetadata> List<T> all(Class<T> kind) {
        return KINDS.contains(kind)
                ? history.get(kind).get(shown.get(kind)).stream()
                        .map(kind::cast)
                        .toList()
                : world.all(kind);
    }
}
