package io.kvcluster.operator.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.observation.Sightings;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.ClusterKey;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;

/** The console on a free port of loopback, before a world of which everything may be changed. */
final class ConsoleFixture implements AutoCloseable {
    static final Progress.Ahead AHEAD =
            new Progress.Ahead(java.util.List.of("demo-4", "demo-5"), java.util.List.of("demo-0"), 2);
    private static final ObjectMapper JSON = new ObjectMapper();

    final Sightings sightings = new Sightings();
    final PrometheusRegistry registry = new PrometheusRegistry();
    final World world;
    volatile boolean live = true;
    volatile boolean ready = true;
    volatile Standing standing = new Standing.Leading(true);
    volatile Instant now = World.NOW;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Console console;

    /** @param spec of cluster ns/demo, settled */
    ConsoleFixture(String spec) {
        this(spec, true);
    }

    ConsoleFixture(String spec, boolean showsClusters) {
        this(World.settled(spec), showsClusters, 0);
    }

    ConsoleFixture(World world, boolean showsClusters, int port) {
        this.world = world;
        try {
            console = Console.start(
                    new Console.Door("127.0.0.1", port, showsClusters),
                    new Console.Probes(() -> live, () -> ready),
                    new ClusterViews(sightings, key -> world.nodes().states(key), () -> standing, () -> now),
                    registry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a pass does. */
    ConsoleFixture sees() {
        sightings.saw(world.look());
        return this;
    }

    /** Another cluster with the same world. */
    ConsoleFixture seesToo(String namespace, String name) {
        var status = world.look();
        sightings.told(
                new ClusterKey(namespace, name),
                io.kvcluster.operator.status.StatusCalculator.of(
                        status, java.util.List.of(), false, new Progress.Unknown()),
                now);
        return this;
    }

    int port() {
        return console.port();
    }

    HttpResponse<String> get(String path) {
        return ask("GET", path);
    }

    HttpResponse<String> ask(String method, String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The JSON of an answer that must be a success. */
    JsonNode json(String path) {
        HttpResponse<String> answer = get(path);
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + " answers " + answer.statusCode() + ": " + answer.body());
        }
        return json(answer);
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + console.port() + path);
    }

    @Override
    public void close() {
        console.close();
        http.close();
    }
}
