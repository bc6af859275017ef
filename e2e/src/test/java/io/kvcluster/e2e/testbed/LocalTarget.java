package io.kvcluster.e2e.testbed;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvcluster.local.LocalCluster;
import io.kvcluster.local.LocalConfig;
import io.kvcluster.local.StorageNodes;
import io.kvcluster.local.kubelet.RunningPod;
import io.kvcluster.operator.Operator;
import io.kvcluster.operator.OperatorConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** One-machine mode within this process: its API server, its kubelet and the operator; the nodes are processes of their own. */
final class LocalTarget implements Target {
    private static final Path FOLDER = Path.of("target", "local-cluster");
    private static final Path CHECKOUT = Path.of("..");
    private static final Duration DEATH = Duration.ofSeconds(10);

    private LocalCluster cluster;
    private KubernetesClient client;
    /** Within this process, or where it is to be killed a program of its own. */
    private Operator operator;

    private OperatorProgram program;
    /** By pod: the faults that its process suffers now, as its fault file names them. */
    private final Map<String, Map<String, String>> suffered = new HashMap<>();

    LocalTarget() {
        delete(FOLDER);
        start();
    }

    private void start() {
        cluster = call(
                "start of local mode",
                () -> LocalCluster.start(LocalConfig.of(
                                FOLDER,
                                LocalConfig.Ports.FREE,
                                List.of(StorageNodes.ofCheckout(CHECKOUT)),
                                this::startedOperator)
                        .forExperiments()));
        suffered.clear();
        client = cluster.client();
    }

    private AutoCloseable startedOperator(KubernetesClient access) {
        if (isOperatorAProgram()) {
            program = OperatorProgram.start(
                    FOLDER.resolve("kubeconfig").toAbsolutePath(),
                    StorageNodes.IMAGE,
                    FOLDER.resolve("operator.log").toAbsolutePath());
            return program;
        }
        operator = Operator.start(OperatorConfig.inProcess(StorageNodes.IMAGE), access);
        return operator;
    }

    private static boolean isOperatorAProgram() {
        return switch (Settings.text("local.operator").orElse("inside")) {
            case "inside" -> false;
            case "process" -> true;
            default -> throw new IllegalArgumentException("e2e.local.operator must be inside or process");
        };
    }

    @Override
    public String name() {
        return "local";
    }

    @Override
    public Set<Ability> abilities() {
        Set<Ability> abilities = EnumSet.of(
                Ability.KILL_9,
                Ability.PAUSE,
                Ability.STOP_OPERATOR,
                Ability.STOP_API_SERVER,
                Ability.RESTART_EVERYTHING,
                Ability.PARTITION,
                Ability.ONE_WAY_PARTITION,
                Ability.SLOW_LINK,
                Ability.FULL_DISK,
                Ability.NODE_LOSS,
                Ability.CLOCK_OFFSET);
        if (isOperatorAProgram()) {
            abilities.add(Ability.KILL_OPERATOR);
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
        return call("kubeconfig", () -> Files.readString(cluster.kubeconfig()));
    }

    @Override
    public String namespace() {
        return "default";
    }

    @Override
    public List<String> zones() {
        return LocalConfig.DEFAULT_ZONES;
    }

    @Override
    public Map<String, Object> podTemplate() {
        return Map.of(
                "spec",
                Map.of(
                        "containers",
                        List.of(Map.of(
                                "name", "storage-node", "resources", Map.of("limits", Map.of("memory", "320Mi"))))));
    }

    @Override
    public Duration patience() {
        return Duration.ofMinutes(3);
    }

    @Override
    public PodAddress reach(Pod pod) {
        return PodAddress.of(pod.getStatus().getPodIP());
    }

    /** Faults are made at the seams of one process. */
    @Override
    public Set<String> onTheMachineOf(String pod) {
        return Set.of(pod);
    }

    @Override
    public boolean kill9(String pod) {
        Optional<RunningPod> running =
                cluster.pod(pod).filter(found -> found.process().isAlive());
        running.ifPresent(found -> {
            found.process().destroyForcibly();
            awaitEnd(found);
        });
        return running.isPresent();
    }

    private static void awaitEnd(RunningPod pod) {
        await("end of " + pod.name())
                .atMost(DEATH)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !pod.process().isAlive());
    }

    @Override
    public void pause(String pod) {
        cluster.pause(pod);
    }

    @Override
    public void resume(String pod) {
        cluster.resume(pod);
    }

    @Override
    public void partition(String pod, Partition how) {
        suffer(
                pod,
                "peers.cut",
                switch (how) {
                    case BOTH_WAYS -> "both";
                    case OUTGOING -> "to";
                    case INCOMING -> "from";
                });
    }

    @Override
    public void slowDown(String pod, Duration delay) {
        suffer(pod, "peers.delay-millis", Long.toString(delay.toMillis()));
    }

    @Override
    public void heal(String pod) {
        recover(pod, "peers.cut", "peers.delay-millis");
    }

    @Override
    public void fillDisk(String pod) {
        suffer(pod, "disk.free-bytes", "0");
    }

    @Override
    public void freeDisk(String pod) {
        recover(pod, "disk.free-bytes");
    }

    @Override
    public void shiftClock(String pod, Duration offset) {
        suffer(pod, "clock.offset-millis", Long.toString(offset.toMillis()));
    }

    private void suffer(String pod, String fault, String value) {
        suffered.computeIfAbsent(pod, _ -> new HashMap<>()).put(fault, value);
        cluster.suffer(pod, suffered.get(pod));
    }

    private void recover(String pod, String... faults) {
        List.of(faults).forEach(suffered.computeIfAbsent(pod, _ -> new HashMap<>())::remove);
        cluster.suffer(pod, suffered.get(pod));
    }

    @Override
    public void killNode(String pod) {
        RunningPod running = cluster.pod(pod).orElseThrow();
        cluster.switchOff(pod);
        awaitEnd(running);
    }

    @Override
    public void startNode(String pod) {
        cluster.switchOn(pod);
    }

    @Override
    public Optional<URI> operatorConsole() {
        return Optional.of(
                isOperatorAProgram() ? program.console() : URI.create("http://127.0.0.1:" + operator.httpPort()));
    }

    @Override
    public Optional<String> otherNodeImage() {
        return Optional.of(StorageNodes.IMAGE + "-other");
    }

    @Override
    public void killOperator() {
        program.kill9();
    }

    @Override
    public boolean operatorWorks() {
        return isOperatorAProgram() ? program.works() : operator != null;
    }

    @Override
    public void stopOperator() {
        run("stop of the operator", cluster::stopOperator);
    }

    @Override
    public void startOperator() {
        run("start of the operator", cluster::startOperator);
    }

    @Override
    public void stopApiServer() {
        run("stop of the API server", cluster::stopApi);
    }

    @Override
    public void startApiServer() {
        run("start of the API server", cluster::startApi);
    }

    @Override
    public void restartEverything() {
        close();
        start();
    }

    @Override
    public void close() {
        client.close();
        run("stop of local mode", cluster::close);
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void run(String what, Step step) {
        call(what, () -> {
            step.run();
            return true;
        });
    }

    private static <T> T call(String what, Callable<T> step) {
        try {
            return step.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(what + " failed", e);
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of an earlier run: " + folder, e);
        }
    }
}
