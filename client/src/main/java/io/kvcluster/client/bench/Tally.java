package io.kvcluster.client.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Latencies and errors of one kind of operation since they were last taken. Any thread counts; one thread takes. */
final class Tally {
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    private final Recorder nanos = new Recorder(LONGEST_NANOS, DIGITS);
    /** Of reads that found nothing: a recorder of their own, so that their number and their latencies are taken at one moment. */
    private final Recorder nanosOfNothing = new Recorder(LONGEST_NANOS, DIGITS);

    private final LongAdder answered = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private Histogram recycled = nanos.getIntervalHistogram();
    private Histogram recycledOfNothing = nanosOfNothing.getIntervalHistogram();

    /** What was counted over some time. */
    static final class Counts {
        final Histogram nanos = new Histogram(LONGEST_NANOS, DIGITS);
        long notFound;
        final Map<String, Long> errors = new TreeMap<>();

        long failures() {
            return errors.values().stream().mapToLong(Long::longValue).sum();
        }

        void add(Counts more) {
            nanos.add(more.nanos);
            notFound += more.notFound;
            more.errors.forEach((reason, count) -> errors.merge(reason, count, Long::sum));
        }
    }

    void done(long latencyNanos) {
        count(nanos, latencyNanos);
    }

    void notFound(long latencyNanos) {
        count(nanosOfNothing, latencyNanos);
    }

    private void count(Recorder recorder, long latencyNanos) {
        recorder.recordValue(Math.clamp(latencyNanos, 1, LONGEST_NANOS));
        answered.increment();
    }

    /** Errors have no latency in the histogram: a fast refusal must not look like fast service. */
    void error(String reason) {
        errors.computeIfAbsent(reason, _ -> new LongAdder()).increment();
    }

    /** Answers since the start, taken or not. */
    long answered() {
        return answered.sum();
    }

    Counts take() {
        Counts counts = new Counts();
        recycled = nanos.getIntervalHistogram(recycled);
        counts.nanos.add(recycled);
        recycledOfNothing = nanosOfNothing.getIntervalHistogram(recycledOfNothing);
        counts.nanos.add(recycledOfNothing);
        counts.notFound = recycledOfNothing.getTotalCount();
        errors.forEach((reason, count) -> {
            long some = count.sumThenReset();
            if (some > 0) {
                counts.errors.put(reason, some);
            }
        });
        return counts;
    }
}
