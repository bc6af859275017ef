package io.kvcluster.node.peer;

import io.kvcluster.node.command.Limits;
import io.kvcluster.node.seams.Clock;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the wall clocks of this node and its peers: heartbeats tell theirs, and a frame that was refused tells that its sender
 * is far ahead. On the peer loop. A node whose clock differs from those of a majority of the members by more than peers accept stops
 * coordinating, since its stamps or theirs are refused; it goes on by itself when the clocks agree again.
 */
final class ClockWatch {
    /** A difference that is told in the log; far below what stops anything. */
    static final long WARN_MILLIS = 500;

    /** What a peer said longer ago than this says nothing of its clock now. */
    private static final long FRESH_NANOS = 5_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);

    /** What one peer's clock showed, and when. Of the few last ones the greatest counts: what was late on its way shows less. */
    static final class Samples {
        private static final int KEPT = 5;

        private record Sample(long aheadOfMonotonicMillis, long heardNanos) {}

        private final ArrayDeque<Sample> last = new ArrayDeque<>(KEPT);
        boolean warned;

        void add(long theirMillis, long nowNanos) {
            if (last.size() == KEPT) {
                last.removeFirst();
            }
            last.addLast(new Sample(theirMillis - nowNanos / 1_000_000, nowNanos));
        }

        /** Their clock minus ours; empty when they were not heard lately. */
        Optional<Long> offset(long wallMillis, long nowNanos) {
            return last.stream()
                    .filter(sample -> nowNanos - sample.heardNanos <= FRESH_NANOS)
                    .map(sample -> sample.aheadOfMonotonicMillis + nowNanos / 1_000_000 - wallMillis)
                    .max(Comparator.naturalOrder());
        }
    }

    private final Clock clock;
    private volatile ClockReport report = ClockReport.UNKNOWN;

    ClockWatch(Clock clock) {
        this.clock = clock;
    }

    /** Any thread. */
    ClockReport report() {
        return report;
    }

    /** A peer's clock, by its heartbeat or by the stamp of a frame that was too far ahead to be taken. */
    void heard(Peer peer, long theirMillis) {
        if (theirMillis > 0) { // 0: an older version that does not tell
            peer.clock.add(theirMillis, clock.nanos());
        }
    }

    void look(Collection<Peer> peers) {
        long nowNanos = clock.nanos();
        long wallMillis = clock.wallMillis();
        int members = 1;
        int apart = 0;
        long largest = 0;
        for (Peer peer : peers) {
            if (peer.isStranger()) {
                continue;
            }
            members++;
            Optional<Long> offset = peer.clock.offset(wallMillis, nowNanos);
            offset.ifPresent(millis -> warn(peer, millis));
            long millis = offset.orElse(0L);
            apart += Math.abs(millis) > Limits.MAX_CLOCK_OFFSET_MILLIS ? 1 : 0;
            largest = Math.abs(millis) > Math.abs(largest) ? millis : largest;
        }
        publish(apart >= members / 2 + 1, apart, members, largest);
    }

    private void publish(boolean outOfStep, int apart, int members, long largest) {
        ClockReport before = report;
        String message = outOfStep
                ? "the clock of this node differs by more than " + Limits.MAX_CLOCK_OFFSET_MILLIS + " ms from " + apart
                        + " of the " + (members - 1) + " other members (by " + largest
                        + " ms): it coordinates nothing until they agree"
                : Math.abs(largest) > WARN_MILLIS ? "the clock of a peer differs by " + largest + " ms" : "";
        report = new ClockReport(outOfStep, largest, message);
        if (outOfStep && !before.outOfStep()) {
            log.error("event=clock-skew {}", message);
        } else if (!outOfStep && before.outOfStep()) {
            log.info("event=clock-skew-over the clocks agree again; this node coordinates");
        }
    }

    private static void warn(Peer peer, long millis) {
        boolean far = Math.abs(millis) > WARN_MILLIS;
        if (far && !peer.clock.warned) {
            log.warn(
                    "event=clock-drift peer={} offsetMillis={} : synchronize the clocks, from {} ms on messages are refused",
                    peer.name,
                    millis,
                    Limits.MAX_CLOCK_OFFSET_MILLIS);
        }
        peer.clock.warned = far;
    }
}
