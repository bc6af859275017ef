package io.kvcluster.node.seams;

/** Time. Callable from any thread. */
public interface Clock {
    /** Milliseconds since 1970; may jump, drift, and go back. */
    long wallMillis();

    /** Monotonic nanoseconds from an arbitrary origin; compare by difference. */
    long nanos();
}
