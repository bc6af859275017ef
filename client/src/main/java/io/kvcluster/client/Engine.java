package io.kvcluster.client;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** What every operation in flight uses: the nodes, the timer, time and chance. */
record Engine(
        Nodes nodes, Discovery discovery, ScheduledExecutorService timer, LongSupplier clock, RandomGenerator random) {

    long nanoTime() {
        return clock.getAsLong();
    }

    /** Doubles with each attempt up to the longest; the upper half of it is chance, so that clients do not march in step. */
    long pauseNanos(Duration first, Duration longest, int attempt) {
        long full = Math.min(longest.toNanos(), first.toNanos() << Math.min(attempt - 1, 20));
        return full / 2 + random.nextLong(full / 2 + 1);
    }
}
