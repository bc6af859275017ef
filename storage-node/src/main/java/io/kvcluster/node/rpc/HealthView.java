package io.kvcluster.node.rpc;

import io.kvcluster.proto.admin.NodeStatus;

/** How the node is, for probes and people. Any thread; returns at once. */
public interface HealthView {
    Health now();

    /** @param message why, when it is not serving; a sentence or empty */
    record Health(NodeStatus.Phase phase, String message) {
        /** True when clients' operations have a chance. */
        public boolean ready() {
            return phase == NodeStatus.Phase.SERVING;
        }
    }
}
