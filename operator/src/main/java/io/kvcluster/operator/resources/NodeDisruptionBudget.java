package io.kvcluster.operator.resources;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.ring.QuorumNeeds;

/**
 * How many pods an eviction may take at a time: as many as every partition can miss and still have its quorums, whichever pods
 * they are. At least one, or nobody could ever drain a machine under a cluster whose quorums need every copy.
 */
public final class NodeDisruptionBudget {
    private NodeDisruptionBudget() {}

    /**
     * @param copies of each key, in force now
     * @param read quorum of level eventual, in force now
     * @param write quorum of level eventual, in force now
     */
    public static int spare(int copies, int read, int write) {
        return Math.max(1, copies - QuorumNeeds.largest(copies, read, write));
    }

    /** @param spare pods that may be missing at a time */
    public static PodDisruptionBudget desired(KvCluster cluster, int spare) {
        String name = cluster.getMetadata().getName();
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
