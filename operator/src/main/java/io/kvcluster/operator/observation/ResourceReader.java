package io.kvcluster.operator.observation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.resources.Labels;
import java.util.List;

/** Reads the objects of one cluster: from caches, which lag, or from the API server. */
@FunctionalInterface
public interface ResourceReader {
    <T extends HasMetadata> List<T> all(Class<T> kind);

    /** The API server's own answer, for the look before a disruptive step. */
    static ResourceReader live(KubernetesClient client, ClusterKey cluster) {
        return new ResourceReader() {
            @Override
            public <T extends HasMetadata> List<T> all(Class<T> kind) {
                return client.resources(kind)
                        .inNamespace(cluster.namespace())
                        .withLabel(Labels.CLUSTER, cluster.name())
                        .list()
                        .getItems();
            }
        };
    }
}
