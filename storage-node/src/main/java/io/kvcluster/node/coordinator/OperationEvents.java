package io.kvcluster.node.coordinator;

import com.google.protobuf.ByteString;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.resolver.ResolverEvents;

/** What operations tell telemetry. Called on core loops; must be cheap. */
public interface OperationEvents extends ResolverEvents {
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

    /** Whether operations are traced. Asked once for each; while false, nothing below is called. */
    default boolean tracing() {
        return false;
    }

    /** An operation begins, as a part of what the calling thread is in. */
    default OperationTrace begin(Kind kind, int partition, String requestId) {
        return OperationTrace.NONE;
    }

    /** Runs the work as a part of a peer's operation. @param context of the peer's {@link OperationTrace} */
    default void within(ByteString context, Runnable work) {
        work.run();
    }

    /** A replica's part of a peer's operation begins; it ends when the result runs. */
    default Runnable served(ByteString context, OperationTrace.Step step) {
        return () -> {};
    }
}
