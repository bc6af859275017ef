package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;

/** What operations tell telemetry. Called on core loops; must be cheap. */
public interface OperationEvents {
    enum Kind {
        GET,
        PUT,
        DELETE
    }

    void finished(ConsistencyLevel level, Kind kind, Outcome outcome, long nanos);

    /** Too few replicas for the level. */
    void quorumFailed(Kind kind);

    /** A read made a replica hold what it lacked. */
    void readRepaired(int replicas);

    /** A client's or a peer's work was refused because a queue was full. */
    void overloaded();
}
