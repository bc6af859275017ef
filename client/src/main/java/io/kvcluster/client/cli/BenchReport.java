package io.kvcluster.client.cli;

import io.kvcluster.client.bench.BenchPlan;
import io.kvcluster.client.bench.BenchResult;
import io.kvcluster.client.bench.Latencies;
import io.kvcluster.client.bench.Pace;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The figures of a bench for people at a terminal. */
final class BenchReport {
    private BenchReport() {}

    static void print(List<BenchRun> runs, PrintWriter out) {
        if (runs.size() == 1) {
            one(runs.getFirst(), out);
        } else {
            out.println(workload(runs.getFirst().plan()) + "\n");
            sweep(runs).print(out);
            runs.stream().filter(BenchRun::fellBehind).forEach(run -> out.println("\n" + behind(run)));
        }
    }

    private static void one(BenchRun run, PrintWriter out) {
        BenchResult result = run.result();
        out.printf(
                "%s op/s over %.0f s: %s, %s%n%n",
                Units.count(result.perSecond()), result.seconds(), run.title(), workload(run.plan()));
        Table table = new Table("", "+OP/S", "+P50", "+P90", "+P99", "+P99.9", "+MAX", "+OPERATIONS", "+ERRORS");
        row(table, "reads", result.reads());
        row(table, "puts", result.puts());
        table.print(out);
        run.errors().forEach((reason, count) -> out.println("errors   " + reason + ": " + Units.count(count)));
        if (result.reads().notFound() > 0) {
            out.println(
                    "reads that found nothing: " + Units.count(result.reads().notFound()));
        }
        if (run.fellBehind()) {
            out.println("\n" + behind(run));
        }
        out.printf("%nclient CPU %.1f µs/op%n", result.clientCpuMicrosPerOperation());
        servers(run, out);
    }

    static String workload(BenchPlan plan) {
        return Units.count(plan.keys()) + " " + plan.distribution().label() + " keys, " + Units.bytes(plan.valueBytes())
                + " values";
    }

    static String behind(BenchRun run) {
        return run.title() + ": the rate was not kept, "
                + Units.count(run.result().behind().orElse(0))
                + " operations were due and unanswered at the end. Latencies grow as long as such a run lasts: ask for less than "
                + Units.count(run.result().perSecond()) + " a second.";
    }

    private static void row(Table table, String name, Latencies latencies) {
        if (latencies.operations() + latencies.failures() > 0) {
            table.row(
                    name,
                    Units.count(latencies.perSecond()),
                    Units.millis(latencies.p50()),
                    Units.millis(latencies.p90()),
                    Units.millis(latencies.p99()),
                    Units.millis(latencies.p999()),
                    Units.millis(latencies.max()),
                    Units.count(latencies.operations()),
                    Units.count(latencies.failures()));
        }
    }

    private static Table sweep(List<BenchRun> runs) {
        Table table = new Table(
                "LEVEL",
                "+READS",
                "+PACE",
                "+OP/S",
                "+READ P50",
                "+P99",
                "+PUT P50",
                "+P99",
                "+ERRORS",
                "+SERVER CPU/OP",
                "+MEMORY");
        for (BenchRun run : runs) {
            BenchResult result = run.result();
            table.row(
                    run.plan().request().level().label(),
                    run.plan().readPercent() + "%",
                    BenchRun.pace(run.plan().pace()),
                    Units.count(result.perSecond()),
                    time(result.reads(), result.reads().p50()),
                    time(result.reads(), result.reads().p99()),
                    time(result.puts(), result.puts().p50()),
                    time(result.puts(), result.puts().p99()),
                    Units.count(result.failures()),
                    run.serverCpuMicros().isPresent()
                            ? String.format(
                                    java.util.Locale.ROOT,
                                    "%.1f µs",
                                    run.serverCpuMicros().getAsDouble())
                            : "-",
                    run.serverResidentBytes().isPresent()
                            ? Units.bytes(run.serverResidentBytes().getAsDouble())
                            : "-");
        }
        return table;
    }

    private static String time(Latencies latencies, double micros) {
        return latencies.operations() == 0 ? "-" : Units.millis(micros);
    }

    private static void servers(BenchRun run, PrintWriter out) {
        ServerFigures figures = run.figures();
        if (!figures.wereAsked()) {
            return;
        }
        if (figures.isComplete()) {
            out.printf(
                    "servers CPU %.1f µs/op, memory %s%n%n",
                    run.serverCpuMicros().orElse(0),
                    Units.bytes(run.serverResidentBytes().orElse(0)));
        } else {
            out.println("servers     no total: a node was restarted, or its metrics could not be read\n");
        }
        Table table = new Table("NODE", "+CPU SECONDS", "+MEMORY BEFORE", "+AFTER");
        figures.used()
                .forEach(used -> table.row(
                        used.node(),
                        Units.count(used.cpuSeconds()),
                        Units.bytes(used.residentBefore()),
                        Units.bytes(used.residentAfter())));
        table.print(out);
        figures.problems().forEach(out::println);
    }

    /** What to do next. */
    static List<String> hints(List<BenchRun> runs, @Nullable Path result, @Nullable Path report) {
        List<String> hints = new ArrayList<>();
        BenchRun best = runs.stream()
                .max(Comparator.comparingDouble(run -> run.result().perSecond()))
                .orElseThrow();
        if (report != null) {
            hints.add("Open " + report + " in a browser for the plots.");
        } else {
            hints.add("Plots and tables on one page: --report bench.html"
                    + (result == null ? "; JSON: --result bench.json" : ""));
        }
        if (!best.figures().wereAsked()) {
            hints.add("CPU per operation and memory of the servers: --servers");
        }
        switch (best.plan().pace()) {
            case Pace.Closed _ when runs.size() == 1 -> hints.add("Where it saturates: --concurrency 1,10,50,200");
            case Pace.Closed _ ->
                hints.add("What callers feel at 70 % of the best: --rate "
                        + Math.round(best.result().perSecond() * 0.7));
            case Pace.Open _ when best.fellBehind() -> hints.add("What is possible at all: --concurrency 50");
            case Pace.Open _ -> hints.add("How it compares: --consistency eventual,quorum,all");
        }
        return hints;
    }
}
