package io.kvcluster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.operator.Operator;
import io.kvcluster.operator.OperatorConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What kubectl scale and an autoscaler meet. */
class ScaleSubresourceTest {
    @TempDir
    Path folder;

    @Test
    void itTellsAnAutoscalerItsPodsAndRefusesWhatTheSpecWouldRefuse() throws Exception {
        try (FakeFleet fleet = new FakeFleet(folder, 2);
                KubernetesClient client = fleet.client();
                Operator _ = Operator.start(OperatorConfig.inProcess("node:1"), client)) {
            fleet.create(0, 2);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> fleet.inPhase("Ready") == 2);

            Scale scale = client.resources(KvCluster.class).withName("c0").scale();
            assertThat(scale.getSpec().getReplicas()).isEqualTo(3);
            assertThat(scale.getStatus().getReplicas()).isEqualTo(3);
            assertThat(client.pods()
                            .withLabelSelector(scale.getStatus().getSelector())
                            .list()
                            .getItems())
                    .as("its own pods and nobody else's")
                    .hasSize(3)
                    .allMatch(pod -> pod.getMetadata().getName().startsWith("c0-"));

            assertRefused(client, 2, "spec.replicationFactor is 3 but must be at most spec.replicas, which is 2");
            assertRefused(client, 0, "spec.replicas in body should be greater than or equal to 1");
            assertRefused(client, 65, "spec.replicas is 65 but must be at most spec.partitions, which is 64");
            assertRefused(client, 1000, "spec.replicas is over 999 but must be at most spec.partitions, which is 64");
            assertThat(client.resources(KvCluster.class)
                            .withName("c0")
                            .get()
                            .getSpec()
                            .replicas())
                    .isEqualTo(3);
        }
    }

    private static void assertRefused(KubernetesClient client, int replicas, String why) {
        KubernetesClientException refused = catchThrowableOfType(
                KubernetesClientException.class,
                () -> client.resources(KvCluster.class).withName("c0").scale(replicas));
        assertThat(refused).as("%d replicas", replicas).isNotNull();
        assertThat(refused.getCode()).isEqualTo(422);
        assertThat(refused.getMessage()).contains(why);
    }
}
