package io.kvcluster.node.peer;

import java.util.random.RandomGenerator;

/** How long to wait before the next try: doubles from {@code min} to {@code max}, the upper half of each wait by chance. */
final class Backoff {
    private final long minNanos;
    private final long maxNanos;
    private final RandomGenerator random;
    private int tries;

    Backoff(long minNanos, long maxNanos, RandomGenerator random) {
        this.minNanos = minNanos;
        this.maxNanos = maxNanos;
        this.random = random;
    }

    long nextNanos() {
        long wait = Math.min(maxNanos, minNanos << Math.min(tries, 20));
        tries++;
        return wait / 2 + random.nextLong(wait / 2 + 1);
    }

    int tries() {
        return tries;
    }

    void reset() {
        tries = 0;
    }
}
