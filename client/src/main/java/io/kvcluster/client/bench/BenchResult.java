package io.kvcluster.client.bench;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a run showed while it was measured.
 *
 * @param seconds measured
 * @param clientCpuMicrosPerOperation of this process
 * @param timeline in order of time; at most {@link Bench#MOST_MOMENTS}
 * @param behind with a fixed rate: operations that were due when measuring ended and had no outcome yet
 */
public record BenchResult(
        double seconds,
        Latencies reads,
        Latencies puts,
        double clientCpuMicrosPerOperation,
        List<Moment> timeline,
        OptionalLong behind) {
    public BenchResult {
        timeline = List.copyOf(timeline);
    }

    public long operations() {
        return reads.operations() + puts.operations();
    }

    public long failures() {
        return reads.failures() + puts.failures();
    }

    public double perSecond() {
        return operations() / seconds;
    }
}
