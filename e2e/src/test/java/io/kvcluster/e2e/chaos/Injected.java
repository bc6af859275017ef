package io.kvcluster.e2e.chaos;

import io.kvcluster.e2e.traffic.Fault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A fault that was made, or a change that was asked for.
 *
 * @param subject a pod, a zone, or what it was about; for people
 * @param keys whose success shows that it does no more harm: hot ones whose first replica is broken. Empty: any hot key
 * @param fault for a change until it is done
 * @param recovery what came after it
 */
record Injected(FaultKind kind, String subject, Set<String> keys, Fault fault, Recovery recovery) {
    /** How long after a fault its consequences are excused. */
    static final Duration EXCUSED = Duration.ofSeconds(5);

    /**
     * From the end of the fault on.
     *
     * @param whole until every member served and saw every other, or the operator worked again; empty for a change
     * @param equal until every replica had what was acknowledged meanwhile; empty where that was not measured, or not before the end
     */
    record Recovery(Optional<Duration> whole, Optional<Duration> equal) {
        static final Recovery NONE = new Recovery(Optional.empty(), Optional.empty());
    }

    Injected {
        keys = Set.copyOf(keys);
    }

    /** Calls may be broken by it. */
    boolean excuses(long nanos) {
        return kind.isAbrupt() && isNear(nanos);
    }

    /** During it, or soon after it. */
    boolean isNear(long nanos) {
        return nanos >= fault.fromNanos() && nanos <= fault.toNanos() + EXCUSED.toNanos();
    }

    boolean touches(long fromNanos, long toNanos) {
        return fault.fromNanos() <= toNanos && fault.toNanos() >= fromNanos;
    }

    Duration lasted() {
        return Duration.ofNanos(fault.toNanos() - fault.fromNanos());
    }
}
