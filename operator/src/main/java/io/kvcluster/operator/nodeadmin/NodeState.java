package io.kvcluster.operator.nodeadmin;

import java.time.Instant;
import java.util.Optional;

/**
 * What the operator knows of a pod's node.
 *
 * @param since when liveness got its value
 * @param heardAt when the last report arrived
 * @param report the last one, also of a node that is silent by now
 * @param acknowledged what the node acknowledged last to this operator process: it is durable there, and in use
 */
public record NodeState(
        Liveness liveness,
        Instant since,
        Optional<Instant> heardAt,
        Optional<NodeReport> report,
        Optional<Publication> acknowledged) {
    public boolean isUp() {
        return liveness == Liveness.UP;
    }
}
