package io.kvcluster.client.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Latencies and errors of one kind of operation. Any thread. */
final class Tally {
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private final ConcurrentHistogram nanos = new ConcurrentHistogram(LONGEST_NANOS, 3);
    private final LongAdder notFound = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();

    void done(long latencyNanos) {
        nanos.recordValue(Math.clamp(latencyNanos, 1, LONGEST_NANOS));
    }

    void notFound(long latencyNanos) {
        notFound.increment();
        done(latencyNanos);
    }

    /** Errors have no latency in the histogram: a fast refusal must not look like fast service. */
    void error(String reason) {
        errors.computeIfAbsent(reason, _ -> new LongAdder()).increment();
    }

    long count() {
        return nanos.getTotalCount();
    }

    Histogram latencies() {
        return nanos.copy();
    }

    long notFound() {
        return notFound.sum();
    }

    Map<String, Long> errors() {
        Map<String, Long> counts = new TreeMap<>();
        errors.forEach((reason, count) -> counts.put(reason, count.sum()));
        return counts;
    }
}
