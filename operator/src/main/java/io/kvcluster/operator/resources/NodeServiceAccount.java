package io.kvcluster.operator.resources;

import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.kvcluster.crd.KvCluster;

/** Storage pods know nothing of Kubernetes: an account without rights and without a token. */
public final class NodeServiceAccount {
    private NodeServiceAccount() {}

    public static ServiceAccount desired(KvCluster cluster) {
        return new ServiceAccountBuilder()
                .withMetadata(Metadata.owned(
                        cluster, Names.serviceAccount(cluster.getMetadata().getName())))
                .withAutomountServiceAccountToken(false)
                .build();
    }
}
