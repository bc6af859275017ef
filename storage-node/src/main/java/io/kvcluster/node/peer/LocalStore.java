package io.kvcluster.node.peer;

/** What this store says of itself in a Hello and in heartbeats. Any thread. */
public interface LocalStore {
    /** The pod. */
    String name();

    /** 16 lower-case hex digits. */
    String storeId();

    int incarnation();

    /** Empty before the first ring. */
    String clusterId();

    /** The stable host name by which the ring knows this node. */
    String address();

    /** Never goes back, restarts included: peers refuse a store whose value did (a restored volume). */
    long durableLsn();

    /** Serves clients. */
    boolean ready();
}
