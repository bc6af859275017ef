package io.kvcluster.operator.nodeadmin;

import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.ring.RingCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The operator's line to the storage nodes. Every method may be called from any thread. */
public interface NodeAdmin extends AutoCloseable {
    /** Learns of changes that may decide something: liveness, phase, store, ring, peers. Called on the watcher's own thread. */
    interface Listener {
        void changed(ClusterKey cluster);
    }

    void listen(Listener listener);

    /** Keeps a status stream to exactly these nodes of a cluster; returns at once. A node silent for {@code downAfter} is down. */
    void watch(ClusterKey cluster, Set<NodeTarget> nodes, Duration downAfter);

    /** Ends all streams of a cluster. */
    void forget(ClusterKey cluster);

    /** What is known of the watched nodes, by pod uid. */
    Map<String, NodeState> states(ClusterKey cluster);

    /** Since when this operator process watches the cluster's nodes without interruption; empty when it does not. */
    Optional<Instant> watchedSince(ClusterKey cluster);

    /** The ring that a node uses; empty when it has none or did not answer within the call's deadline. Blocks. */
    Optional<RingCheck> fetchRing(NodeTarget node);

    /** Gives a node the ring and returns when it is durable there, or it is clear that it is not. Blocks. */
    PushOutcome push(ClusterKey cluster, NodeTarget node, Publication publication);

    @Override
    void close();
}
