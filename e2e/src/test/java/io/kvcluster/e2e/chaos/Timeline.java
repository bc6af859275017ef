package io.kvcluster.e2e.chaos;

import io.kvcluster.history.Operation;
import io.kvcluster.history.Outcome.NotApplied;
import io.kvcluster.history.Outcome.Unknown;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A run second by second: how much was acknowledged, how fast, what failed. */
final class Timeline {
    private static final long SECOND = 1_000_000_000L;

    private final long originNanos;
    private final List<Second> seconds;
    private final List<Injected> faults;

    /** @param p99Millis of the operations that were acknowledged in it; 0 when there were none */
    record Second(int acknowledged, int failed, double p99Millis) {}

    private Timeline(long originNanos, List<Second> seconds, List<Injected> faults) {
        this.originNanos = originNanos;
        this.seconds = seconds;
        this.faults = faults;
    }

    static Timeline of(ChaosRun run) {
        List<Operation> operations = new ArrayList<>();
        run.populations()
                .forEach(population -> operations.addAll(population.history().operations()));
        long origin =
                operations.stream().mapToLong(Operation::invokedNanos).min().orElse(0);
        long end =
                operations.stream().mapToLong(Operation::completedNanos).max().orElse(0);
        int count = (int) ((end - origin) / SECOND);
        List<List<Long>> latencies = new ArrayList<>();
        int[] failed = new int[count];
        for (int i = 0; i < count; i++) {
            latencies.add(new ArrayList<>());
        }
        for (Operation operation : operations) {
            int second = (int) ((operation.completedNanos() - origin) / SECOND);
            if (second >= count) {
                continue; // the last one is not whole
            }
            if (isAcknowledged(operation)) {
                latencies.get(second).add(operation.completedNanos() - operation.invokedNanos());
            } else {
                failed[second]++;
            }
        }
        List<Second> seconds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            seconds.add(new Second(latencies.get(i).size(), failed[i], percentileMillis(latencies.get(i), 99)));
        }
        return new Timeline(origin, List.copyOf(seconds), run.faults());
    }

    static boolean isAcknowledged(Operation operation) {
        return !(operation.outcome() instanceof Unknown || operation.outcome() instanceof NotApplied);
    }

    static double percentileMillis(List<Long> nanos, int percent) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6;
    }

    List<Second> seconds() {
        return seconds;
    }

    /** In seconds from the first operation. */
    double at(long nanos) {
        return (double) (nanos - originNanos) / SECOND;
    }

    private Second[] quiet() {
        List<Second> quiet = new ArrayList<>();
        for (int i = 0; i < seconds.size(); i++) {
            long from = originNanos + i * SECOND;
            if (faults.stream()
                    .noneMatch(fault ->
                            fault.kind().lane() == FaultKind.Lane.NODES && fault.touches(from, from + SECOND))) {
                quiet.add(seconds.get(i));
            }
        }
        return quiet.toArray(Second[]::new);
    }

    /** Acknowledged operations a second, in the seconds that no broken node touches; the ring may change in them. 0 when there is none. */
    double rateOutsideFaults() {
        return Arrays.stream(quiet()).mapToInt(Second::acknowledged).average().orElse(0);
    }

    double p99MillisOutsideFaults() {
        double[] sorted =
                Arrays.stream(quiet()).mapToDouble(Second::p99Millis).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }
}
