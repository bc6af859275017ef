package io.kvcluster.client;

import java.util.List;

/**
 * How a client reaches its cluster.
 *
 * @param seeds asked first, and whenever the nodes' own addresses are not reachable from here; 1..32
 * @param nodePort of the nodes' client service, where their address names none
 * @param channelsPerNode connections to each node, 1..16; one carries about 10,000 operations a second
 * @param networkThreads 1..64; they also run the continuations of futures, which must not block
 * @param maxInFlight operations without outcome, 1..1,000,000; more are refused with CLIENT_OVERLOADED
 * @param sessions operations travel over one long call for each connection, which costs less CPU. Without: a call for each
 */
public record KvClientConfig(
        List<Address> seeds, int nodePort, int channelsPerNode, int networkThreads, int maxInFlight, boolean sessions) {
    public static final int DEFAULT_PORT = 50_051;

    public KvClientConfig {
        seeds = List.copyOf(seeds);
        check("seeds", seeds.size(), 1, 32);
        check("nodePort", nodePort, 1, 65_535);
        check("channelsPerNode", channelsPerNode, 1, 16);
        check("networkThreads", networkThreads, 1, 64);
        check("maxInFlight", maxInFlight, 1, 1_000_000);
    }

    /** One channel a node with a session, two threads, 10,000 in flight. */
    public static KvClientConfig of(Address... seeds) {
        return new KvClientConfig(List.of(seeds), DEFAULT_PORT, 1, 2, 10_000, true);
    }

    public KvClientConfig withNodePort(int port) {
        return new KvClientConfig(seeds, port, channelsPerNode, networkThreads, maxInFlight, sessions);
    }

    public KvClientConfig withChannelsPerNode(int channels) {
        return new KvClientConfig(seeds, nodePort, channels, networkThreads, maxInFlight, sessions);
    }

    public KvClientConfig withNetworkThreads(int threads) {
        return new KvClientConfig(seeds, nodePort, channelsPerNode, threads, maxInFlight, sessions);
    }

    public KvClientConfig withMaxInFlight(int operations) {
        return new KvClientConfig(seeds, nodePort, channelsPerNode, networkThreads, operations, sessions);
    }

    public KvClientConfig withoutSessions() {
        return new KvClientConfig(seeds, nodePort, channelsPerNode, networkThreads, maxInFlight, false);
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be " + min + ".." + max);
        }
    }
}
