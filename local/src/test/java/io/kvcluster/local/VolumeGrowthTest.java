package io.kvcluster.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kvcluster.crd.Blocker;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.operator.Operator;
import io.kvcluster.operator.OperatorConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole operator grows volumes on the embedded API, which resizes at once where the storage class allows it, and refuses where not. */
class VolumeGrowthTest {
    @TempDir
    Path folder;

    @Test
    void volumesGrowAndPodsGoOn() throws Exception {
        try (FakeFleet fleet = new FakeFleet(folder, 1);
                KubernetesClient client = fleet.client();
                Operator _ = Operator.start(OperatorConfig.inProcess("node:1"), client)) {
            fleet.create(0, 1);
            await().until(() -> fleet.inPhase("Ready") == 1);
            List<String> pods = pods(client);
            String set = setUid(client);
            resize(client, "20Gi");
            await().until(() -> !setUid(client).equals(set) && sizes(client).equals(List.of("20Gi", "20Gi", "20Gi")));
            await().until(() -> fleet.inPhase("Ready") == 1 && blockers(client).isEmpty());
            await().until(() -> client.pods().list().getItems().stream()
                    .allMatch(pod -> pod.getMetadata().getOwnerReferences().stream()
                            .anyMatch(owner -> owner.getUid().equals(setUid(client)))));
            assertThat(pods(client)).isEqualTo(pods);
        }
    }

    @Test
    void aClassThatDoesNotLetThemGrowIsExplainedAndHoldsNothingElseUp() throws Exception {
        try (FakeFleet fleet = new FakeFleet(folder, 2);
                KubernetesClient client = fleet.client();
                Operator _ = Operator.start(OperatorConfig.inProcess("node:1"), client)) {
            client.load(new java.io.ByteArrayInputStream("""
                            apiVersion: storage.k8s.io/v1
                            kind: StorageClass
                            metadata: {name: fixed}
                            provisioner: example.com/fixed
                            ---
                            apiVersion: kvcluster.io/v1beta1
                            kind: KvCluster
                            metadata: {name: c0, namespace: default}
                            spec: {storage: {storageClassName: fixed}}
                            """.getBytes(StandardCharsets.UTF_8)))
                    .create();
            await().until(() -> fleet.inPhase("Ready") == 1);
            String set = setUid(client);
            resize(client, "20Gi");
            await().until(() -> blockers(client).size() == 3);
            assertThat(blockers(client)).allSatisfy(blocker -> {
                assertThat(blocker.check()).isEqualTo("GrowVolumeFailed");
                assertThat(blocker.object()).startsWith("PersistentVolumeClaim/data-c0-");
                assertThat(blocker.message())
                        .contains(
                                "it cannot grow from 10Gi to 20Gi",
                                "storageclass that provisions the pvc must support");
            });
            await().untilAsserted(() -> assertThat(client.v1().events().list().getItems())
                    .anySatisfy(event -> {
                        assertThat(event.getReason()).isEqualTo("GrowVolumeFailed");
                        assertThat(event.getMessage()).contains("allowVolumeExpansion");
                    }));

            patch(client, "{\"spec\":{\"podTemplate\":{\"metadata\":{\"annotations\":{\"round\":\"two\"}}}}}");
            // Nobody ends these pods: one that the operator deletes stays, being deleted.
            await().until(() -> client.pods().list().getItems().stream()
                    .anyMatch(pod -> pod.getMetadata().getDeletionTimestamp() != null));
            assertThat(sizes(client)).containsOnly("10Gi");
            assertThat(setUid(client)).isEqualTo(set);
        }
    }

    private static void resize(KubernetesClient client, String size) {
        patch(client, "{\"spec\":{\"storage\":{\"size\":\"" + size + "\"}}}");
    }

    private static void patch(KubernetesClient client, String json) {
        client.resources(KvCluster.class).withName("c0").patch(PatchContext.of(PatchType.JSON_MERGE), json);
    }

    private static List<Blocker> blockers(KubernetesClient client) {
        return Optional.ofNullable(
                        client.resources(KvCluster.class).withName("c0").get().getStatus())
                .map(KvClusterStatus::blockedBy)
                .orElse(List.of());
    }

    private static List<String> pods(KubernetesClient client) {
        return client.pods().list().getItems().stream()
                .map(VolumeGrowthTest::uid)
                .sorted()
                .toList();
    }

    private static String uid(Pod pod) {
        return pod.getMetadata().getUid();
    }

    private static String setUid(KubernetesClient client) {
        return client.apps().statefulSets().list().getItems().stream()
                .map(set -> set.getMetadata().getUid())
                .findFirst()
                .orElse("");
    }

    private static List<String> sizes(KubernetesClient client) {
        return client.persistentVolumeClaims().list().getItems().stream()
                .map(VolumeGrowthTest::capacity)
                .toList();
    }

    private static String capacity(PersistentVolumeClaim claim) {
        return String.valueOf(claim.getStatus().getCapacity().get("storage"));
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(100));
    }
}
