package io.kvcluster.e2e.testbed;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The operator as a helm release. */
final class OperatorRelease {
    static final String RELEASE = "kv-e2e";
    static final String DEPLOYMENT = RELEASE + "-operator";
    /** Two: one leads, the other waits with full caches, so that a killed one is missed for the time of its lease alone. */
    private static final int REPLICAS = (int) Settings.number("operator.replicas", 1);

    private static final Duration START = Duration.ofMinutes(3);

    private final KubernetesClient client;
    private final Path kubeconfig;
    private final String namespace;

    OperatorRelease(KubernetesClient client, String kubeconfig, String namespace) {
        this.client = client;
        this.namespace = namespace;
        try {
            this.kubeconfig = Files.createTempFile("kubeconfig", ".yaml");
            Files.writeString(this.kubeconfig, kubeconfig);
            this.kubeconfig.toFile().deleteOnExit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void install() {
        List<String> command = new ArrayList<>(
                List.of("upgrade", "--install", RELEASE, Settings.chart().toString()));
        command.addAll(List.of("--wait", "--timeout", START.toSeconds() + "s"));
        command.addAll(image("image", Settings.operatorImage()));
        command.addAll(image("nodeImage", Settings.nodeImage()));
        command.addAll(List.of("--set", "watchNamespaces={" + namespace + "}", "--set", "replicas=" + REPLICAS));
        helm(command);
    }

    void uninstall() {
        helm(List.of("uninstall", RELEASE, "--wait", "--timeout", START.toSeconds() + "s"));
    }

    void stop() {
        client.apps().deployments().inNamespace(namespace).withName(DEPLOYMENT).scale(0);
        await("operator gone")
                .atMost(START)
                .until(() -> client.pods()
                        .inNamespace(namespace)
                        .withLabel("app.kubernetes.io/instance", RELEASE)
                        .list()
                        .getItems()
                        .isEmpty());
    }

    /** The one that leads, or all while none does. Without grace: it gets no chance to give its lease back. The Deployment makes another pod. */
    void kill() {
        Set<String> holders = client.leases().inNamespace(namespace).list().getItems().stream()
                .map(lease -> String.valueOf(lease.getSpec().getHolderIdentity()))
                .collect(Collectors.toSet());
        List<Pod> pods = client.pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/instance", RELEASE)
                .list()
                .getItems();
        List<Pod> leaders = pods.stream()
                .filter(pod -> holders.contains(pod.getMetadata().getName()))
                .toList();
        (leaders.isEmpty() ? pods : leaders)
                .forEach(pod -> client.resource(pod).withGracePeriod(0).delete());
    }

    boolean isReady() {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/instance", RELEASE)
                .list()
                .getItems()
                .stream()
                .anyMatch(pod -> pod.getMetadata().getDeletionTimestamp() == null
                        && pod.getStatus().getConditions().stream()
                                .anyMatch(condition -> condition.getType().equals("Ready")
                                        && condition.getStatus().equals("True")));
    }

    void start() {
        client.apps().deployments().inNamespace(namespace).withName(DEPLOYMENT).scale(REPLICAS);
    }

    private void helm(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("helm", "--namespace", namespace));
        command.addAll(arguments);
        Hook.run(command, Map.of("KUBECONFIG", kubeconfig.toString()));
    }

    /** name:tag as the chart's two values; a port in a registry's name is no tag. */
    private static List<String> image(String value, String image) {
        int colon = image.lastIndexOf(':');
        boolean tagged = colon > image.lastIndexOf('/');
        String repository = tagged ? image.substring(0, colon) : image;
        return tagged
                ? List.of(
                        "--set",
                        value + ".repository=" + repository,
                        "--set",
                        value + ".tag=" + image.substring(colon + 1))
                : List.of("--set", value + ".repository=" + repository);
    }
}
