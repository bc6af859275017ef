package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Limits;
import io.kvcluster.node.seams.Clock;
import java.util.concurrent.TimeUnit;

/** From what a client says about its patience to a command's deadline on the monotonic clock, in nanoseconds. */
final class Deadlines {
    private static final long STANDARD = TimeUnit.MILLISECONDS.toNanos(Limits.DEFAULT_DEADLINE_MILLIS);
    private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(Limits.MAX_DEADLINE_MILLIS);
    private static final long LARGEST_MARGIN = TimeUnit.MILLISECONDS.toNanos(50);

    private final Clock clock;

    Deadlines(Clock clock) {
        this.clock = clock;
    }

    /** For a client that names none. */
    long standard() {
        return clock.nanos() + STANDARD;
    }

    /**
     * For a client that waits so long from now. A tenth of it, at most 50 ms, is kept for the way back: an answer that says what
     * happened is worth more than the client's own time-out.
     */
    long within(long leftNanos) {
        long left = Math.clamp(leftNanos, 0, LONGEST);
        return clock.nanos() + left - Math.min(left / 10, LARGEST_MARGIN);
    }

    /** From now; negative when it has passed. */
    long leftNanos(long deadlineNanos) {
        return deadlineNanos - clock.nanos();
    }
}
