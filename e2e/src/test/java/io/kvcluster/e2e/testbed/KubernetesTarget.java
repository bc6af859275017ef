package io.kvcluster.e2e.testbed;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Any Kubernetes that a kubeconfig leads to. The operator is installed there by helm. Processes are killed and paused from within
 * the pod, for which its containers share their process namespace (the kernel spares the first process of a namespace), or by hooks.
 */
class KubernetesTarget implements Target {
    private static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    private final String name;
    private final String kubeconfig;
    private final KubernetesClient client;
    private final OperatorRelease operator;
    private final PodAccess access;
    private final PodShell shell;
    private final List<String> zones;
    private final NodeHooks hooks;

    KubernetesTarget(String name, String kubeconfig) {
        this.name = name;
        this.kubeconfig = kubeconfig;
        this.client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig))
                .build();
        this.access = new PodAccess(this::client, Settings.portForward());
        this.shell = new PodShell(client, namespace());
        this.hooks = new NodeHooks(client, namespace(), Settings::hook);
        this.zones = Settings.zones().orElseGet(() -> zonesOf(client));
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace())
                        .endMetadata()
                        .build())
                .serverSideApply();
        this.operator = new OperatorRelease(client, kubeconfig, namespace());
        if (Settings.installOperator()) {
            operator.install();
        }
    }

    static KubernetesTarget open() {
        Path file = Settings.kubeconfig().orElse(Path.of(System.getProperty("user.home"), ".kube", "config"));
        try {
            return new KubernetesTarget("kubernetes", Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("the kubeconfig " + file + " cannot be read", e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Ability> abilities() {
        Set<Ability> abilities = EnumSet.of(Ability.KILL_9, Ability.PAUSE);
        if (Settings.installOperator()) {
            abilities.add(Ability.STOP_OPERATOR);
            abilities.add(Ability.KILL_OPERATOR);
        }
        if (hook("apiDown").isPresent()
                && hook("apiUp").isPresent()
                && hook("kill9").isPresent()) {
            abilities.add(Ability.STOP_API_SERVER);
        }
        abilities.addAll(hooks.abilities());
        if (Settings.auditLog().isPresent()) {
            abilities.add(Ability.READ_AUDIT_LOG);
        }
        if (Settings.text("kubectl").isPresent()) {
            abilities.add(Ability.KUBECTL);
        }
        return abilities;
    }

    @Override
    public KubernetesClient client() {
        return client;
    }

    @Override
    public String kubeconfig() {
        return kubeconfig;
    }

    @Override
    public String namespace() {
        return Settings.namespace();
    }

    @Override
    public List<String> zones() {
        return zones;
    }

    @Override
    public Map<String, Object> podTemplate() {
        return Map.of(
                "spec",
                Map.of(
                        "shareProcessNamespace",
                        true,
                        "containers",
                        List.of(Map.of(
                                "name",
                                "storage-node",
                                "resources",
                                Map.of(
                                        "requests", Map.of("cpu", "100m", "memory", "256Mi"),
                                        "limits", Map.of("memory", "512Mi"))))));
    }

    @Override
    public Duration patience() {
        return Duration.ofMinutes(3);
    }

    @Override
    public PodAddress reach(Pod pod) {
        return access.reach(pod);
    }

    @Override
    public Set<String> onTheMachineOf(String pod) {
        Optional<String> node = Optional.ofNullable(
                        client.pods().inNamespace(namespace()).withName(pod).get())
                .flatMap(found -> Optional.ofNullable(found.getSpec().getNodeName()));
        return client.pods().inNamespace(namespace()).list().getItems().stream()
                .filter(other ->
                        node.isPresent() && node.get().equals(other.getSpec().getNodeName()))
                .map(other -> other.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    @Override
    public boolean kill9(String pod) {
        Optional<Hook> hook = hook("kill9");
        if (hook.isPresent()) {
            try {
                hook.get().run(Map.of("pod", pod, "namespace", namespace()));
                return true;
            } catch (IllegalStateException nothingKilled) {
                // The container may be down at the moment. Who needs the kill to happen asserts the answer, and finds
                // the reason here.
                System.out.println("e2e nothing killed: " + nothingKilled.getMessage());
                return false;
            }
        }
        return shell.signal(pod, "KILL");
    }

    @Override
    public void pause(String pod) {
        hook("pause")
                .ifPresentOrElse(
                        hook -> hook.run(Map.of("pod", pod, "namespace", namespace())),
                        () -> shell.signalSurely(pod, "STOP"));
    }

    @Override
    public void resume(String pod) {
        hook("resume")
                .ifPresentOrElse(
                        hook -> hook.run(Map.of("pod", pod, "namespace", namespace())),
                        () -> shell.signalSurely(pod, "CONT"));
    }

    @Override
    public void partition(String pod, Partition how) {
        hooks.partition(pod, how);
    }

    @Override
    public void slowDown(String pod, Duration delay) {
        hooks.slowDown(pod, delay);
    }

    @Override
    public void heal(String pod) {
        hooks.heal(pod);
    }

    @Override
    public void fillDisk(String pod) {
        hooks.fillDisk(pod);
    }

    @Override
    public void freeDisk(String pod) {
        hooks.freeDisk(pod);
    }

    @Override
    public void shiftClock(String pod, Duration offset) {
        hooks.shiftClock(pod, offset);
    }

    @Override
    public void killNode(String pod) {
        hooks.killNode(pod);
    }

    @Override
    public void startNode(String pod) {
        hooks.startNode(pod);
    }

    @Override
    public Optional<URI> operatorConsole() {
        return Optional.empty();
    }

    @Override
    public Optional<String> otherNodeImage() {
        return Settings.text("otherNodeImage");
    }

    @Override
    public void killOperator() {
        operator.kill();
    }

    @Override
    public boolean operatorWorks() {
        return operator.isReady();
    }

    @Override
    public void stopOperator() {
        operator.stop();
    }

    @Override
    public void startOperator() {
        operator.start();
    }

    @Override
    public void stopApiServer() {
        hook("apiDown").orElseThrow().run(Map.of());
    }

    @Override
    public void startApiServer() {
        hook("apiUp").orElseThrow().run(Map.of());
        await("API server").atMost(patience()).until(this::answers);
    }

    @Override
    public void restartEverything() {
        throw new UnsupportedOperationException("a Kubernetes is not restarted by its tests");
    }

    @Override
    public void close() {
        access.close();
        if (Settings.installOperator()) {
            operator.uninstall();
        }
        client.close();
    }

    private boolean answers() {
        try {
            return client.getKubernetesVersion() != null;
        } catch (KubernetesClientException _) {
            return false;
        }
    }

    private static Optional<Hook> hook(String fault) {
        return Settings.hook(fault);
    }

    private static List<String> zonesOf(KubernetesClient client) {
        return client.nodes().list().getItems().stream()
                .filter(node -> !Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
                .map(Node::getMetadata)
                .map(metadata -> Objects.requireNonNullElse(metadata.getLabels(), Map.<String, String>of())
                        .get(ZONE_LABEL))
                .filter(Objects::nonNull)
                .distinct()
                .sorted()
                .limit(3)
                .toList();
    }
}
