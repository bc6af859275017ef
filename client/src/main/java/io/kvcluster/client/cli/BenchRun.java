package io.kvcluster.client.cli;

import io.kvcluster.client.bench.BenchPlan;
import io.kvcluster.client.bench.BenchResult;
import io.kvcluster.client.bench.Pace;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** A plan and what it showed. */
record BenchRun(BenchPlan plan, BenchResult result, ServerFigures figures) {

    static String title(BenchPlan plan) {
        return plan.request().level().label() + ", " + plan.readPercent() + "% reads, " + pace(plan.pace());
    }

    static String pace(Pace pace) {
        return switch (pace) {
            case Pace.Closed closed -> closed.inFlight() + " in flight";
            case Pace.Open open -> Units.count(open.perSecond()) + "/s asked";
        };
    }

    String title() {
        return title(plan);
    }

    /** What a sweep's plots have on their x axis. */
    double paceValue() {
        return switch (plan.pace()) {
            case Pace.Closed closed -> closed.inFlight();
            case Pace.Open open -> open.perSecond();
        };
    }

    /** Of all servers together; empty when one of them was not seen before and after. */
    OptionalDouble serverCpuMicros() {
        if (!figures.isComplete()) {
            return OptionalDouble.empty();
        }
        double seconds = figures.used().stream()
                .mapToDouble(ServerFigures.Used::cpuSeconds)
                .sum();
        return OptionalDouble.of(seconds * 1e6 / Math.max(1, result.operations()));
    }

    OptionalDouble serverResidentBytes() {
        return figures.isComplete()
                ? OptionalDouble.of(figures.used().stream()
                        .mapToDouble(ServerFigures.Used::residentAfter)
                        .sum())
                : OptionalDouble.empty();
    }

    Map<String, Long> errors() {
        Map<String, Long> errors = new TreeMap<>(result.reads().errors());
        result.puts().errors().forEach((reason, count) -> errors.merge(reason, count, Long::sum));
        return errors;
    }

    /** A rate that the cluster did not keep: latencies then grow for as long as the run lasts, and mean little. */
    boolean fellBehind() {
        return plan.pace() instanceof Pace.Open open
                && result.behind().orElse(0) > Math.max(100, open.perSecond() / 10);
    }
}
