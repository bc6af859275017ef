package io.kvcluster.operator.resources;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.kvcluster.crd.KvCluster;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the ring lies. The skeleton is only ever created, never applied again: applying it would delete the ring. The ring is
 * written by PUT with the resourceVersion that was read.
 */
public final class RingConfigMap {
    private RingConfigMap() {}

    public static ConfigMap skeleton(KvCluster cluster) {
        return new ConfigMapBuilder()
                .withMetadata(Metadata.owned(
                        cluster, Names.ringConfigMap(cluster.getMetadata().getName())))
                .build();
    }

    /** The object as it was read, with this ring in it. */
    public static ConfigMap withRing(ConfigMap read, String ringJson) {
        return new ConfigMapBuilder(read)
                .withData(Map.of(Names.RING_KEY, ringJson))
                .build();
    }

    public static void annotate(ConfigMap map, String annotation, String value) {
        Map<String, String> annotations = new LinkedHashMap<>();
        if (map.getMetadata().getAnnotations() != null) {
            annotations.putAll(map.getMetadata().getAnnotations());
        }
        annotations.put(annotation, value);
        map.getMetadata().setAnnotations(annotations);
    }
}
