package io.kvcluster.local.api.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.kind.Catalog;
import io.kvcluster.local.api.resource.Resources;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API server's HTTP side: plain HTTP on the loopback address. Whoever may run programs on this machine may use it;
 * pages in a browser may not, since requests with a foreign {@code Origin} or {@code Host} are refused. Each
 * request runs on a virtual thread.
 */
public final class ApiServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1");
    private static final int BACKLOG = 128;

    static {
        // Read by the JDK's server when it is first used. Without the first, small chunks wait for the peer's ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("sun.net.httpserver.idleInterval", "300");
        System.setProperty("sun.net.httpserver.maxIdleConnections", "1000");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("api-", 0).factory());
    private final Resources resources;
    private final ResourceCalls calls;
    private final Audit audit;
    private volatile boolean stopping;

    private ApiServer(Resources resources, PodLogs logs, Clock clock, int port, Audit audit) throws IOException {
        this.resources = resources;
        this.audit = audit;
        this.calls = new ResourceCalls(resources, logs, clock, () -> stopping);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /**
     * Starts a server on the loopback address.
     *
     * @param port 0 takes a free one
     * @throws IOException when the port is taken
     */
    public static ApiServer start(Resources resources, PodLogs logs, Clock clock, int port) throws IOException {
        return start(resources, logs, clock, port, Audit.NONE);
    }

    /** As above, and tells of each request. */
    public static ApiServer start(Resources resources, PodLogs logs, Clock clock, int port, Audit audit)
            throws IOException {
        return new ApiServer(resources, logs, clock, port, audit);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    private void handle(HttpExchange exchange) {
        Call call = new Call(exchange);
        audit.asked(call.method(), exchange.getRequestURI().getPath(), call.flag("watch"));
        try {
            checkCaller(call);
            if (call.header("Upgrade").equalsIgnoreCase("websocket")) {
                // An empty 200 makes clients that would rather watch by WebSocket fall back to plain HTTP.
                call.answer(200, "application/json", new byte[0]);
                return;
            }
            route(call);
        } catch (ApiError e) {
            refuse(call, e);
        } catch (IOException e) {
            LOG.debug("client of {} {} went away: {}", call.method(), call.path(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("bug while answering {} {}", call.method(), call.path(), e);
            refuse(call, ApiError.internal(String.valueOf(e)));
        } finally {
            call.close();
        }
    }

    private static void checkCaller(Call call) {
        String host = call.header("Host").replaceFirst(":\\d+$", "");
        if (!HOSTS.contains(host)) {
            throw ApiError.refused("this API server answers only to localhost and 127.0.0.1, not to \"" + host + "\"");
        }
        String origin = call.header("Origin");
        if (!origin.isEmpty() && !origin.equals("http://" + call.header("Host"))) {
            throw ApiError.refused("this API server does not answer to pages in a browser");
        }
    }

    private static void refuse(Call call, ApiError error) {
        try {
            call.answer(error.code(), error.toStatus());
        } catch (IOException e) {
            LOG.debug("client went away before it could be refused: {}", e.getMessage());
        }
    }

    private void route(Call call) throws IOException {
        List<String> path = call.path();
        Catalog catalog = resources.catalog();
        switch (path.isEmpty() ? "" : path.get(0)) {
            case "version" -> call.answer(200, Discovery.version());
            case "healthz", "livez", "readyz" -> call.answer(200, "text/plain", "ok".getBytes(StandardCharsets.UTF_8));
            case "openapi" -> openApi(call, catalog, path);
            case "api" -> core(call, catalog, path);
            case "apis" -> named(call, catalog, path);
            default -> throw ApiError.noSuchPath();
        }
    }

    private static void openApi(Call call, Catalog catalog, List<String> path) throws IOException {
        if (path.size() < 2 || !path.get(1).equals("v3")) {
            throw ApiError.noSuchPath();
        }
        switch (path.size()) {
            case 2 -> call.answer(200, OpenApi.index(catalog));
            case 4 -> call.answer(200, OpenApi.document(catalog, "", path.get(3)));
            case 5 -> call.answer(200, OpenApi.document(catalog, path.get(3), path.get(4)));
            default -> throw ApiError.noSuchPath();
        }
    }

    private void core(Call call, Catalog catalog, List<String> path) throws IOException {
        if (path.size() == 1) {
            call.answer(200, Discovery.core());
        } else if (!path.get(1).equals("v1")) {
            throw ApiError.noSuchPath();
        } else if (path.size() == 2) {
            call.answer(200, Discovery.resources(catalog, "", "v1"));
        } else {
            calls.answer(call, "", "v1", path.subList(2, path.size()));
        }
    }

    private void named(Call call, Catalog catalog, List<String> path) throws IOException {
        if (path.size() == 1) {
            call.answer(200, Discovery.groups(catalog));
            return;
        }
        if (call.method().equals("POST") && path.equals(OwnRights.PATH)) {
            call.answer(201, OwnRights.of(call.object()));
            return;
        }
        String group = path.get(1);
        if (!catalog.groups().contains(group)) {
            throw ApiError.noSuchPath();
        }
        if (path.size() == 2) {
            call.answer(200, Discovery.group(catalog, group));
        } else if (!catalog.versions(group).contains(path.get(2))) {
            throw ApiError.noSuchPath();
        } else if (path.size() == 3) {
            call.answer(200, Discovery.resources(catalog, group, path.get(2)));
        } else {
            calls.answer(call, group, path.get(2), path.subList(3, path.size()));
        }
    }

    /** Stops at once: open watches end, connections close. */
    @Override
    public void close() {
        stopping = true;
        server.stop(0);
        threads.shutdownNow();
    }
}
