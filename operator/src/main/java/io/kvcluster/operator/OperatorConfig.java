package io.kvcluster.operator;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What may be chosen about the operator.
 *
 * @param namespaces to watch; empty for all
 * @param nodeImage of the storage pods of a KvCluster that names none
 * @param leaderElection present when several replicas run and one of them leads
 * @param httpAddress that the console binds to
 * @param httpPort of the console, 0 for any free one
 * @param console whether clusters are shown over HTTP; health and metrics always are
 */
public record OperatorConfig(
        Set<String> namespaces,
        String nodeImage,
        Optional<Lease> leaderElection,
        String httpAddress,
        int httpPort,
        boolean console) {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /**
     * The lease that the leader holds.
     *
     * @param namespace empty for the operator pod's own
     * @param identity empty for a random one
     */
    public record Lease(String name, String namespace, String identity) {
        /** With a random identity where none is given. */
        Lease named() {
            return identity.isEmpty()
                    ? new Lease(name, namespace, UUID.randomUUID().toString())
                    : this;
        }
    }

    public OperatorConfig {
        namespaces = Set.copyOf(namespaces);
        namespaces.forEach(namespace -> require(
                LABEL.matcher(namespace).matches(),
                "KV_WATCH_NAMESPACES names " + namespace + " but a namespace must be a DNS label"));
        require(!nodeImage.isBlank(), "KV_NODE_IMAGE is empty but must name the image of storage pods");
        require(httpPort >= 0 && httpPort <= 65535, "KV_HTTP_PORT is " + httpPort + " but must be from 0 to 65535");
    }

    /** For one operator in the caller's process: all namespaces, no election, a console on any free port of loopback. */
    public static OperatorConfig inProcess(String nodeImage) {
        return new OperatorConfig(Set.of(), nodeImage, Optional.empty(), "127.0.0.1", 0, true);
    }

    /**
     * From environment variables; all have a default: KV_WATCH_NAMESPACES (comma-separated, "" for all), KV_NODE_IMAGE,
     * KV_LEADER_ELECTION (true), KV_LEASE_NAME, KV_OPERATOR_NAMESPACE, KV_OPERATOR_POD, KV_HTTP_ADDRESS, KV_HTTP_PORT (8080), KV_CONSOLE
     * (true).
     *
     * @throws IllegalArgumentException naming variable, value and rule
     */
    public static OperatorConfig fromEnvironment(Map<String, String> environment) {
        Set<String> namespaces = new TreeSet<>();
        for (String namespace :
                environment.getOrDefault("KV_WATCH_NAMESPACES", "").split(",")) {
            if (!namespace.isBlank()) {
                namespaces.add(namespace.strip());
            }
        }
        Optional<Lease> lease = flag(environment, "KV_LEADER_ELECTION")
                ? Optional.of(new Lease(
                        environment.getOrDefault("KV_LEASE_NAME", "kvcluster-operator"),
                        environment.getOrDefault("KV_OPERATOR_NAMESPACE", ""),
                        environment.getOrDefault("KV_OPERATOR_POD", "")))
                : Optional.empty();
        return new OperatorConfig(
                namespaces,
                environment.getOrDefault("KV_NODE_IMAGE", "kvcluster/storage-node:dev"),
                lease,
                environment.getOrDefault("KV_HTTP_ADDRESS", "0.0.0.0"),
                port(environment.getOrDefault("KV_HTTP_PORT", "8080")),
                flag(environment, "KV_CONSOLE"));
    }

    private static boolean flag(Map<String, String> environment, String name) {
        String text = environment.getOrDefault(name, "true");
        require(text.equals("true") || text.equals("false"), name + " is " + text + " but must be true or false");
        return text.equals("true");
    }

    private static int port(String text) {
        require(
                text.matches("[0-9]{1,5}"),
                "KV_HTTP_PORT is " + text + " but must be a port, a number from 0 to 65535");
        return Integer.parseInt(text);
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
