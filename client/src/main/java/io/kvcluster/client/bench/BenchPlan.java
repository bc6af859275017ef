package io.kvcluster.client.bench;

import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import java.time.Duration;

/**
 * What load to make.
 *
 * @param readPercent of the operations, 0..100; the rest are puts
 * @param keys how many different ones, 1..10,000,000
 * @param valueBytes 0..1,048,576
 * @param load whether all keys are put once before, so that reads find something
 * @param seed of all choices
 */
public record BenchPlan(
        RequestOptions request,
        Pace pace,
        int readPercent,
        KeyDistribution distribution,
        int keys,
        int valueBytes,
        boolean load,
        Duration warmUp,
        Duration duration,
        long seed) {
    public BenchPlan {
        check("reads", readPercent, 0, 100);
        check("keys", keys, 1, 10_000_000);
        check("value-size", valueBytes, 0, 1 << 20);
        check("warm-up seconds", warmUp.toSeconds(), 0, 3_600);
        if (duration.compareTo(Duration.ofMillis(100)) < 0 || duration.compareTo(Duration.ofHours(24)) > 0) {
            throw new IllegalArgumentException("duration is " + duration + ", but must be between 100 ms and 24 h");
        }
    }

    /** The same with another level, mix and pace. */
    public BenchPlan with(Level level, int reads, Pace newPace) {
        return new BenchPlan(
                request.at(level), newPace, reads, distribution, keys, valueBytes, load, warmUp, duration, seed);
    }

    /** The same without loading, and with another warm-up: for what runs after a plan on the same keys. */
    public BenchPlan after(Duration newWarmUp) {
        return new BenchPlan(
                request, pace, readPercent, distribution, keys, valueBytes, false, newWarmUp, duration, seed);
    }

    static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be " + min + ".." + max);
        }
    }
}
