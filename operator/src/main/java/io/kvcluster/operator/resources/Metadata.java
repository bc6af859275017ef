package io.kvcluster.operator.resources;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.kvcluster.crd.KvCluster;
import java.util.Map;

/** The metadata of what a cluster owns: deleted with it. */
final class Metadata {
    private Metadata() {}

    static ObjectMeta owned(KvCluster cluster, String name, Map<String, String> labels) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(cluster.getMetadata().getNamespace())
                .withLabels(labels)
                .withOwnerReferences(ownedBy(cluster))
                .build();
    }

    static ObjectMeta owned(KvCluster cluster, String name) {
        return owned(cluster, name, Labels.of(cluster.getMetadata().getName()));
    }

    private static OwnerReference ownedBy(HasMetadata cluster) {
        return new OwnerReferenceBuilder()
                .withApiVersion(KvCluster.GROUP + "/" + KvCluster.VERSION)
                .withKind(KvCluster.KIND)
                .withName(cluster.getMetadata().getName())
                .withUid(cluster.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }
}
