package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a deleted KvCluster leaves. */
@Scenario
final class ReclaimE2E {
    private static final int KEYS = 50;

    private final Target target;

    ReclaimE2E(Target target) {
        this.target = target;
    }

    @Test
    void withRetainTheVolumesStayAndTheSameNameAppliedAgainFindsItsData() {
        Cluster cluster = new Cluster(target, "retained");
        Spec spec = Spec.single(target)
                .with("replicas", 2)
                .with("replicationFactor", 2)
                .with("storage", Map.of("size", "256Mi", "reclaim", "Retain"));
        cluster.apply(spec);
        cluster.awaitSettled();
        String clusterId = cluster.status().orElseThrow().ring().clusterId();
        Node first = cluster.nodes().getFirst();
        for (int i = 0; i < KEYS; i++) {
            assertThat(first.put("kept-" + i, "value " + i, "consistency=all").status())
                    .isEqualTo(200);
        }

        cluster.delete();
        awaitLeft(cluster.name(), "PersistentVolumeClaim/data-retained-0", "PersistentVolumeClaim/data-retained-1");
        assertThat(cluster.claims())
                .allSatisfy(claim -> assertThat(claim.getMetadata().getLabels())
                        .containsEntry("kvcluster.io/cluster-id", clusterId));

        cluster.apply(spec.with("storage", Map.of("size", "256Mi", "reclaim", "Delete")));
        cluster.awaitSettled();
        assertThat(cluster.status().orElseThrow().ring().clusterId()).isEqualTo(clusterId);
        for (Node node : cluster.nodes()) {
            for (int i = 0; i < KEYS; i++) {
                assertThat(node.get("kept-" + i, "consistency=local").value()).isEqualTo("value " + i);
            }
        }

        cluster.delete();
        awaitLeft(cluster.name());
    }

    @Test
    void withDeleteNothingIsLeft() {
        Cluster cluster = new Cluster(target, "deleted");
        cluster.apply(Spec.single(target));
        cluster.awaitSettled();
        assertThat(left(cluster.name())).isNotEmpty();
        cluster.delete();
        awaitLeft(cluster.name());
    }

    /** The garbage collector needs a moment. */
    private void awaitLeft(String cluster, String... objects) {
        await("only " + List.of(objects) + " left of " + cluster)
                .atMost(target.patience())
                .pollInterval(Cluster.POLL)
                .untilAsserted(() -> assertThat(left(cluster)).containsExactlyInAnyOrder(objects));
    }

    private List<String> left(String cluster) {
        KubernetesClient client = target.client();
        String namespace = target.namespace();
        Map<String, String> label = Map.of("kvcluster.io/cluster", cluster);
        List<HasMetadata> all = new ArrayList<>();
        all.addAll(client.pods().inNamespace(namespace).withLabels(label).list().getItems());
        all.addAll(client.services()
                .inNamespace(namespace)
                .withLabels(label)
                .list()
                .getItems());
        all.addAll(client.configMaps()
                .inNamespace(namespace)
                .withLabels(label)
                .list()
                .getItems());
        all.addAll(client.serviceAccounts()
                .inNamespace(namespace)
                .withLabels(label)
                .list()
                .getItems());
        all.addAll(client.persistentVolumeClaims()
                .inNamespace(namespace)
                .withLabels(label)
                .list()
                .getItems());
        all.addAll(client.apps()
                .statefulSets()
                .inNamespace(namespace)
                .withLabels(label)
                .list()
                .getItems());
        all.addAll(client.policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(namespace)
                .withLabels(label)
                .list()
                .getItems());
        all.addAll(client.network()
                .v1()
                .networkPolicies()
                .inNamespace(namespace)
                .withLabels(label)
                .list()
                .getItems());
        return all.stream()
                .map(object -> object.getKind() + "/" + object.getMetadata().getName())
                .toList();
    }
}
