package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.nodeadmin.FakeNodeAdmin;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.status.StatusCalculator;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class DeletionTest {
    private KubernetesClient client;
    private Instant now = World.NOW;

    private Deletion deletion() {
        Decisions decisions = new Decisions(client, () -> now, new OperatorMetrics(new PrometheusRegistry()));
        return new Deletion(
                client, new StepRunner(client, new FakeNodeAdmin(), decisions, () -> World.CLUSTER_ID), () -> now);
    }

    /** A settled cluster on the API server; the mock has no garbage collector, so pods stay until the test removes them. */
    private World cluster(String spec) {
        World world = World.settled(spec);
        world.withStatus(StatusCalculator.of(world.look(), List.of(), false, new Progress.Arrived()));
        world.all(StatefulSet.class).forEach(set -> client.resource(set).create());
        world.all(PersistentVolumeClaim.class).forEach(claim -> {
            claim.getMetadata().getLabels().remove(Labels.CLUSTER_ID);
            client.resource(claim).create();
        });
        world.all(Pod.class)
                .forEach(pod -> client.resource(new PodBuilder(pod)
                                .editMetadata()
                                .withResourceVersion(null)
                                .addNewOwnerReference()
                                .withKind("StatefulSet")
                                .withName("demo")
                                .withUid("uid-demo")
                                .withController(true)
                                .endOwnerReference()
                                .endMetadata()
                                .build())
                        .create());
        return world;
    }

    @Test
    void statefulSetsGoFirstAndClaimsAreKeptWithTheClustersId() {
        World world = cluster("{replicas: 3}");
        assertThat(deletion().proceed(world.cluster())).isFalse();
        assertThat(client.apps().statefulSets().inNamespace("ns").list().getItems())
                .isEmpty();
        assertThat(deletion().proceed(world.cluster()))
                .as("pods are still there")
                .isFalse();
        client.pods().inNamespace("ns").delete();
        assertThat(deletion().proceed(world.cluster())).isTrue();
        assertThat(client.persistentVolumeClaims().inNamespace("ns").list().getItems())
                .hasSize(3)
                .allSatisfy(claim ->
                        assertThat(claim.getMetadata().getLabels()).containsEntry(Labels.CLUSTER_ID, World.CLUSTER_ID));
    }

    @Test
    void claimsAreDeletedOnlyWhenTheSpecSaysSo() {
        World world = cluster("{replicas: 3, storage: {reclaim: Delete}}");
        deletion().proceed(world.cluster());
        assertThat(client.persistentVolumeClaims().inNamespace("ns").list().getItems())
                .as("not before the StatefulSets are gone, that would make new ones")
                .hasSize(3);
        deletion().proceed(world.cluster());
        assertThat(client.persistentVolumeClaims().inNamespace("ns").list().getItems())
                .isEmpty();
    }

    @Test
    void quarantinedClaimsAreMarked() {
        World world = cluster("{replicas: 3, storage: {reclaim: Quarantine}}");
        deletion().proceed(world.cluster());
        deletion().proceed(world.cluster());
        assertThat(client.persistentVolumeClaims().inNamespace("ns").list().getItems())
                .hasSize(3)
                .allSatisfy(claim -> assertThat(claim.getMetadata().getLabels())
                        .containsEntry(Labels.QUARANTINED, "2026-03-01T120000Z"));
    }

    @Test
    void aDeadMachineDoesNotHoldItUpForEver() {
        World world = cluster("{replicas: 1, replicationFactor: 1}");
        client.pods()
                .inNamespace("ns")
                .withName("demo-0")
                .edit(pod -> new PodBuilder(pod)
                        .editMetadata()
                        .addToFinalizers("test/machine-is-dead")
                        .endMetadata()
                        .build());
        client.pods().inNamespace("ns").withName("demo-0").delete();
        assertThat(deletion().proceed(world.cluster())).isFalse();
        assertThat(deletion().proceed(world.cluster())).isFalse();
        now = Instant.parse(client.pods()
                        .inNamespace("ns")
                        .withName("demo-0")
                        .get()
                        .getMetadata()
                        .getDeletionTimestamp())
                .plus(Duration.ofSeconds(61));
        assertThat(deletion().proceed(world.cluster())).isTrue();
    }

    /** The operator died, or the cluster was deleted, while its StatefulSet was being made anew. */
    @Test
    void podsThatNoStatefulSetOwnsAreDeletedToo() {
        World world = cluster("{replicas: 2, replicationFactor: 2}");
        client.apps().statefulSets().inNamespace("ns").delete();
        client.pods()
                .inNamespace("ns")
                .list()
                .getItems()
                .forEach(pod -> client.resource(new PodBuilder(pod)
                                .editMetadata()
                                .withOwnerReferences()
                                .endMetadata()
                                .build())
                        .update());
        deletion().proceed(world.cluster());
        assertThat(client.pods().inNamespace("ns").list().getItems()).isEmpty();
        assertThat(deletion().proceed(world.cluster())).isTrue();
    }

    @Test
    void aClusterThatNeverHadAValidSpecIsDeletedToo() {
        World world = World.justApplied("{replicas: 1}");
        assertThat(deletion().proceed(world.cluster())).isTrue();
    }
}
