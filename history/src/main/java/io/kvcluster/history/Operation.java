package io.kvcluster.history;

import java.util.Locale;
import java.util.Objects;

/**
 * One operation from its invocation to its completion. Times are nanoseconds of one monotonic or virtual clock that all
 * clients of the history share (on one machine System.nanoTime of several processes is one clock). Operation a precedes
 * operation b when a.completedNanos &lt; b.invokedNanos; with equal times they are concurrent.
 */
public record Operation(
        long id, String client, String key, Action action, Outcome outcome, long invokedNanos, long completedNanos) {

    public Operation {
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(key, "key");
        if (completedNanos < invokedNanos) {
            throw new IllegalArgumentException("operation " + id + ": completed at " + completedNanos
                    + " ns, before it was invoked at " + invokedNanos + " ns");
        }
        boolean fits = switch (outcome) {
            case Outcome.Found _, Outcome.Absent _ -> action instanceof Action.Get;
            case Outcome.Applied _ -> !(action instanceof Action.Get);
            case Outcome.NotApplied _, Outcome.Unknown _ -> true;
        };
        if (!fits) {
            throw new IllegalArgumentException(
                    "operation " + id + ": outcome " + outcome + " is impossible for action " + action);
        }
    }

    boolean isWrite() {
        return !(action instanceof Action.Get);
    }

    boolean isAcknowledgedWrite() {
        return outcome instanceof Outcome.Applied;
    }

    /** A read that has an answer. */
    boolean isAnsweredRead() {
        return outcome instanceof Outcome.Found || outcome instanceof Outcome.Absent;
    }

    boolean wasNotApplied() {
        return outcome instanceof Outcome.NotApplied;
    }

    /** When the operation has certainly taken effect, if it has: Long.MAX_VALUE for a write of unknown outcome. */
    long effectBy() {
        return outcome instanceof Outcome.Unknown ? Long.MAX_VALUE : completedNanos;
    }

    boolean precedes(Operation other) {
        return effectBy() < other.invokedNanos;
    }

    /** One line for people; times in milliseconds after {@code originNanos}. */
    String describe(long originNanos) {
        String what = switch (action) {
            case Action.Get _ -> "get";
            case Action.Put(String value) -> "put " + value;
            case Action.Delete _ -> "delete";
        };
        String how = switch (outcome) {
            case Outcome.Found(String value) -> "found " + value;
            case Outcome.Absent _ -> "found nothing";
            case Outcome.Applied _ -> "applied";
            case Outcome.NotApplied(String reason) -> "not applied (" + reason + ")";
            case Outcome.Unknown(String reason) -> "unknown (" + reason + "): may take effect later or never";
        };
        return String.format(
                Locale.ROOT,
                "%12.3f .. %12.3f ms  %-8s #%-6d %s -> %s",
                (invokedNanos - originNanos) / 1e6,
                (completedNanos - originNanos) / 1e6,
                client,
                id,
                what,
                how);
    }
}
