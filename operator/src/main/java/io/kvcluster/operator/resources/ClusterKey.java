package io.kvcluster.operator.resources;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Names a KvCluster. */
public record ClusterKey(String namespace, String name) {
    public static ClusterKey of(HasMetadata cluster) {
        return new ClusterKey(
                cluster.getMetadata().getNamespace(), cluster.getMetadata().getName());
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
