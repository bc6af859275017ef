package io.kvcluster.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.kubelet.Kubelet;
import io.kvcluster.local.kubelet.KubeletConfig;
import io.kvcluster.local.kubelet.RunningPod;
import io.kvcluster.local.proxy.Forwarder;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kubernetes of one machine: API server and controllers, a kubelet that runs pods as processes, and the operator. Each of
 * the three can be stopped and started on its own. State is in a folder; a cluster that is started there again finds its
 * objects and data. For use by one thread, but for the queries.
 */
public final class LocalCluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);
    private static final int HTTP = 8080;
    private static final int GRPC = 50051;

    private final LocalConfig config;
    private final Clock clock = Clock.systemUTC();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Kubelet kubelet;
    private final Exposure exposure;
    private final Forwarder http;
    private final Forwarder grpc;
    private int apiPort;
    private volatile @Nullable ApiSide api;
    private @Nullable RunningOperator operator;
    private boolean closed;

    private record RunningOperator(AutoCloseable operator, KubernetesClient client) {}

    private LocalCluster(LocalConfig config) throws Exception {
        this.config = config;
        this.apiPort = config.ports().api();
        try {
            opened(FolderLock.take(config.folder()));
            this.kubelet = opened(Kubelet.start(new KubeletConfig(
                    config.folder(),
                    config.java(),
                    config.images(),
                    config.shutdownGrace(),
                    config.experiments(),
                    clock,
                    RandomGenerator.getDefault())));
            this.exposure = new Exposure(kubelet);
            this.http = opened(forwarder("HTTP", "--http-port", config.ports().http(), HTTP));
            this.grpc = opened(forwarder("gRPC", "--grpc-port", config.ports().grpc(), GRPC));
        } catch (Exception e) {
            closeAll(open);
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    private Forwarder forwarder(String what, String option, int port, int servicePort) {
        try {
            return Forwarder.start(port, () -> exposure.targets(servicePort));
        } catch (IOException e) {
            throw busy(what + " of the cluster", port, option, e);
        }
    }

    private static LocalException busy(String what, int port, String option, IOException cause) {
        if (!(cause instanceof BindException)) {
            return new LocalException("port " + port + " (" + what + "): " + cause.getMessage(), cause);
        }
        return new LocalException(
                "port " + port + " on localhost, for " + what + ", is in use by another program. Stop that program, or"
                        + " choose another port with " + option + " PORT (0 takes any free one).",
                cause);
    }

    /**
     * Starts everything and returns when the API server answers.
     *
     * @throws LocalException when a port is taken or the folder is in use; nothing is left running then
     * @throws IOException when the folder cannot be used
     */
    public static LocalCluster start(LocalConfig config) throws Exception {
        LocalCluster cluster = new LocalCluster(config);
        try {
            cluster.startApi();
            cluster.startOperator();
            return cluster;
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts the API server and its controllers, with all objects as they were. */
    public void startApi() throws IOException {
        if (api != null) {
            return;
        }
        ApiSide started;
        try {
            started = ApiSide.start(config.folder(), apiPort, kubelet.podLogs(), clock);
        } catch (BindException e) {
            throw busy("the Kubernetes API", apiPort, "--api-port", e);
        }
        api = started;
        apiPort = started.server().port();
        Bootstrap.run(started.resources(), config.zones(), clock.instant());
        kubelet.connect(started.resources());
        Kubeconfig.write(kubeconfig(), started.server().url());
    }

    /** Stops the API server and its controllers. Pods run on. */
    public void stopApi() throws IOException {
        ApiSide running = api;
        api = null;
        kubelet.disconnect();
        if (running != null) {
            running.close();
        }
    }

    public void startOperator() throws Exception {
        if (operator == null) {
            KubernetesClient client = client();
            try {
                operator = new RunningOperator(config.operator().start(client), client);
            } catch (Exception e) {
                client.close();
                throw e;
            }
        }
    }

    public void stopOperator() throws Exception {
        RunningOperator running = operator;
        operator = null;
        if (running != null) {
            running.operator().close();
            running.client().close();
        }
    }

    /** A new client of the API server, in namespace {@code default}; the caller closes it. */
    public KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withConfig(new ConfigBuilder()
                        .withMasterUrl(url())
                        .withNamespace("default")
                        .withAutoConfigure(false)
                        .build())
                .build();
    }

    public String url() {
        return "http://127.0.0.1:" + apiPort;
    }

    /** A file for {@code KUBECONFIG}. */
    public Path kubeconfig() {
        return config.folder().resolve("kubeconfig");
    }

    /** Where the exposed Service's HTTP port is reached on localhost. */
    public int httpPort() {
        return http.port();
    }

    /** Where the exposed Service's gRPC port is reached on localhost. */
    public int grpcPort() {
        return grpc.port();
    }

    /** The objects, without HTTP. @throws LocalException while the API server is stopped */
    public Resources resources() {
        ApiSide running = api;
        if (running == null) {
            throw new LocalException("the API server is stopped");
        }
        return running.resources();
    }

    /** Makes the HTTP and gRPC ports of localhost lead to the ready pods behind this Service. */
    public void expose(String namespace, String service) {
        ObjectNode found = resources().get(BuiltInKinds.SERVICE, namespace, service);
        exposure.expose(found);
    }

    /** All pods whose processes live. */
    public List<RunningPod> pods() {
        return kubelet.pods();
    }

    /** The running pod of a name in namespace {@code default}. */
    public Optional<RunningPod> pod(String name) {
        return kubelet.pods().stream()
                .filter(pod -> pod.namespace().equals("default") && pod.name().equals(name))
                .findFirst();
    }

    /** The loopback address of a running pod. */
    public String podIp(String name) {
        return required(name).address();
    }

    /** Kills a pod's process as the kernel would when memory runs out. The kubelet starts it again. */
    public void kill9(String name) {
        required(name).process().toHandle().destroyForcibly();
    }

    /** Takes the machine under a running pod away: its process ends and is not started again before {@link #switchOn}. Its disk stays. */
    public void switchOff(String name) {
        kubelet.switchOff(required(name));
    }

    /** The machine is back; the pod starts on its disk. */
    public void switchOn(String name) {
        kubelet.switchOn("default", name);
    }

    /** Freezes a pod's process. */
    public void pause(String name) {
        kubelet.pause(required(name));
    }

    /** Lets a frozen process go on. */
    public void resume(String name) {
        kubelet.resume(required(name));
    }

    /**
     * Makes a running pod suffer exactly these faults, in place of those that it suffers now; none heals it. Returns when they are in
     * force. The pod keeps them when it is restarted.
     *
     * @param faults names and values as in the node's fault file (ADR 13)
     * @throws IllegalStateException when this cluster is not for experiments, or the pod does not take them over in time
     */
    public void suffer(String name, Map<String, String> faults) {
        kubelet.faults().suffer(required(name), faults);
    }

    private RunningPod required(String name) {
        return pod(name)
                .orElseThrow(() -> new LocalException("no pod \"" + name + "\" runs in namespace default; running: "
                        + kubelet.pods().stream().map(RunningPod::name).toList()));
    }

    /** Stops the operator, then the pods (SIGTERM, later SIGKILL), then the API server. Safe to call twice. */
    @Override
    public void close() throws Exception {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stopOperator();
        } finally {
            ApiSide running = api;
            api = null;
            closeAll(open);
            if (running != null) {
                running.close();
            }
        }
    }

    private static void closeAll(Deque<AutoCloseable> parts) throws Exception {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (IOException e) {
                LOG.warn("stopping: {}", e.getMessage());
            }
        }
    }
}
