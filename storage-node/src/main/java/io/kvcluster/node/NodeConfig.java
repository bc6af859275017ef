package io.kvcluster.node;

import io.kvcluster.node.storage.Durability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All that a node is told at start, read once from the environment and valid as a whole. Durations in milliseconds.
 *
 * @param address host name by which peers and the ring know this node
 * @param ringFile mounted ring.json, the slow fallback of PushRing; null for none
 * @param resolverDir jars with users' conflict resolvers; need not exist
 * @param durability when a write is acknowledged
 * @param loops core loops; partition p belongs to loop p mod loops
 * @param experimentFile faults that the node suffers on purpose; null, as always but in tests: none, and none can be made
 */
record NodeConfig(
        String cluster,
        String name,
        String zone,
        String address,
        String bindAddress,
        Path dataDir,
        @Nullable Path ringFile,
        @Nullable Path experimentFile,
        Path resolverDir,
        Durability durability,
        int partitions,
        int loops,
        int shutdownGraceMillis,
        int suspectAfterMillis,
        int clientPort,
        int peerPort,
        int httpPort) {

    private static final Pattern DNS_NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

    /** Every problem at once, each a sentence that names variable, value and rule. */
    static final class Invalid extends Exception {
        Invalid(List<String> problems) {
            super(String.join("\n", problems));
        }
    }

    static NodeConfig from(Map<String, String> environment) throws Invalid {
        Reader read = new Reader(environment);
        NodeConfig config = new NodeConfig(
                read.name("KV_CLUSTER"),
                read.name("KV_NODE_NAME"),
                read.text("KV_ZONE", ""),
                read.name("KV_ADDRESS"),
                read.text("KV_BIND_ADDRESS", "0.0.0.0"),
                Path.of(read.text("KV_DATA_DIR", "/data")),
                read.path("KV_RING_FILE"),
                read.path("KV_EXPERIMENT_FILE"),
                Path.of(read.text("KV_RESOLVER_DIR", "/resolvers")),
                read.durability(),
                read.partitions(),
                read.number("KV_LOOPS", defaultLoops(), 1, 64),
                read.number("KV_SHUTDOWN_GRACE_MILLIS", 10_000, 0, 600_000),
                read.number("KV_SUSPECT_AFTER_MILLIS", 2_000, 500, 600_000),
                read.number("KV_CLIENT_PORT", 50051, 0, 65_535),
                read.number("KV_PEER_PORT", 50052, 0, 65_535),
                read.number("KV_HTTP_PORT", 8080, 0, 65_535));
        if (!read.problems.isEmpty()) {
            throw new Invalid(read.problems);
        }
        return config;
    }

    /** One loop for each two processors: the rest is for the log, the network and the collector. */
    private static int defaultLoops() {
        return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 8);
    }

    private static final class Reader {
        private final Map<String, String> environment;
        private final List<String> problems = new ArrayList<>();

        Reader(Map<String, String> environment) {
            this.environment = environment;
        }

        String text(String variable, String absent) {
            String value = environment.get(variable);
            return value == null || value.isBlank() ? absent : value.strip();
        }

        String name(String variable) {
            String value = text(variable, "");
            if (value.isEmpty()) {
                problems.add(variable + " is not set: it is required");
            } else if (value.length() > 253 || !DNS_NAME.matcher(value).matches()) {
                problems.add(
                        variable + " is \"" + value + "\": it must be a DNS name of at most 253 lower-case characters");
            }
            return value;
        }

        @Nullable Path path(String variable) {
            String value = text(variable, "");
            return value.isEmpty() ? null : Path.of(value);
        }

        int number(String variable, int absent, int min, int max) {
            String value = text(variable, Integer.toString(absent));
            try {
                int number = Integer.parseInt(value);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below, together with what is out of range
            }
            problems.add(variable + " is \"" + value + "\": it must be a whole number from " + min + " to " + max);
            return absent;
        }

        int partitions() {
            int partitions = number("KV_PARTITIONS", 64, 8, 1024);
            if (Integer.bitCount(partitions) != 1) {
                problems.add("KV_PARTITIONS is \"" + partitions + "\": it must be a power of two from 8 to 1024");
            }
            return partitions;
        }

        Durability durability() {
            try {
                return Durability.parse(text("KV_DURABILITY", "Fsync"));
            } catch (IllegalArgumentException wrong) {
                problems.add("KV_DURABILITY is wrong: " + wrong.getMessage());
                return new Durability.Fsync();
            }
        }
    }
}
