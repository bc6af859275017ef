package io.kvcluster.local.kubelet;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a pod's container: the running process, or why there is none, how often it was started and how it ended
 * last. Owned by the kubelet's thread.
 */
final class Container {
    static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(5);
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(300);
    /** A process that ran this long starts again without delay. */
    private static final Duration STABLE = Duration.ofSeconds(30);

    /** A process and when it was started. */
    record Running(Process process, Instant startedAt) {}

    /** How a process ended. */
    record Ended(int exitCode, Instant startedAt, Instant finishedAt) {
        String reason() {
            return exitCode == 0 ? "Completed" : "Error";
        }
    }

    private @Nullable Running running;
    private @Nullable Ended last;
    private String waitingReason = "ContainerCreating";
    private String waitingMessage = "";
    private Instant notBefore = Instant.MIN;
    private Duration backOff = Duration.ZERO;
    private int restarts;

    Container(int restarts) {
        this.restarts = restarts;
    }

    Optional<Running> running() {
        return Optional.ofNullable(running);
    }

    Optional<Ended> last() {
        return Optional.ofNullable(last);
    }

    boolean mayStart(Instant now) {
        return running == null && !now.isBefore(notBefore);
    }

    void started(Process process, Instant now) {
        if (last != null) {
            restarts++;
        }
        running = new Running(process, now);
    }

    /** Notes why the container cannot be started, and when to try again. */
    void waits(String reason, String message, Instant until) {
        waitingReason = reason;
        waitingMessage = message;
        notBefore = until;
    }

    void ended(Running was, Instant now) {
        int code = was.process().exitValue();
        last = new Ended(code, was.startedAt(), now);
        running = null;
        boolean stable = Duration.between(was.startedAt(), now).compareTo(STABLE) > 0;
        Duration doubled = backOff.isZero() ? FIRST_BACK_OFF : backOff.multipliedBy(2);
        backOff = stable ? Duration.ZERO : doubled.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : doubled;
        waits(
                "CrashLoopBackOff",
                "back-off " + backOff.toMillis() + " ms restarting failed container",
                now.plus(backOff));
    }

    String waitingReason() {
        return waitingReason;
    }

    String waitingMessage() {
        return waitingMessage;
    }

    int restarts() {
        return restarts;
    }
}
