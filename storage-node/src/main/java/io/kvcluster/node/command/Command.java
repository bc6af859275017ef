package io.kvcluster.node.command;

import org.jspecify.annotations.Nullable;

/** One operation on one key, as a client gave it and after its limits were checked. Byte arrays are not copied and not to be changed. */
public sealed interface Command {
    Key key();

    /** The level asked for; null means the default of the ring. */
    @Nullable ConsistencyLevel level();

    /** When the client stops waiting, on the environment's monotonic clock, nanoseconds. */
    long deadlineNanos();

    /** The client's name for the request, for logs and traces; may be empty. */
    String requestId();

    /** True when another node passed it on: it is coordinated here or refused, never passed on again. */
    boolean forwarded();

    record Get(Key key, @Nullable ConsistencyLevel level, long deadlineNanos, String requestId, boolean forwarded)
            implements Command {}

    /**
     * @param contextToken opaque causal context of an earlier answer, empty for none
     * @param ttlMillis after which it counts as deleted, from the stamp on; 0 for never
     */
    record Put(
            Key key,
            byte[] value,
            byte[] contextToken,
            long ttlMillis,
            @Nullable ConsistencyLevel level,
            long deadlineNanos,
            String requestId,
            boolean forwarded)
            implements Command {

        /** One that does not expire. */
        public Put(
                Key key,
                byte[] value,
                byte[] contextToken,
                @Nullable ConsistencyLevel level,
                long deadlineNanos,
                String requestId,
                boolean forwarded) {
            this(key, value, contextToken, 0, level, deadlineNanos, requestId, forwarded);
        }
    }

    /** @param contextToken opaque causal context of an earlier answer, empty for none */
    record Delete(
            Key key,
            byte[] contextToken,
            @Nullable ConsistencyLevel level,
            long deadlineNanos,
            String requestId,
            boolean forwarded)
            implements Command {}
}
