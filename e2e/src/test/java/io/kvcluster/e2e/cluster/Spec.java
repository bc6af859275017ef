package io.kvcluster.e2e.cluster;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.e2e.testbed.Target;
import java.util.LinkedHashMap;
import java.util.Map;

/** A spec as a user writes it: only what is said, the rest is for the API server to fill in. Immutable. */
public record Spec(Map<String, Object> fields) {
    public Spec {
        fields = Map.copyOf(fields);
    }

    /** Three pods with three copies, in the target's zones, quick to notice failures, small volumes. */
    public static Spec of(Target target) {
        Spec spec = new Spec(Map.of())
                .with("storage", Map.of("size", "256Mi", "reclaim", "Delete"))
                .with("healing", Map.of("downAfter", "5s"))
                .with("podTemplate", target.podTemplate());
        return target.zones().size() < 2 ? spec : spec.with("topology", Map.of("zones", target.zones()));
    }

    /** One pod with one copy. */
    public static Spec single(Target target) {
        return of(target).without("topology").with("replicas", 1).with("replicationFactor", 1);
    }

    public Spec with(String field, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(fields);
        more.put(field, value);
        return new Spec(more);
    }

    public Spec without(String field) {
        Map<String, Object> less = new LinkedHashMap<>(fields);
        less.remove(field);
        return new Spec(less);
    }

    public String yaml(String name) {
        return Serialization.asYaml(Map.of(
                "apiVersion",
                "kvcluster.io/v1beta1",
                "kind",
                "KvCluster",
                "metadata",
                Map.of("name", name),
                "spec",
                fields));
    }
}
