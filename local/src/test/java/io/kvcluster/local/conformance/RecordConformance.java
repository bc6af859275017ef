package io.kvcluster.local.conformance;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Records the verdicts of a real API server: {@code RecordConformance KUBECONFIG FILE}. It makes and removes a namespace
 * and a CustomResourceDefinition of its own.
 */
final class RecordConformance {
    private RecordConformance() {}

    public static void main(String[] args) throws Exception {
        Config config = Config.fromKubeconfig(Files.readString(Path.of(args[0])));
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            Files.writeString(Path.of(args[1]), Conformance.text(new Conformance(client).run()));
        }
    }
}
