package io.kvcluster.e2e.traffic;

import java.time.Duration;

/**
 * When something was broken, on the clock of the history.
 *
 * @param fromNanos before it was done
 * @param toNanos after it was undone, or was over
 */
public record Fault(String what, long fromNanos, long toNanos) {
    /** Runs it and notes when. */
    public static Fault make(String what, Runnable fault) {
        long from = System.nanoTime();
        fault.run();
        return new Fault(what, from, System.nanoTime());
    }

    /** It, and the time after it in which its consequences are excused. */
    boolean covers(long nanos, Duration after) {
        return nanos >= fromNanos && nanos <= toNanos + after.toNanos();
    }
}
