package io.kvcluster.client.bench;

import org.HdrHistogram.Histogram;

/**
 * What one interval of a run showed. Times are microseconds, of reads and puts together.
 *
 * @param second since measuring began, of the interval's end
 * @param failures operations without an answer
 */
public record Moment(
        double second, double readsPerSecond, double putsPerSecond, double p50, double p99, double max, long failures) {

    static Moment of(double second, double interval, Tally.Counts reads, Tally.Counts puts) {
        Histogram all = reads.nanos.copy();
        all.add(puts.nanos);
        return new Moment(
                second,
                reads.nanos.getTotalCount() / interval,
                puts.nanos.getTotalCount() / interval,
                Latencies.at(all, 50),
                Latencies.at(all, 99),
                Latencies.at(all, 100),
                reads.failures() + puts.failures());
    }
}
