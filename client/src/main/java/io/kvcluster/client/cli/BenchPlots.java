package io.kvcluster.client.cli;

import io.kvcluster.client.bench.Latencies;
import io.kvcluster.client.bench.Moment;
import io.kvcluster.client.bench.Pace;
import io.kvcluster.client.plot.BarChart;
import io.kvcluster.client.plot.LineChart;
import io.kvcluster.client.plot.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The plots of a bench: of a sweep, how runs compare; of each run, how it went over time. */
final class BenchPlots {
    private BenchPlots() {}

    /** @param name of its file, without ending */
    record Plot(String name, String svg) {}

    static List<Plot> of(List<BenchRun> runs) {
        List<Plot> plots = new ArrayList<>();
        if (runs.size() > 1) {
            plots.addAll(comparison(runs));
        }
        for (int i = 0; i < runs.size(); i++) {
            plots.addAll(of(runs.get(i), runs.size() == 1 ? "" : "run-" + (i + 1) + "-"));
        }
        return plots;
    }

    /** How runs compare: over the pace when that varies, else side by side. */
    static List<Plot> comparison(List<BenchRun> runs) {
        List<Plot> plots = new ArrayList<>();
        plots.add(new Plot(
                "throughput",
                compared("Throughput", "op/s", false, runs, run -> run.result().perSecond())));
        plots.add(new Plot(
                "latency-p50", compared("Median latency", "ms", true, runs, run -> worst(run, Latencies::p50) / 1e3)));
        plots.add(new Plot(
                "latency-p99",
                compared("99th percentile of latency", "ms", true, runs, run -> worst(run, Latencies::p99) / 1e3)));
        if (runs.stream().allMatch(run -> run.serverCpuMicros().isPresent())) {
            plots.add(new Plot(
                    "server-cpu",
                    compared(
                            "CPU of the servers for one operation",
                            "µs",
                            false,
                            runs,
                            run -> run.serverCpuMicros().orElse(0))));
        }
        return plots;
    }

    static List<Plot> of(BenchRun run, String prefix) {
        List<Moment> timeline = run.result().timeline();
        List<Plot> plots = new ArrayList<>();
        if (timeline.size() > 1) {
            plots.add(new Plot(prefix + "throughput-over-time", throughput(timeline)));
            plots.add(new Plot(prefix + "latency-over-time", latency(timeline)));
        }
        plots.add(new Plot(prefix + "percentiles", percentiles(run)));
        if (!run.figures().used().isEmpty()) {
            plots.add(new Plot(prefix + "servers", memory(run)));
        }
        return plots;
    }

    private static double worst(BenchRun run, ToDoubleFunction<Latencies> figure) {
        return Math.max(
                figure.applyAsDouble(run.result().reads()),
                figure.applyAsDouble(run.result().puts()));
    }

    private static String compared(
            String title, String unit, boolean logarithmic, List<BenchRun> runs, ToDoubleFunction<BenchRun> figure) {
        long paces = runs.stream().map(run -> run.plan().pace()).distinct().count();
        if (paces == 1) {
            return new BarChart(
                            title,
                            unit,
                            runs.stream().map(BenchPlots::kind).toList(),
                            List.of(title),
                            List.of(runs.stream().map(figure::applyAsDouble).toList()))
                    .svg();
        }
        Map<String, List<BenchRun>> kinds = new LinkedHashMap<>();
        runs.forEach(
                run -> kinds.computeIfAbsent(kind(run), _ -> new ArrayList<>()).add(run));
        List<Series> lines = kinds.entrySet().stream()
                .map(each -> {
                    List<BenchRun> sorted = each.getValue().stream()
                            .sorted(java.util.Comparator.comparingDouble(BenchRun::paceValue))
                            .toList();
                    return new Series(
                            each.getKey(),
                            sorted.stream().map(BenchPlots::position).toList(),
                            sorted.stream().map(figure::applyAsDouble).toList());
                })
                .toList();
        boolean open = runs.getFirst().plan().pace() instanceof Pace.Open;
        LineChart chart = LineChart.of(title, open ? "operations asked a second" : "operations in flight", unit, lines)
                .withXLabels(runs.stream()
                        .map(BenchRun::paceValue)
                        .distinct()
                        .sorted()
                        .map(value -> new LineChart.XLabel(position(value), Units.count(Math.round(value))))
                        .toList());
        return (logarithmic ? chart.withLogarithmicY() : chart).svg();
    }

