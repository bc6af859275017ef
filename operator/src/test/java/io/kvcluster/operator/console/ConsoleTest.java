package io.kvcluster.operator.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvcluster.operator.observation.Sightings;
import io.kvcluster.operator.observation.World;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AtomicBoolean live = new AtomicBoolean(true);
    private final AtomicBoolean ready = new AtomicBoolean(true);
    private final World world = World.settled("{replicas: 3}");
    private final Sightings sightings = new Sightings();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final HttpClient http = HttpClient.newHttpClient();
    private Console console;

    @BeforeEach
    void start() throws IOException {
        console = Console.start(
                "127.0.0.1", 0, live::get, ready::get, new ClusterViews(sightings, world.nodes()), registry);
    }

    @AfterEach
    void stop() {
        console.close();
        http.close();
    }

    @Test
    void healthFollowsTheInformersAndTheCaches() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        live.set(false);
        ready.set(false);
        assertThat(get("/health/live").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready").body()).contains("the caches are not filled yet");
    }

    @Test
    void nodesAreShownWithTheirLastHeartbeat() throws Exception {
        sightings.saw(world.look());
        JsonNode node = JSON.readTree(get("/nodes?cluster=demo").body()).at("/clusters/0/nodes/0");
        assertThat(node.get("name").asText()).isEqualTo("demo-0");
        assertThat(node.get("state").asText()).isEqualTo("UP");
        assertThat(node.get("partitions").asInt()).isEqualTo(64);
        assertThat(node.get("lastHeartbeat").asText()).isEqualTo("2026-03-01T11:00:00Z");
        assertThat(get("/nodes?cluster=other").statusCode()).isEqualTo(404);
    }

    @Test
    void theMappingOfAKeyNamesItsReplicas() throws Exception {
        sightings.saw(world.look());
        HttpResponse<String> answer = get("/mapping?key=key%201");
        JsonNode mapping = JSON.readTree(answer.body());
        int partition = world.ring().partitionOf("key 1".getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(mapping.get("partition").asInt()).isEqualTo(partition);
        assertThat(mapping.get("primary").asText())
                .isEqualTo(world.ring().primary(partition).getName());
        assertThat(mapping.get("replicas")).hasSize(3);
    }

    @Test
    void aMappingNeedsAKeyAClusterAndARing() throws Exception {
        assertThat(get("/mapping").body()).contains("KEY_EMPTY");
        assertThat(get("/mapping?key=a").statusCode()).isEqualTo(404);
        sightings.saw(World.started("{replicas: 3}").look());
        assertThat(get("/mapping?key=a").body()).contains("NO_RING");
    }

    @Test
    void metricsAreTextForPrometheus() throws Exception {
        Counter.builder().name("test_total").help("x").register(registry).inc();
        HttpResponse<String> answer = get("/metrics");
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(answer.body()).contains("test_total 1.0");
    }

    @Test
    void anythingElseIsAProblem() throws Exception {
        assertThat(get("/nothing").body()).contains("UNKNOWN_PATH");
        assertThat(get("/").body()).contains("kvcluster operator");
        HttpResponse<String> post = http.send(
                HttpRequest.newBuilder(uri("/nodes"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(post.statusCode()).isEqualTo(405);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + console.port() + path);
    }
}
