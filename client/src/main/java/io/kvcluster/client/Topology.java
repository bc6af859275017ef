package io.kvcluster.client;

import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the client knows of the cluster at one moment. Immutable.
 *
 * @param ring empty until a node told one that this client understands; then any node is asked
 * @param nodesByStore where each member is reached
 * @param views the members as the asked node sees them
 */
record Topology(Optional<Ring> ring, Map<String, Node> nodesByStore, List<NodeView> views) {
    static final Topology UNKNOWN = new Topology(Optional.empty(), Map.of(), List.of());

    Topology {
        nodesByStore = Map.copyOf(nodesByStore);
        views = List.copyOf(views);
    }

    long epoch() {
        return ring.map(Ring::epoch).orElse(0L);
    }
}
