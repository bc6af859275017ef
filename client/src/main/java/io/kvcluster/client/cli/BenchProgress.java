package io.kvcluster.client.cli;

import io.kvcluster.client.bench.Bench;
import io.kvcluster.client.bench.BenchPlan;
import java.time.Duration;
import java.util.Locale;

/** What a running bench shows. One thread. */
final class BenchProgress {
    private final Bench bench;
    private final BenchPlan plan;
    private Bench.Phase phase = Bench.Phase.LOAD;
    private long phaseBegin = System.nanoTime();
    private long lastCount;
    private long lastNanos = phaseBegin;

    BenchProgress(Bench bench, BenchPlan plan) {
        this.bench = bench;
        this.plan = plan;
    }

    String line() {
        Bench.Phase now = bench.phase();
        long nanos = System.nanoTime();
        if (now != phase) {
            phase = now;
            phaseBegin = nanos;
            lastCount = 0;
            lastNanos = nanos;
        }
        long count = now == Bench.Phase.LOAD ? bench.loaded() : bench.answered();
        double rate = Math.max(0, count - lastCount) / Math.max(1e-3, (nanos - lastNanos) / 1e9);
        lastCount = count;
        lastNanos = nanos;
        Duration spent = Duration.ofNanos(nanos - phaseBegin);
        return switch (now) {
            case LOAD -> text("load", (double) count / plan.keys(), rate);
            case WARM_UP -> text("warm-up", share(spent, plan.warmUp()), rate);
            case MEASURE -> text("measure", share(spent, plan.duration()), rate);
        };
    }

    private static double share(Duration spent, Duration whole) {
        return Math.min(1, spent.toNanos() / (double) Math.max(1, whole.toNanos()));
    }

    private static String text(String what, double fraction, double rate) {
        return String.format(
                Locale.ROOT,
                "%-8s %s %3.0f%%  %s op/s",
                what,
                Units.bar(fraction, 20),
                fraction * 100,
                Units.count(rate));
    }
}
