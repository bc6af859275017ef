package io.kvcluster.operator.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.kvcluster.operator.nodeadmin.FakeNodeAdmin;
import io.kvcluster.operator.nodeadmin.NodeTarget;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingJson;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Reading from an API server, and what becomes of it. */
@EnableKubernetesMockClient(crud = true)
class ObserverTest {
    private static final String SPEC = "{replicas: 3}";
    private static final ClusterKey KEY = new ClusterKey("ns", "demo");

    private KubernetesClient client;
    private final World world = World.settled(SPEC);
    private final FakeNodeAdmin nodes = new FakeNodeAdmin();

    private Observation look() {
        return new Observer(nodes, () -> World.NOW)
                .observe(world.cluster(), SpecRules.steer(world.cluster()), ResourceReader.live(client, KEY));
    }

    private void create(Pod pod) {
        client.resource(new PodBuilder(pod)
                        .editMetadata()
                        .withResourceVersion(null)
                        .endMetadata()
                        .build())
                .create();
    }

    @Test
    void findsWhatBelongsToTheClusterAndNothingElse() {
        world.all(Pod.class).forEach(this::create);
        create(new PodBuilder()
                .withNewMetadata()
                .withName("other-0")
                .withNamespace("ns")
                .withLabels(Labels.of("other"))
                .endMetadata()
                .build());
        create(new PodBuilder()
                .withNewMetadata()
                .withName("demo-0")
                .withNamespace("elsewhere")
                .withLabels(Labels.of("demo"))
                .endMetadata()
                .build());
        create(new PodBuilder()
                .withNewMetadata()
                .withName("demo-job")
                .withNamespace("ns")
                .withLabels(Map.of(Labels.CLUSTER, "demo", Labels.COMPONENT, "job"))
                .endMetadata()
                .build());
        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("demo")
                        .withNamespace("ns")
                        .withLabels(Labels.of("demo"))
                        .endMetadata()
                        .build())
                .create();
        Observation seen = look();
        assertThat(seen.pods()).containsOnlyKeys("demo-0", "demo-1", "demo-2");
        assertThat(seen.plain())
                .singleElement()
                .satisfies(
                        service -> assertThat(service.getMetadata().getName()).isEqualTo("demo"));
        assertThat(seen.record()).isInstanceOf(RingRecord.None.class);
        assertThat(seen.ringMap()).isEmpty();
    }

    @Test
    void readsTheRing() {
        Ring ring = world.ring();
        putRing(RingJson.write(ring.table()));
        assertThat(look().ring()).contains(ring);
    }

    @Test
    void aRingThatIsNoneIsUnreadableNotAbsent() {
        putRing("{");
        assertThat(look().record()).isInstanceOf(RingRecord.Unreadable.class);
    }

    @Test
    void aRingOfAnotherClusterIsUnreadable() {
        putRing(RingJson.write(World.settled(SPEC).ring().table().toBuilder()
                .setCluster("other")
                .build()));
        assertThat(look().record()).isInstanceOf(RingRecord.Unreadable.class);
    }

    @Test
    void watchesPodsThatHaveAnAddressAndAreNotLeaving() {
        world.all(Pod.class).stream().limit(2).forEach(this::create);
        create(new PodBuilder(world.all(Pod.class).get(2))
                .editStatus()
                .withPodIP(null)
                .endStatus()
                .build());
        Observation seen = look();
        assertThat(nodes.watched()).extracting(NodeTarget::pod).containsExactlyInAnyOrder("demo-0", "demo-1");
        assertThat(seen.pod("demo-2").orElseThrow().state()).isEmpty();
    }

    private void putRing(String json) {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("demo-ring")
                        .withNamespace("ns")
                        .withLabels(Labels.of("demo"))
                        .endMetadata()
                        .addToData("ring.json", json)
                        .build())
                .create();
    }
}
