package io.kvcluster.e2e.chaos;

import io.kvcluster.history.Operation;
import io.kvcluster.history.Outcome.Unknown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What one fault cost, counted until five seconds after it, or until the next one begins.
 *
 * @param failed operations of all clients that were neither acknowledged nor answered; {@code unknown} of them with unknown outcome
 * @param firstSuccess from the beginning of the fault to the first success that began after it, of a hot key whose first replica is the
 *     broken node; empty: none
 * @param p99Millis of what was acknowledged meanwhile
 * @param timeToEqual from its end until every replica had what was written during it; empty: not before the end of the run
 */
record FaultFigures(
        Injected injected,
        long failed,
        long unknown,
        Optional<Duration> firstSuccess,
        double p99Millis,
        Optional<Duration> timeToEqual) {

    /** @param primaryOf the node that clients ask first, of the keys for which it is known */
    static FaultFigures of(
            Injected injected, ChaosRun run, Map<String, String> primaryOf, Optional<Duration> timeToEqual) {
        long next = run.faults().stream()
                .mapToLong(other -> other.fault().fromNanos())
                .filter(begin -> begin > injected.fault().fromNanos())
                .min()
                .orElse(Long.MAX_VALUE);
        List<Operation> near = new ArrayList<>();
        for (Population population : run.populations()) {
            population.history().operations().stream()
                    .filter(operation ->
                            injected.excuses(operation.completedNanos()) && operation.completedNanos() < next)
                    .forEach(near::add);
        }
        List<Operation> failures = near.stream()
                .filter(operation -> !Timeline.isAcknowledged(operation))
                .toList();
        long from = injected.fault().fromNanos();
        Optional<Duration> first = near.stream()
                .filter(operation -> Timeline.isAcknowledged(operation)
                        && operation.invokedNanos() >= from
                        && injected.pod().equals(primaryOf.get(operation.key())))
                .min(Comparator.comparingLong(Operation::completedNanos))
                .map(operation -> Duration.ofNanos(operation.completedNanos() - from));
        List<Long> latencies = near.stream()
                .filter(Timeline::isAcknowledged)
                .map(operation -> operation.completedNanos() - operation.invokedNanos())
                .toList();
        return new FaultFigures(
                injected,
                failures.size(),
                failures.stream()
                        .filter(operation -> operation.outcome() instanceof Unknown)
                        .count(),
                first,
                Timeline.percentileMillis(latencies, 99),
                timeToEqual);
    }

    /** Of several, the middle one; empty values count as infinite. */
    static double median(List<FaultFigures> figures, ToDoubleFunction<FaultFigures> value) {
        double[] sorted = figures.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    double firstSuccessSeconds() {
        return seconds(firstSuccess);
    }

    double timeToEqualSeconds() {
        return seconds(timeToEqual);
    }

    private static double seconds(Optional<Duration> time) {
        return time.map(some -> some.toMillis() / 1e3).orElse(Double.POSITIVE_INFINITY);
    }
}
