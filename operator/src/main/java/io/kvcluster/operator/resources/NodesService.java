package io.kvcluster.operator.resources;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.kvcluster.crd.KvCluster;

/** The headless Service that gives each pod its DNS name, ready or not: peers must find a node that recovers. */
public final class NodesService {
    private NodesService() {}

    public static Service desired(KvCluster cluster) {
        String name = cluster.getMetadata().getName();
        return new ServiceBuilder()
                .withMetadata(Metadata.owned(cluster, Names.nodesService(name)))
                .withNewSpec()
                .withClusterIP("None")
                .withPublishNotReadyAddresses(true)
                .withSelector(Labels.selector(name))
                .addNewPort()
                .withName("grpc")
                .withPort(Ports.CLIENT)
                .withTargetPort(new IntOrString("grpc"))
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName("peer")
                .withPort(Ports.PEER)
                .withTargetPort(new IntOrString("peer"))
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName("http")
                .withPort(Ports.HTTP)
                .withTargetPort(new IntOrString("http"))
                .withProtocol("TCP")
                .endPort()
                .endSpec()
                .build();
    }
}
