package io.kvcluster.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.kvcluster.client.FakeCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
    @TempDir
    private Path directory;

    private final FakeCluster cluster = FakeCluster.onLoopback(3);
    private final String server = "--server=" + cluster.seed(0);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void figuresAreATableForPeopleAndAFileForPrograms() throws IOException {
        Path file = directory.resolve("result.json");
        Kv bench = run("--result", file.toString());
        assertThat(bench.code()).as(bench.err() + bench.out()).isEqualTo(0);
        assertThat(bench.out())
                .contains("P99.9")
                .contains("reads")
                .contains("puts")
                .contains("client CPU");
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.path("operationsPerSecond").asDouble()).isPositive();
        assertThat(json.path("puts").path("micros").path("p99").asDouble()).isPositive();
        assertThat(json.path("plan").path("consistency").asText()).isEqualTo("quorum");
    }

    @Test
    void cpuPerOperationComesFromTheServersMetrics() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer metrics = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        metrics.createContext("/metrics", exchange -> {
            byte[] page = ("process_cpu_seconds_total " + asked.incrementAndGet()
                            + "\nprocess_resident_memory_bytes 1048576\n")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        metrics.start();
        try {
            Kv bench = run("--servers=127.0.0.1:" + metrics.getAddress().getPort(), "-o", "json");
            assertThat(bench.code()).as(bench.err() + bench.out()).isEqualTo(0);
            double operations = bench.json().path("reads").path("operations").asDouble()
                    + bench.json().path("puts").path("operations").asDouble();
            assertThat(bench.json().path("serverCpuMicrosPerOperation").asDouble() * operations / 1e6)
                    .isBetween(0.99, 1.01);
            assertThat(bench.json().path("serverResidentBytes").asLong()).isEqualTo(1048576);
        } finally {
            metrics.stop(0);
        }
    }

    @Test
    void metricsThatCannotBeReadAreToldBeforeTheLoad() {
        Kv bench = run("--servers=127.0.0.1:1");
        assertThat(bench.code()).isEqualTo(1);
        assertThat(bench.err()).contains("metrics of 127.0.0.1:1 cannot be read");
        assertThat(cluster.node(0).requests()).isZero();
    }

    private Kv run(String... more) {
        String[] arguments = {
            "bench", server, "--warm-up=100ms", "--duration=1s", "--keys=50", "--value-size=16", "--concurrency=4"
        };
        return Kv.run(java.util.stream.Stream.of(arguments, more)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new));
    }
}
