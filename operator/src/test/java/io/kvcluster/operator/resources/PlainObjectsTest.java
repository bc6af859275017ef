package io.kvcluster.operator.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.operator.observation.World;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlainObjectsTest {
    private static final KvCluster CLUSTER = World.justApplied("{replicas: 3}").cluster();

    @Test
    void peersAreFoundWhetherReadyOrNot() {
        Service service = NodesService.desired(CLUSTER);
        assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(service.getSpec().getPublishNotReadyAddresses()).isTrue();
    }

    @Test
    void clientsNeverSeeThePeersPort() {
        Service service = ClientService.desired(CLUSTER);
        assertThat(service.getMetadata().getName()).isEqualTo("demo");
        assertThat(service.getSpec().getPorts())
                .extracting(ServicePort::getPort)
                .containsExactly(50051, 8080);
    }

    @Test
    void onlyClusterAndOperatorReachThePeersPort() {
        var rules = NodeNetworkPolicy.desired(CLUSTER).getSpec().getIngress();
        assertThat(rules.getFirst().getFrom()).isEmpty();
        assertThat(rules.getFirst().getPorts())
                .extracting(port -> port.getPort().getIntVal())
                .containsExactly(50051, 8080);
        assertThat(rules.getLast().getPorts())
                .extracting(port -> port.getPort().getIntVal())
                .containsExactly(50052);
        assertThat(rules.getLast().getFrom())
                .extracting(peer -> peer.getPodSelector().getMatchLabels().get(Labels.COMPONENT))
                .containsExactly("node", "operator");
    }

    @Test
    void evictionsLeaveEveryPartitionItsQuorums() {
        assertThat(spare(3, 2, 2)).isEqualTo(1);
        assertThat(spare(5, 3, 3)).isEqualTo(2);
        assertThat(spare(7, 1, 1)).as("level quorum counts too").isEqualTo(3);
        assertThat(spare(5, 2, 4)).isEqualTo(1);
        assertThat(spare(3, 1, 3))
                .as("never none, or no machine could be drained")
                .isEqualTo(1);
        assertThat(spare(1, 1, 1)).isEqualTo(1);
    }

    @Test
    void theRingIsPutIntoTheObjectThatWasRead() {
        ConfigMap read = new ConfigMapBuilder(RingConfigMap.skeleton(CLUSTER))
                .editMetadata()
                .withResourceVersion("42")
                .addToLabels("of", "somebody")
                .endMetadata()
                .build();
        ConfigMap written = RingConfigMap.withRing(read, "{}");
        assertThat(written.getMetadata()).isEqualTo(read.getMetadata());
        assertThat(written.getData()).isEqualTo(Map.of("ring.json", "{}"));
        assertThat(RingConfigMap.skeleton(CLUSTER).getData()).isNullOrEmpty();
    }

    @Test
    void anObjectDiffersWhereAWantedFieldDoesAndNowhereElse() {
        Service wanted = Difference.sealed(ClientService.desired(CLUSTER));
        Service found = new ServiceBuilder(wanted)
                .editMetadata()
                .addToLabels("of", "somebody")
                .withUid("x")
                .endMetadata()
                .editSpec()
                .withClusterIP("10.0.0.1")
                .endSpec()
                .build();
        assertThat(Difference.of(wanted, found)).isEmpty();
        Service edited = new ServiceBuilder(found)
                .editSpec()
                .editFirstPort()
                .withPort(1)
                .endPort()
                .endSpec()
                .build();
        assertThat(Difference.of(wanted, edited)).contains(".spec.ports[0].port");
    }

    @Test
    void aFieldThatIsNoLongerWantedShowsInTheHash() {
        Service before = Difference.sealed(new ServiceBuilder(ClientService.desired(CLUSTER))
                .editSpec()
                .withSessionAffinity("ClientIP")
                .endSpec()
                .build());
        assertThat(Difference.of(Difference.sealed(ClientService.desired(CLUSTER)), before))
                .hasValueSatisfying(path -> assertThat(path).contains("desired-hash"));
    }

    private static int spare(int copies, int read, int write) {
        return NodeDisruptionBudget.desired(CLUSTER, NodeDisruptionBudget.spare(copies, read, write))
                .getSpec()
                .getMaxUnavailable()
                .getIntVal();
    }
}
