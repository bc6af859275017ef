package io.kvcluster.client.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What one kind of operation showed. Times are microseconds.
 *
 * @param operations with an answer
 * @param notFound of these, reads that found nothing
 * @param errors by reason; not in the times
 * @param curve time by percentile, from 0 to 99.999; without points beyond what so few operations can show
 */
public record Latencies(
        long operations,
        double perSecond,
        double mean,
        double p50,
        double p90,
        double p99,
        double p999,
        double max,
        long notFound,
        Map<String, Long> errors,
        List<Percentile> curve) {
    private static final double[] CURVE = {
        0, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92.5, 95, 96, 97, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99,
        99.999
    };

    public record Percentile(double percentile, double micros) {}

    public Latencies {
        curve = List.copyOf(curve);
    }

    static Latencies of(Tally.Counts counts, double seconds) {
        Histogram nanos = counts.nanos;
        long count = nanos.getTotalCount();
        return new Latencies(
                count,
                count / seconds,
                count == 0 ? 0 : nanos.getMean() / 1e3,
                at(nanos, 50),
                at(nanos, 90),
                at(nanos, 99),
                at(nanos, 99.9),
                at(nanos, 100),
                counts.notFound,
                counts.errors,
                Arrays.stream(CURVE)
                        .filter(percentile -> count * (1 - percentile / 100) >= 1)
                        .mapToObj(percentile -> new Percentile(percentile, at(nanos, percentile)))
                        .toList());
    }

    static double at(Histogram nanos, double percentile) {
        return nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(percentile) / 1e3;
    }

    public long failures() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
