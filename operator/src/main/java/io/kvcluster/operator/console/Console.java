package io.kvcluster.operator.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** The HTTP server of the operator. GET only, nothing it serves changes anything. */
public final class Console implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BACKLOG = 50;

    private final HttpServer server;
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();

    private Console(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts to serve.
     *
     * @param port 0 for any free one
     * @param live false when the process should be restarted: an informer died
     * @param ready false until the caches are filled (a standby is ready)
     * @throws IOException the port is taken
     */
    public static Console start(
            String bindAddress,
            int port,
            BooleanSupplier live,
            BooleanSupplier ready,
            ClusterViews views,
            PrometheusRegistry registry)
            throws IOException {
        Console console = new Console(HttpServer.create(new InetSocketAddress(bindAddress, port), BACKLOG));
        console.server.setExecutor(console.requests);
        console.get("/health/live", (_, _) -> health(live.getAsBoolean(), "an informer is not running"));
        console.get("/health/ready", (_, _) -> health(ready.getAsBoolean(), "the caches are not filled yet"));
        console.get("/nodes", (_, query) -> views.nodes(Optional.ofNullable(query.get("cluster"))));
        console.get(
                "/mapping", (_, query) -> views.mapping(Optional.ofNullable(query.get("cluster")), query.get("key")));
        console.get("/metrics", (exchange, _) -> metrics(exchange, registry));
        console.get("/", (exchange, _) -> index(exchange.getRequestURI().getPath()));
        console.server.start();
        return console;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        requests.shutdownNow();
    }

    private interface Page {
        Answer answer(HttpExchange exchange, Map<String, String> query) throws IOException;
    }

    private void get(String path, Page page) {
        server.createContext(path, exchange -> {
            try (exchange) {
                Answer answer = exchange.getRequestMethod().equals("GET")
                        ? page.answer(exchange, query(exchange.getRequestURI().getRawQuery()))
                        : Answer.problem(405, "METHOD_NOT_ALLOWED", exchange.getRequestMethod() + " is not GET");
                byte[] body = answer.body() instanceof byte[] bytes ? bytes : JSON.writeValueAsBytes(answer.body());
                exchange.getResponseHeaders().set("Content-Type", answer.contentType());
                exchange.sendResponseHeaders(answer.code(), body.length);
                exchange.getResponseBody().write(body);
            }
        });
    }

    private static Answer health(boolean healthy, String problem) {
        return healthy ? Answer.ok(Map.of("status", "UP")) : Answer.problem(503, "UNHEALTHY", problem);
    }

    private static Answer metrics(HttpExchange exchange, PrometheusRegistry registry) throws IOException {
        var writer = ExpositionFormats.init()
                .findWriter(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept"))
                        .orElse(""));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(out, registry.scrape());
        return new Answer(200, writer.getContentType(), out.toByteArray());
    }

    private static Answer index(String path) {
        return path.equals("/")
                ? Answer.ok(Map.of("service", "kvcluster operator", "endpoints", new String[] {
                    "/health/live", "/health/ready", "/metrics", "/nodes?cluster=", "/mapping?key=&cluster="
                }))
                : Answer.problem(404, "UNKNOWN_PATH", "there is nothing at " + path);
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new LinkedHashMap<>();
        if (raw != null) {
            for (String pair : raw.split("&")) {
                int equals = pair.indexOf('=');
                query.put(
                        decoded(equals < 0 ? pair : pair.substring(0, equals)),
                        decoded(equals < 0 ? "" : pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
