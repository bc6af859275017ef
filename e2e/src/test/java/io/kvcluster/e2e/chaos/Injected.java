package io.kvcluster.e2e.chaos;

import io.kvcluster.e2e.traffic.Fault;
import java.time.Duration;

/** A fault that was made. */
record Injected(FaultKind kind, String pod, Fault fault) {
    /** How long after a fault its consequences are excused. */
    static final Duration EXCUSED = Duration.ofSeconds(5);

    /** During it, or so soon after it that it is to blame. */
    boolean excuses(long nanos) {
        return nanos >= fault.fromNanos() && nanos <= fault.toNanos() + EXCUSED.toNanos();
    }

    boolean touches(long fromNanos, long toNanos) {
        return fault.fromNanos() <= toNanos && fault.toNanos() >= fromNanos;
    }
}
