package io.kvcluster.client.cli;

import io.kvcluster.client.bench.Bench;
import io.kvcluster.client.bench.BenchPlan;
import java.time.Duration;
import java.util.Locale;

/** What a running bench shows. One thread. */
final class BenchProgress {
    private final Bench bench;
    private final BenchPlan plan;
    private final String title;
    private Bench.Phase phase;
    private long phaseBegin;
    private long lastCount;
    private long lastNanos;

    BenchProgress(Bench bench, BenchPlan plan, String title) {
        this.bench = bench;
        this.plan = plan;
        this.title = title;
        this.phase = bench.phase();
        this.phaseBegin = System.nanoTime();
        this.lastNanos = phaseBegin;
    }

    String line() {
        Bench.Phase now = bench.phase();
        long nanos = System.nanoTime();
        long count = now == Bench.Phase.LOAD ? bench.loaded() : bench.answered();
        if (now != phase) { // the first line of a phase has no interval to tell a rate of
            phase = now;
            phaseBegin = nanos;
            lastCount = count;
            lastNanos = nanos;
            return text(now, 0, "");
        }
        double perSecond = Math.max(0, count - lastCount) / Math.max(1e-3, (nanos - lastNanos) / 1e9);
        String rate = "  " + Units.count(perSecond) + " op/s";
        lastCount = count;
        lastNanos = nanos;
        Duration spent = Duration.ofNanos(nanos - phaseBegin);
        return switch (now) {
            case LOAD -> text(now, (double) count / plan.keys(), rate);
            case WARM_UP -> text(now, share(spent, plan.warmUp()), rate);
            case MEASURE -> text(now, share(spent, plan.duration()), rate);
        };
    }

    private static double share(Duration spent, Duration whole) {
        return Math.min(1, spent.toNanos() / (double) Math.max(1, whole.toNanos()));
    }

    private String text(Bench.Phase phase, double fraction, String rate) {
        String name = phase.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return title
                + String.format(Locale.ROOT, "%-8s %s %3.0f%%%s", name, Units.bar(fraction, 20), fraction * 100, rate);
    }
}
