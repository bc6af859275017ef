package io.kvcluster.operator.console;

import static io.kvcluster.operator.console.Routes.route;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kvcluster.operator.console.Problem.Reason;
import io.kvcluster.operator.console.Routes.Route;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** The HTTP server of the operator. Nothing that it serves changes anything. */
public final class Console implements AutoCloseable {
    /** Requests under way, probes and scrapes aside. */
    static final int MAX_REQUESTS = 64;

    private static final int BACKLOG = 50;

    private final HttpServer server;
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore free = new Semaphore(MAX_REQUESTS);
    private final Routes routes;

    /**
     * Where and what is served.
     *
     * @param port 0 for any free one
     * @param showsClusters false for health and metrics alone
     */
    public record Door(String address, int port, boolean showsClusters) {}

    /**
     * What the kubelet asks.
     *
     * @param live false when the process should be restarted: an informer died
     * @param ready false until the caches are filled (a standby is ready)
     */
    public record Probes(BooleanSupplier live, BooleanSupplier ready) {}

    private Console(HttpServer server, Routes routes) {
        this.server = server;
        this.routes = routes;
    }

    /**
     * Starts to serve.
     *
     * @throws IOException the port is taken
     */
    public static Console start(Door door, Probes probes, ClusterViews views, PrometheusRegistry registry)
            throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(door.address(), door.port()), BACKLOG);
        Console console = new Console(server, routes(door, probes, views, registry));
        server.setExecutor(console.requests);
        server.createContext("/", console::serve);
        server.start();
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

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = admitted(exchange);
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Type", answer.contentType());
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Content-Security-Policy", Page.NOTHING_ALLOWED);
            answer.headers().forEach(headers::set);
            boolean bodiless = exchange.getRequestMethod().equals("HEAD") || answer.body().length == 0;
            exchange.sendResponseHeaders(answer.code(), bodiless ? -1 : answer.body().length);
            if (!bodiless) {
                exchange.getResponseBody().write(answer.body());
            }
        }
    }

    /** Probes and scrapes are answered also when there is no room for others. */
    private Answer admitted(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith("/health/") || path.equals("/metrics")) {
            return answer(exchange, path);
        }
        if (!free.tryAcquire()) {
            return Problem.of(Reason.OVERLOADED, MAX_REQUESTS + " requests are under way; try again later")
                    .answer();
        }
        try {
            return answer(exchange, path);
        } finally {
            free.release();
        }
    }

    private Answer answer(HttpExchange exchange, String path) {
        String accept = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept"))
                .orElse("");
        try {
            return routes.answer(
                    exchange.getRequestMethod(), path, exchange.getRequestURI().getRawQuery(), accept);
        } catch (Problem.Refused refused) {
            return refused.problem().answer();
        }
    }

    private static Routes routes(Door door, Probes probes, ClusterViews views, PrometheusRegistry registry) {
        List<Route> all = new ArrayList<>();
        if (door.showsClusters()) {
            Answer page = Page.load().answer();
            Answer document = Answer.text("application/json", Page.resource("openapi.json"));
            all.add(route("/console", "the clusters as a page", _ -> page));
            all.addAll(Routes.ofClusters(views));
            all.add(route("/openapi", "this interface as OpenAPI 3.1", _ -> document));
        }
        all.add(route(
                "/health/live",
                "503 when a restart is needed",
                _ -> health(probes.live(), "an informer is not running")));
        all.add(route(
                "/health/ready",
                "503 until the caches are filled",
                _ -> health(probes.ready(), "the caches are not filled yet")));
        all.add(route("/metrics", "Prometheus and OpenMetrics text", call -> metrics(call.accept(), registry)));
        all.add(route("/", "this list; for browsers the page", call -> index(call.accept(), door, all)));
        return new Routes(all);
    }

    private static Answer health(BooleanSupplier healthy, String problem) {
        return healthy.getAsBoolean()
                ? Answer.json(Map.of("status", "UP"))
                : Problem.of(Reason.UNHEALTHY, problem).answer();
    }

    private static Answer metrics(String accept, PrometheusRegistry registry) {
        var writer = ExpositionFormats.init().findWriter(accept);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("a buffer in memory failed", e);
        }
        return Answer.text(writer.getContentType(), out.toByteArray());
    }

    private static Answer index(String accept, Door door, List<Route> routes) {
        return door.showsClusters() && accept.contains("text/html")
                ? Answer.redirect("console")
                : Answer.json(new Index("kvcluster operator", new Routes(routes).list()));
    }

    private record Index(String service, List<Routes.Listed> endpoints) {}
}
