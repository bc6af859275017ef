package io.kvcluster.operator.resources;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.kvcluster.crd.KvCluster;

/** Where clients call: ready pods only, and not the port of peers. */
public final class ClientService {
    private ClientService() {}

    public static Service desired(KvCluster cluster) {
        String name = cluster.getMetadata().getName();
        return new ServiceBuilder()
                .withMetadata(Metadata.owned(cluster, Names.clientService(name)))
                .withNewSpec()
                .withType("ClusterIP")
                .withSelector(Labels.selector(name))
                .addNewPort()
                .withName("grpc")
                .withPort(Ports.CLIENT)
                .withTargetPort(new IntOrString("grpc"))
                .withProtocol("TCP")
                .withAppProtocol("grpc")
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
