package io.kvcluster.local.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.LocalCluster;
import io.kvcluster.local.LocalConfig;
import io.kvcluster.local.LocalException;
import io.kvcluster.local.StorageNodes;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.table.Tables;
import io.kvcluster.operator.Operator;
import io.kvcluster.operator.OperatorConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kv local up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Starts the cluster and stays in the foreground; Ctrl-C stops it. The next up finds its data.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class UpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Folder folder = new Folder();

    @Option(names = "--example", paramLabel = "FILE", description = "Objects to create, unless they are there already.")
    private @Nullable Path example;

    @Option(names = "--http-port", defaultValue = "8080", description = "HTTP port on localhost (${DEFAULT-VALUE}).")
    private int httpPort;

    @Option(names = "--grpc-port", defaultValue = "50051", description = "gRPC port on localhost (${DEFAULT-VALUE}).")
    private int grpcPort;

    @Option(
            names = "--api-port",
            defaultValue = "16443",
            description = "Port of the Kubernetes API (${DEFAULT-VALUE}).")
    private int apiPort;

    @Option(
            names = "--node-class-path",
            paramLabel = "PATH",
            description = "Class path of the storage node (default: that of the checkout).")
    private @Nullable String nodeClassPath;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "180",
            description = "How long the example may take to become available (${DEFAULT-VALUE}).")
    private int waitSeconds;

    private volatile String console = "";

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        // Before the first class with a logger is used.
        System.setProperty(
                "kvcluster.local.log", folder.path().resolve("local.log").toString());
        LocalConfig config = LocalConfig.of(folder.path(), ports(), java.util.List.of(image()), this::operator);
        CountDownLatch closed = new CountDownLatch(1);
        LocalCluster cluster = LocalCluster.start(config);
        Thread hook = new Thread(() -> stop(cluster, out, closed), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        folder.isUp();
        Progress progress = new Progress(cluster, out);
        progress.say("Kubernetes API at " + cluster.url() + ", state in " + folder.path());
        Optional<Example.ClusterName> name = Optional.ofNullable(example)
                .flatMap(file -> Example.create(file, cluster.resources()))
                .or(() -> firstCluster(cluster));
        if (name.isPresent()) {
            progress.untilAvailable(name.get(), Duration.ofSeconds(waitSeconds));
            expose(cluster, name.get());
        }
        show(cluster, name, out);
        closed.await();
        return 0;
    }

    private LocalConfig.Ports ports() {
        try {
            return new LocalConfig.Ports(apiPort, httpPort, grpcPort);
        } catch (IllegalArgumentException e) {
            throw new LocalException(String.valueOf(e.getMessage()), e);
        }
    }

    private io.kvcluster.local.kubelet.ImageCommand image() {
        if (nodeClassPath != null) {
            return StorageNodes.of(nodeClassPath);
        }
        return StorageNodes.ofCheckout(Path.of(System.getProperty("kvcluster.home", ".")));
    }

    private AutoCloseable operator(io.fabric8.kubernetes.client.KubernetesClient client) {
        Operator operator = Operator.start(OperatorConfig.inProcess(StorageNodes.IMAGE), client);
        console = "http://localhost:" + operator.httpPort() + "/console";
        return operator;
    }

    private static Optional<Example.ClusterName> firstCluster(LocalCluster cluster) {
        return cluster.resources().list(Progress.kind(cluster), "").stream()
                .map(object -> new Example.ClusterName(
                        Json.text(object, "metadata", "namespace"), Json.text(object, "metadata", "name")))
                .findFirst();
    }

    private static void expose(LocalCluster cluster, Example.ClusterName name) {
        for (ObjectNode service : cluster.resources().list(BuiltInKinds.SERVICE, name.namespace())) {
            boolean ours = Json.text(service, "metadata", "labels", "kvcluster.io/cluster")
                    .equals(name.name());
            if (ours && !Json.text(service, "spec", "clusterIP").equals("None")) {
                cluster.expose(name.namespace(), Json.text(service, "metadata", "name"));
            }
        }
    }

    private void show(LocalCluster cluster, Optional<Example.ClusterName> name, PrintWriter out) {
        ResourceKind kind = Progress.kind(cluster);
        out.println();
        out.println("$ kubectl get kvclusters");
        out.print(TextTable.of(
                Tables.of(kind, cluster.resources().list(kind, ""), "", Tables.Include.NONE, Instant.now())));
        String http = "http://localhost:" + cluster.httpPort();
        String server = cluster.grpcPort() == 50051 ? "" : " --server localhost:" + cluster.grpcPort();
        out.println();
        out.println("Try, in another terminal:");
        out.println("  export KUBECONFIG=" + cluster.kubeconfig());
        out.println("  kubectl get pods -o wide; kubectl describe kvc "
                + name.map(Example.ClusterName::name).orElse(""));
        if (name.isPresent()) {
            out.println("  curl -X PUT '" + http + "/kv/key1?consistency=quorum' -d '{\"value\":\"value1\"}'");
            out.println("  curl '" + http + "/kv/key1?consistency=quorum'");
            out.println("  bin/kv" + server + " put key2 value2; bin/kv" + server + " get key2; bin/kv" + server
                    + " status");
            out.println("  bin/kv local kill NODE      # it comes back with its data");
        }
        out.println("In a browser: " + console);
        out.println("Ctrl-C stops everything; the next start finds the data.");
        out.flush();
    }

    private void stop(LocalCluster cluster, PrintWriter out, CountDownLatch closed) {
        out.println("stopping ...");
        try {
            cluster.close();
            folder.isDown();
            out.println("stopped; the data is in " + folder.path());
        } catch (Exception e) {
            out.println("stopping failed: " + e);
        } finally {
            out.flush();
            closed.countDown();
        }
    }
}
