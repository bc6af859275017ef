package io.kvcluster.local;

import io.kvcluster.local.api.http.ApiServer;
import io.kvcluster.operator.OperatorMain;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** One of several operators: a process of its own, which takes part in the election, with a door of its own to the API server. */
final class OperatorReplica implements AutoCloseable {
    private final List<String> writes = new CopyOnWriteArrayList<>();
    private final ApiServer door;
    private final Process process;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    OperatorReplica(FakeFleet fleet, String name, Path log) throws IOException {
        door = fleet.door(0, (method, path, _) -> {
            if (!method.equals("GET") && !path.contains("/leases") && !path.contains("selfsubjectrulesreviews")) {
                writes.add(method + " " + path);
            }
        });
        port = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                OperatorMain.class.getName());
        builder.environment()
                .putAll(Map.of(
                        "KUBERNETES_MASTER", door.url(),
                        "KUBERNETES_NAMESPACE", "default",
                        "KUBECONFIG", "/dev/null",
                        "KV_OPERATOR_NAMESPACE", "default",
                        "KV_OPERATOR_POD", name,
                        "KV_NODE_IMAGE", "node:1",
                        "KV_HTTP_ADDRESS", "127.0.0.1",
                        "KV_HTTP_PORT", String.valueOf(port)));
        process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** What it wrote, but for the lease itself. */
    List<String> writes() {
        return List.copyOf(writes);
    }

    /** The body; empty while nobody listens, or the process does not run. */
    String ask(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** STOP or CONT. */
    void signal(String signal) {
        try {
            int code = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                    .redirectOutput(new File("/dev/null"))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + signal + " answers " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        http.close();
        door.close();
    }
}
