package io.kvcluster.node.repair;

import java.time.Duration;

final class RepairConfigs {
    /** Exchanges only where something is known to differ, or long ago; covers what is a second old. */
    static final RepairConfig QUICK = with(Duration.ofMinutes(10), Duration.ofHours(3));

    private RepairConfigs() {}

    static RepairConfig with(Duration interval, Duration hintWindow) {
        return of(interval, hintWindow, 64L << 20, 64L << 20);
    }

    static RepairConfig scrubbing(long bytesPerSecond) {
        return of(Duration.ofMinutes(10), Duration.ofHours(3), 64L << 20, bytesPerSecond);
    }

    /** Exchanges and hints move so much. */
    static RepairConfig slow(long bytesPerSecond) {
        return of(Duration.ofMinutes(10), Duration.ofHours(3), bytesPerSecond, 64L << 20);
    }

    private static RepairConfig of(
            Duration interval, Duration hintWindow, long bytesPerSecond, long scrubBytesPerSecond) {
        return new RepairConfig(
                Duration.ofMillis(100),
                interval,
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                Duration.ofSeconds(4),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                bytesPerSecond,
                scrubBytesPerSecond,
                16,
                500,
                hintWindow,
                64);
    }
}
