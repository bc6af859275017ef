package io.kvcluster.node;

import io.kvcluster.node.rpc.HealthView;
import io.kvcluster.proto.admin.NodeStatus.Phase;

/** Which part of its life the node is in, for probes, peers and the operator. Any thread. */
final class NodeState implements HealthView {
    private volatile Health health = new Health(Phase.RECOVERING, "the store is being opened");

    @Override
    public Health now() {
        return health;
    }

    void recovering(String message) {
        Health before = health;
        if (before.phase() == Phase.RECOVERING || before.phase() == Phase.WAITING_FOR_RING) {
            health = new Health(before.phase(), message);
        }
    }

    void enter(Phase phase, String message) {
        health = new Health(phase, message);
    }
}
