package io.kvcluster.node.repair;

import io.kvcluster.node.command.Limits;
import java.time.Duration;

/**
 * Times and bounds of repair.
 *
 * @param tick between two looks at what is due
 * @param interval between two exchanges of one pair of replicas of one partition that nothing asks for
 * @param startSpread after a start every pair is due once within this time
 * @param retryAfter an exchange that failed is tried again after this, doubling up to {@code retryMax}
 * @param coverLag an exchange covers what is older than this: clients' writes that are under way must not fall below, and no read that
 *     is under way may hold an answer from before what is then collected. So at least the longest deadline and twice the largest
 *     clock offset
 * @param askDeadline for one question to a peer
 * @param bytesPerSecond of exchanges and hints that each loop drives, sent and received
 * @param scrubBytesPerSecond read back from the disk by each loop when a scrub is asked for
 * @param window questions of one exchange or replay on their way at once
 * @param sliceRows keys looked at in one turn of a loop
 * @param hintWindow a hint that is older is given up, and its partition exchanged with the target instead
 * @param hintPage hints read at once
 */
public record RepairConfig(
        Duration tick,
        Duration interval,
        Duration startSpread,
        Duration retryAfter,
        Duration retryMax,
        Duration coverLag,
        Duration askDeadline,
        long bytesPerSecond,
        long scrubBytesPerSecond,
        int window,
        int sliceRows,
        Duration hintWindow,
        int hintPage) {
    public RepairConfig {
        positive("tick", tick);
        positive("interval", interval);
        positive("retryAfter", retryAfter);
        positive("askDeadline", askDeadline);
        positive("hintWindow", hintWindow);
        require(!startSpread.isNegative(), "startSpread", startSpread, "not negative");
        require(!coverLag.isNegative(), "coverLag", coverLag, "not negative");
        require(retryMax.compareTo(retryAfter) >= 0, "retryMax", retryMax, "at least retryAfter");
        require(bytesPerSecond >= 1 << 10, "bytesPerSecond", bytesPerSecond, "at least 1024");
        require(scrubBytesPerSecond >= 1 << 10, "scrubBytesPerSecond", scrubBytesPerSecond, "at least 1024");
        require(window >= 1 && window <= 1_024, "window", window, "1..1024");
        require(sliceRows >= 1 && sliceRows <= 10_000, "sliceRows", sliceRows, "1..10000");
        require(hintPage >= 1 && hintPage <= 10_000, "hintPage", hintPage, "1..10000");
    }

    public static RepairConfig defaults() {
        return new RepairConfig(
                Duration.ofMillis(200),
                Duration.ofMinutes(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                Duration.ofMillis(Limits.MAX_DEADLINE_MILLIS + 2 * Limits.MAX_CLOCK_OFFSET_MILLIS),
                Duration.ofSeconds(5),
                16L << 20,
                32L << 20,
                16,
                1_000,
                Duration.ofHours(3),
                256);
    }

    private static void positive(String field, Duration value) {
        require(value.compareTo(Duration.ZERO) > 0, field, value, "more than nothing");
    }

    private static void require(boolean holds, String field, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException("repair." + field + " " + value + ": must be " + rule);
        }
    }
}