    /** Paces are spread by their logarithm: 1, 10 and 100 at equal distances. */
    private static double position(double pace) {
        return Math.log10(pace);
    }

    private static double position(BenchRun run) {
        return position(run.paceValue());
    }

    private static String kind(BenchRun run) {
        return run.plan().request().level().label() + ", " + run.plan().readPercent() + "% reads";
    }

    private static String throughput(List<Moment> timeline) {
        List<Series> lines = new ArrayList<>();
        lines.add(line("all", timeline, moment -> moment.readsPerSecond() + moment.putsPerSecond()));
        lines.add(line("reads", timeline, Moment::readsPerSecond));
        lines.add(line("puts", timeline, Moment::putsPerSecond));
        lines.removeIf(line -> line.y().stream().allMatch(value -> value == 0));
        return LineChart.of("Throughput over time", "seconds", "op/s", lines).svg();
    }

    private static String latency(List<Moment> timeline) {
        List<Moment> answered =
                timeline.stream().filter(moment -> moment.p50() > 0).toList();
        return LineChart.of(
                        "Latency over time, reads and puts together",
                        "seconds",
                        "ms",
                        List.of(
                                line("median", answered, moment -> moment.p50() / 1e3),
                                line("p99", answered, moment -> moment.p99() / 1e3),
                                line("max", answered, moment -> moment.max() / 1e3)))
                .withLogarithmicY()
                .svg();
    }

    private static Series line(String name, List<Moment> timeline, ToDoubleFunction<Moment> figure) {
        return new Series(
                name,
                timeline.stream().map(Moment::second).toList(),
                timeline.stream().map(figure::applyAsDouble).toList());
    }

    private static String percentiles(BenchRun run) {
        List<Series> lines = new ArrayList<>();
        curve("reads", run.result().reads(), lines);
        curve("puts", run.result().puts(), lines);
        List<LineChart.XLabel> labels = java.util.stream.DoubleStream.of(0, 50, 90, 99, 99.9, 99.99)
                .filter(percentile ->
                        lines.stream().flatMap(line -> line.x().stream()).anyMatch(x -> x >= nines(percentile) - 1e-9))
                .mapToObj(percentile -> new LineChart.XLabel(
                        nines(percentile), percentile == 0 ? "min" : "p" + Units.plain(percentile)))
                .toList();
        return LineChart.of("Latency by percentile", "share of the operations that were at least as fast", "ms", lines)
                .withLogarithmicY()
                .withXLabels(labels)
                .svg();
    }

    private static void curve(String name, Latencies latencies, List<Series> lines) {
        List<Latencies.Percentile> curve = latencies.curve().stream()
                .filter(point -> point.percentile() <= 99.99)
                .toList();
        if (!curve.isEmpty()) {
            lines.add(new Series(
                    name,
                    curve.stream().map(point -> nines(point.percentile())).toList(),
                    curve.stream().map(point -> point.micros() / 1e3).toList()));
        }
    }

    /** 90 -> 1, 99 -> 2, 99.9 -> 3: the tail gets the room that it deserves. */
    private static double nines(double percentile) {
        return -Math.log10(1 - percentile / 100);
    }

    private static String memory(BenchRun run) {
        List<ServerFigures.Used> used = run.figures().used();
        List<List<Double>> values = List.of(
                used.stream().map(each -> each.residentBefore() / (1 << 20)).toList(),
                used.stream().map(each -> each.residentAfter() / (1 << 20)).toList());
        List<String> nodes = IntStream.range(0, used.size())
                .mapToObj(i -> used.get(i).node())
                .toList();
        return new BarChart("Memory of each server (RSS)", "MiB", nodes, List.of("before", "after"), values).svg();
    }
}
