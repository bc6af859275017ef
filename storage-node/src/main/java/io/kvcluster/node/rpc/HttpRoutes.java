package io.kvcluster.node.rpc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Refusal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which endpoint answers what: the table of api, in one place. HEAD is served wherever GET is. */
final class HttpRoutes {
    interface Endpoint {
        HttpAnswer answer(HttpCall call);
    }

    /** @param path exact, or a prefix when it ends with {key} */
    private record Route(String method, String path, String about, Endpoint endpoint) {
        boolean serves(String rawPath) {
            return path.endsWith(KEY)
                    ? rawPath.startsWith(path.substring(0, path.length() - KEY.length()))
                    : rawPath.equals(path);
        }

        boolean hears(String askedMethod) {
            return method.equals(askedMethod) || (method.equals("GET") && askedMethod.equals("HEAD"));
        }
    }

    private static final String KEY = "{key}";

    private final List<Route> routes;

    HttpRoutes(HttpKv kv, HttpBatch batch, HttpKeys keys, HttpCluster cluster, HttpNode node) {
        HttpOpenApi openApi = new HttpOpenApi();
        routes = List.of(
                new Route("GET", "/kv/{key}", "read a value", kv::get),
                new Route("PUT", "/kv/{key}", "write a value", kv::put),
                new Route("DELETE", "/kv/{key}", "delete a value", kv::delete),
                new Route(
                        "POST",
                        "/batch",
                        "independent operations, each with its own result; no transaction",
                        batch::post),
                new Route("GET", "/keys", "the keys that this node's replica of a partition holds, by page", keys::get),
                new Route("GET", "/mapping", "where a key lives (?key=)", cluster::mapping),
                new Route("GET", "/nodes", "the members as this node sees them", cluster::nodes),
                new Route("GET", "/ring", "the ring that this node uses", cluster::ring),
                new Route("GET", "/health", "how this node is; 503 when not ready", node::ready),
                new Route("GET", "/health/live", "503 when a restart is needed", node::live),
                new Route("GET", "/health/ready", "503 when clients should ask another node", node::ready),
                new Route("GET", "/metrics", "Prometheus and OpenMetrics text", node::metrics),
                new Route("GET", "/openapi", "this interface as OpenAPI 3.1", openApi::document),
                new Route("GET", "/", "this list", call -> node.index(call, this)));
    }

    HttpAnswer answer(HttpCall call) {
        List<Route> here =
                routes.stream().filter(route -> route.serves(call.path())).toList();
        if (here.isEmpty()) {
            return unknownPath(call);
        }
        return here.stream()
                .filter(route -> route.hears(call.method()))
                .findFirst()
                .map(route -> route.endpoint().answer(call))
                .orElseGet(() -> wrongMethod(call, here));
    }

    /** True for what probes and scrapers ask: served also when this node takes no more requests of clients. */
    static boolean isAboutTheNode(String path) {
        return path.startsWith("/health") || path.equals("/metrics");
    }

    void list(ArrayNode json) {
        for (Route route : routes) {
            ObjectNode each = json.addObject();
            each.put("method", route.method());
            each.put("path", route.path());
            each.put("about", route.about());
        }
    }

    private HttpAnswer unknownPath(HttpCall call) {
        String paths = routes.stream().map(Route::path).distinct().collect(Collectors.joining(", "));
        Refusal refusal = new Refusal(
                Reason.UNKNOWN_PATH,
                "path",
                call.path(),
                paths,
                "path '" + Refusal.shorten(call.path()) + "' is not known; the paths are " + paths);
        ObjectNode more = HttpJson.newObject();
        list(more.putArray("endpoints"));
        return HttpProblems.answer(Problem.of(refusal), more);
    }

    private static HttpAnswer wrongMethod(HttpCall call, List<Route> here) {
        String allowed = here.stream()
                .map(Route::method)
                .flatMap(method -> method.equals("GET") ? Stream.of("GET", "HEAD") : Stream.of(method))
                .collect(Collectors.joining(", "));
        Refusal refusal = new Refusal(
                Reason.METHOD_NOT_ALLOWED,
                "method",
                call.method(),
                allowed,
                "method '" + Refusal.shorten(call.method()) + "' is not served at this path; it must be one of "
                        + allowed);
        return HttpProblems.answer(Problem.of(refusal)).with("Allow", allowed);
    }
}
