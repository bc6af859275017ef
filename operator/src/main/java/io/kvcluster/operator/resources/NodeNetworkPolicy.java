package io.kvcluster.operator.resources;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import io.kvcluster.crd.KvCluster;

/** Clients may call from anywhere; the port of peers and operator is open to the cluster's own pods and to operator pods only. */
public final class NodeNetworkPolicy {
    private NodeNetworkPolicy() {}

    public static NetworkPolicy desired(KvCluster cluster) {
        String name = cluster.getMetadata().getName();
        return new NetworkPolicyBuilder()
                .withMetadata(Metadata.owned(cluster, Names.nodesService(name)))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(Labels.selector(name))
                .endPodSelector()
                .withPolicyTypes("Ingress")
                .addNewIngress()
                .withPorts(port(Ports.CLIENT), port(Ports.HTTP))
                .endIngress()
                .addNewIngress()
                .withFrom(samePods(name), operatorPods())
                .withPorts(port(Ports.PEER))
                .endIngress()
                .endSpec()
                .build();
    }

    private static NetworkPolicyPort port(int number) {
        return new NetworkPolicyPortBuilder()
                .withPort(new IntOrString(number))
                .withProtocol("TCP")
                .build();
    }

    private static NetworkPolicyPeer samePods(String cluster) {
        return new NetworkPolicyPeerBuilder()
                .withNewPodSelector()
                .withMatchLabels(Labels.selector(cluster))
                .endPodSelector()
                .build();
    }

    /** In whichever namespace the operator runs. */
    private static NetworkPolicyPeer operatorPods() {
        return new NetworkPolicyPeerBuilder()
                .withNamespaceSelector(new LabelSelectorBuilder().build())
                .withNewPodSelector()
                .addToMatchLabels(Labels.COMPONENT, Labels.OPERATOR)
                .endPodSelector()
                .build();
    }
}
