package io.kvcluster.e2e.chaos;

import io.kvcluster.history.Operation;
import io.kvcluster.history.Outcome.Unknown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What one fault cost, counted until five seconds after it, or until the next node is broken. What fails near a broken node is counted
 * there, and not for a change that is under way.
 *
 * @param failed operations of all clients that were neither acknowledged nor answered; {@code unknown} of them with unknown outcome
 * @param firstSuccess from the beginning of the fault to the first success that began after it, of a key for which the broken node was asked
 *     first; empty: none
 * @param p99Millis of what was acknowledged meanwhile
 */
record FaultFigures(Injected injected, long failed, long unknown, Optional<Duration> firstSuccess, double p99Millis) {

    /** Of all faults of a run, in their order. */
    static List<FaultFigures> of(ChaosRun run) {
        List<Operation> operations = new ArrayList<>();
        run.populations()
                .forEach(population -> operations.addAll(population.history().operations()));
        operations.sort(Comparator.comparingLong(Operation::completedNanos));
        List<String> hot = Populations.hotKeys();
        return run.faults().stream()
                .map(fault -> of(fault, run.faults(), operations, hot))
                .toList();
    }

    private static FaultFigures of(
            Injected injected, List<Injected> all, List<Operation> operations, List<String> hot) {
        List<Injected> others = all.stream()
                .filter(other -> other != injected && other.kind().isAbrupt())
                .toList();
        long from = injected.fault().fromNanos();
        long next = !injected.kind().isAbrupt()
                ? Long.MAX_VALUE
                : others.stream()
                        .mapToLong(other -> other.fault().fromNanos())
                        .filter(begin -> begin > from)
                        .min()
                        .orElse(Long.MAX_VALUE);
        List<Long> latencies = new ArrayList<>();
        Set<String> keys = injected.keys().isEmpty() ? new HashSet<>(hot) : injected.keys();
        Optional<Duration> first = Optional.empty();
        long failed = 0;
        long unknown = 0;
        for (int i = firstFrom(operations, from); i < operations.size(); i++) {
            Operation operation = operations.get(i);
            if (!injected.isNear(operation.completedNanos()) || operation.completedNanos() >= next) {
                break;
            }
            if (Timeline.isAcknowledged(operation)) {
                latencies.add(operation.completedNanos() - operation.invokedNanos());
                if (first.isEmpty() && operation.invokedNanos() >= from && keys.contains(operation.key())) {
                    first = Optional.of(Duration.ofNanos(operation.completedNanos() - from));
                }
            } else if (injected.kind().isAbrupt()
                    || others.stream().noneMatch(other -> other.excuses(operation.completedNanos()))) {
                failed++;
                unknown += operation.outcome() instanceof Unknown ? 1 : 0;
            }
        }
        return new FaultFigures(injected, failed, unknown, first, Timeline.percentileMillis(latencies, 99));
    }

    private static int firstFrom(List<Operation> operations, long nanos) {
        int low = 0;
        int high = operations.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (operations.get(middle).completedNanos() < nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    Optional<Duration> lasted() {
        return Optional.of(injected.lasted());
    }

    Optional<Duration> whole() {
        return injected.recovery().whole();
    }

    Optional<Duration> equal() {
        return injected.recovery().equal();
    }

    /** Of several, in seconds. @return empty when none has it */
    static Optional<double[]> middleAndMost(
            List<FaultFigures> figures, Function<FaultFigures, Optional<Duration>> value) {
        double[] sorted = figures.stream()
                .flatMap(each -> value.apply(each).stream())
                .mapToDouble(time -> time.toMillis() / 1e3)
                .sorted()
                .toArray();
        return sorted.length == 0
                ? Optional.empty()
                : Optional.of(new double[] {sorted[sorted.length / 2], sorted[sorted.length - 1]});
    }
}
