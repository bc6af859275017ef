package io.kvcluster.e2e.dashboards;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Prometheus in a process, on loopback, that scrapes each second. */
final class Prometheus implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final long STOP_SECONDS = 10;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Process process;
    private final int port;

    /** @param labels as the chart's monitors give them, in YAML */
    record Scraped(String address, String labels) {}

    static Prometheus start(Path binary, Path folder, Path rules, List<Scraped> scraped) throws IOException {
        StringBuilder config = new StringBuilder("global: {scrape_interval: 1s, evaluation_interval: 1s}\n");
        config.append("rule_files: ['").append(rules).append("']\n");
        config.append("scrape_configs:\n  - job_name: kvcluster\n    static_configs:\n");
        for (Scraped each : scraped) {
            config.append("      - {targets: ['")
                    .append(each.address())
                    .append("'], labels: ")
                    .append(each.labels())
                    .append("}\n");
        }
        Path file = Files.writeString(folder.resolve("prometheus.yml"), config);
        int port = freePort();
        Process process = new ProcessBuilder(
                        binary.toString(),
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        Prometheus prometheus = new Prometheus(process, port);
        await("Prometheus is ready").atMost(START).until(prometheus::isReady);
        return prometheus;
    }

    private Prometheus(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** @return the result's samples; fails when the query does not parse */
    JsonNode query(String text) {
        JsonNode answer = ask("/api/v1/query?query=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
        if (!answer.path("status").asText().equals("success")) {
            throw new AssertionError(text + ": " + answer);
        }
        return answer.at("/data/result");
    }

    /** The rules that it loaded, with their health. */
    List<JsonNode> rules() {
        return ask("/api/v1/rules")
                .at("/data/groups")
                .valueStream()
                .flatMap(group -> group.get("rules").valueStream())
                .toList();
    }

    private boolean isReady() {
        if (!process.isAlive()) {
            throw new AssertionError("Prometheus ended with " + process.exitValue() + "; its log is beside its data");
        }
        try {
            return http.send(HttpRequest.newBuilder(uri("/-/ready")).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private JsonNode ask(String path) {
        try {
            return new ObjectMapper()
                    .readTree(http.send(
                                    HttpRequest.newBuilder(uri(path))
                                            .timeout(ANSWER)
                                            .build(),
                                    HttpResponse.BodyHandlers.ofByteArray())
                            .body());
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
