package io.kvcluster.client.bench;

import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What one kind of operation showed. Times are microseconds.
 *
 * @param operations with an answer
 * @param notFound of these, reads that found nothing
 * @param errors by reason; not in the times
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
        Map<String, Long> errors) {

    static Latencies of(Tally tally, double seconds) {
        Histogram nanos = tally.latencies();
        long count = nanos.getTotalCount();
        return new Latencies(
                count,
                count / seconds,
                count == 0 ? 0 : nanos.getMean() / 1e3,
                at(nanos, 50),
                at(nanos, 90),
                at(nanos, 99),
                at(nanos, 99.9),
                nanos.getMaxValue() / 1e3,
                tally.notFound(),
                tally.errors());
    }

    private static double at(Histogram nanos, double percentile) {
        return nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(percentile) / 1e3;
    }

    public long failures() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
