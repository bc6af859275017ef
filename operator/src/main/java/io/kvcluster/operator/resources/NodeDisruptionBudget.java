package io.kvcluster.operator.resources;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterSpec;

/**
 * How many pods an eviction may take at a time: as many as every partition can miss and still have its quorums, whichever pods
 * they are. At least one, or nobody could ever drain a machine under a cluster whose quorums need every copy.
 */
public final class NodeDisruptionBudget {
    private NodeDisruptionBudget() {}

    public static PodDisruptionBudget desired(KvCluster cluster, KvClusterSpec spec) {
        String name = cluster.getMetadata().getName();
        int majority = spec.replicationFactor() / 2 + 1;
        int needed = Math.max(majority, Math.max(spec.readQuorum(), spec.writeQuorum()));
        int spare = Math.max(1, spec.replicationFactor() - needed);
        return new PodDisruptionBudgetBuilder()
                .withMetadata(Metadata.owned(cluster, Names.clientService(name)))
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(spare))
                .withNewSelector()
                .withMatchLabels(Labels.selector(name))
                .endSelector()
                .endSpec()
                .build();
    }
}
