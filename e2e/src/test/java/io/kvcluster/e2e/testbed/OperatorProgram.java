package io.kvcluster.e2e.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The operator as a process of its own, kept as a kubelet keeps a container: whenever it ends, however it ends, it is started again
 * a second later, until this is closed.
 */
final class OperatorProgram implements AutoCloseable {
    private static final String MAIN = "io.kvcluster.operator.OperatorMain";
    private static final long AGAIN_MILLIS = 1_000;
    private static final long GRACE_SECONDS = 15;
    private static final Duration QUESTION = Duration.ofSeconds(2);

    private final ProcessBuilder program;
    private final int httpPort;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(QUESTION).build();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread keeper = new Thread(this::keep, "operator-keeper");
    private volatile Process process;

    private OperatorProgram(Path kubeconfig, String nodeImage, Path log) {
        this.httpPort = freePort();
        this.program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MAIN)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        program.environment()
                .putAll(Map.of(
                        "KUBECONFIG",
                        kubeconfig.toString(),
                        "KV_NODE_IMAGE",
                        nodeImage,
                        "KV_LEADER_ELECTION",
                        "false",
                        "KV_HTTP_ADDRESS",
                        "127.0.0.1",
                        "KV_HTTP_PORT",
                        Integer.toString(httpPort)));
        this.process = begin();
        keeper.start();
    }

    static OperatorProgram start(Path kubeconfig, String nodeImage, Path log) {
        return new OperatorProgram(kubeconfig, nodeImage, log);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process begin() {
        try {
            return program.start();
        } catch (IOException e) {
            throw new UncheckedIOException("the operator's process", e);
        }
    }

    private void keep() {
        try {
            while (true) {
                process.waitFor();
                if (closing.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
                process = begin();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when it has ended. */
    void kill9() {
        await(process.destroyForcibly());
    }

    private static void await(Process ended) {
        try {
            if (!ended.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                ended.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    URI console() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    /** Its caches are filled and its informers run. */
    boolean works() {
        return List.of("/health/ready", "/health/live").stream().allMatch(this::isWell);
    }

    private boolean isWell(String path) {
        try {
            return http.send(
                                    HttpRequest.newBuilder(console().resolve(path))
                                            .timeout(QUESTION)
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends it in order, and for good. */
    @Override
    public void close() {
        closing.countDown();
        process.destroy();
        await(process);
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroy(); // begun while it was told to close
        await(process);
        http.close();
    }
}
