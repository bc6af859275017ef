package io.kvcluster.node.resolver;

/** What telemetry is told. Any thread; must be cheap. */
public interface ResolverEvents {
    /** Why the values stay side by side. */
    enum Failure {
        /** No jar of the resolver directory has it. */
        MISSING,
        THREW,
        TOO_LARGE,
        TOO_SLOW,
        /** Too many calls wait, or every thread is held by one that does not end. */
        BUSY
    }

    /** So many concurrent values became one. */
    default void resolved(int values) {}

    default void failed(Failure why) {}
}
