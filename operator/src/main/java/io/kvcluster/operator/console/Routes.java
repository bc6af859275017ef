package io.kvcluster.operator.console;

import io.kvcluster.operator.console.Problem.Reason;
import io.kvcluster.operator.resources.ClusterKey;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which path answers what, in one place. */
final class Routes {
    interface Endpoint {
        Answer answer(Call call);
    }

    /**
     * A request that a route serves.
     *
     * @param cluster that the path names; empty in short forms
     * @param accept the header, or empty
     */
    record Call(Optional<ClusterKey> cluster, Query query, String accept) {}

    /**
     * A path; {namespace} and {cluster} in it stand for any segment.
     *
     * @param parameters of the query that it knows
     */
    record Route(String path, String about, List<String> parameters, Endpoint endpoint) {
        private static final String NAMESPACE = "{namespace}";
        private static final String CLUSTER = "{cluster}";

        /** What the path names, if it is this one. */
        Optional<Optional<ClusterKey>> match(String asked) {
            String[] mine = path.split("/", -1);
            String[] theirs = asked.split("/", -1);
            if (mine.length != theirs.length) {
                return Optional.empty();
            }
            String namespace = "";
            String cluster = "";
            for (int i = 0; i < mine.length; i++) {
                switch (mine[i]) {
                    case NAMESPACE -> namespace = theirs[i];
                    case CLUSTER -> cluster = theirs[i];
                    default -> {
                        if (!mine[i].equals(theirs[i])) {
                            return Optional.empty();
                        }
                    }
                }
            }
            return Optional.of(
                    path.contains(NAMESPACE) ? Optional.of(new ClusterKey(namespace, cluster)) : Optional.empty());
        }
    }

    private static final List<String> KEY = List.of("key", "keyEncoding");
    static final List<String> CHANGE = List.of("replicas", "replicationFactor", "zones", "replace");

    private static final String ONE = "/clusters/{namespace}/{cluster}";

    private final List<Route> routes;

    Routes(List<Route> routes) {
        this.routes = routes;
    }

    static List<Route> ofClusters(ClusterViews views) {
        Endpoint nodes = call -> views.nodes(call.cluster());
        Endpoint mapping = call -> views.mapping(call.cluster(), call.query());
        Endpoint ring = call -> views.ring(call.cluster());
        Endpoint plan = call -> views.plan(call.cluster(), call.query());
        return List.of(
                route("/clusters", "the clusters that this operator looks after", _ -> views.clusters()),
                route(ONE, "all that is known of a cluster but its ring", call -> views.cluster(call.cluster())),
                route(ONE + "/nodes", "its members", nodes),
                new Route(ONE + "/mapping", "where a key lives (?key=)", KEY, mapping),
                route(ONE + "/ring", "its ring in canonical form", ring),
                new Route(ONE + "/plan", "what a change of its spec would move (?replicas=)", CHANGE, plan),
                route("/nodes", "the members of the only cluster", nodes),
                new Route("/mapping", "where a key of the only cluster lives (?key=)", KEY, mapping),
                route("/ring", "the ring of the only cluster", ring),
                new Route("/plan", "what a change of the only cluster would move (?replicas=)", CHANGE, plan));
    }

    /** Without parameters. */
    static Route route(String path, String about, Endpoint endpoint) {
        return new Route(path, about, List.of(), endpoint);
    }

    Answer answer(String method, String path, @Nullable String rawQuery, String accept) {
        for (Route route : routes) {
            Optional<Optional<ClusterKey>> match = route.match(path);
            if (match.isPresent()) {
                if (!method.equals("GET") && !method.equals("HEAD")) {
                    return Problem.of(Reason.METHOD_NOT_ALLOWED, "method", method, "GET or HEAD")
                            .answer()
                            .with("Allow", "GET, HEAD");
                }
                Query query = Query.of(rawQuery, route.parameters());
                return route.endpoint().answer(new Call(match.get(), query, accept));
            }
        }
        String known = routes.stream().map(Route::path).collect(Collectors.joining(", "));
        return Problem.of(Reason.UNKNOWN_PATH, "path", path, "one of " + known).answer();
    }

    /** For the list at the root. */
    List<Listed> list() {
        return routes.stream()
                .map(route -> new Listed("GET", route.path(), route.about()))
                .toList();
    }

    record Listed(String method, String path, String about) {}
}
