package io.kvcluster.node.coordinator;

import com.google.protobuf.ByteString;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What one operation tells of its way when it is traced. Begun on the caller's thread, all else on the operation's loop.
 * Operations that are not traced have {@link #NONE}: one object for all, whose methods do nothing.
 */
public interface OperationTrace {
    OperationTrace NONE = new OperationTrace() {};

    /** What a replica is asked for. */
    enum Step {
        VERSION_QUESTION,
        READ,
        WRITE,
        WRITE_BACK,
        FORWARD
    }

    /** What messages to peers carry, so that their part joins this one; empty when nobody keeps it. */
    default ByteString context() {
        return ByteString.EMPTY;
    }

    /** @param replica the name of its node */
    default void asked(String replica, Step step) {}

    /** It answered or acknowledged. */
    default void answered(String replica) {}

    /** Replicas were slow: the others are asked too. */
    default void hedged() {}

    /** It was given what it lacked. */
    default void repaired(String replica) {}

    /** Replicas held different versions of the key. @param siblings values that are left */
    default void merged(int siblings) {}

    /** @param level null when it ended before its level was known */
    default void finished(@Nullable ConsistencyLevel level, Outcome outcome) {}
}
