package io.kvcluster.client.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.bench.BenchPlan;
import io.kvcluster.client.bench.Latencies;
import io.kvcluster.client.bench.Pace;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A bench as one HTML page that needs nothing but itself. */
final class BenchHtml {
    private static final String STYLE = """
            :root{color-scheme:light dark;--ink:#1f2933;--soft:#6b7785;--line:#dde2e7;--paper:#fff;--back:#f3f5f7;--warn:#a8480a}
            @media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#9aa5b1;--line:#323a43;--paper:#1b2127;--back:#12161a;--warn:#f0a35e}}
            *{box-sizing:border-box} body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
            main{max-width:1500px;margin:0 auto;padding:28px 24px 60px} h1{font-size:24px;margin:0 0 4px} h2{font-size:18px;margin:36px 0 12px}
            p{margin:4px 0} .soft,dt{color:var(--soft)} code{font:13px ui-monospace,monospace}
            .command{display:block;background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:10px 14px;margin:14px 0;overflow-wrap:anywhere}
            .tiles{display:flex;flex-wrap:wrap;gap:12px;margin:18px 0} .tile{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:10px 18px;min-width:130px}
            .tile b{display:block;font-size:22px;font-variant-numeric:tabular-nums} .tile span{color:var(--soft);font-size:13px}
            .scroll{overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:8px}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums} th,td{padding:7px 14px;text-align:right;white-space:nowrap}
            th{color:var(--soft);font-weight:500;font-size:13px} th:first-child,td:first-child{text-align:left} tr+tr td{border-top:1px solid var(--line)}
            .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,560px),1fr));gap:16px;margin-top:16px}
            .plots svg{width:100%;height:auto;border:1px solid var(--line);border-radius:8px} .warn{color:var(--warn);font-weight:600}
            details{margin-top:12px} summary{cursor:pointer;color:var(--soft)} pre{overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:12px;font-size:12px}
            """;

    private final List<BenchRun> runs;
    private final Instant started;
    private final String command;
    private final ObjectNode json;
    private final StringBuilder html = new StringBuilder();

    BenchHtml(List<BenchRun> runs, Instant started, String command, ObjectNode json) {
        this.runs = List.copyOf(runs);
        this.started = started;
        this.command = command;
        this.json = json;
    }

    String page() throws JsonProcessingException {
        html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>kv bench</title>")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>\n")
                .append(STYLE)
                .append("</style></head><body><main>\n");
        head();
        if (runs.size() > 1) {
            html.append("<h2>How the runs compare</h2>\n");
            table(runs);
            plots(BenchPlots.comparison(runs));
        }
        for (BenchRun run : runs) {
            run(run);
        }
        notes();
        html.append("<details><summary>All figures as JSON</summary><pre>")
                .append(escape(Output.JSON.writeValueAsString(json)))
                .append("</pre></details>\n</main></body></html>\n");
        return html.toString();
    }

    private void head() {
        BenchPlan plan = runs.getFirst().plan();
        add(
                "<h1>kv bench</h1><p class=\"soft\">%s · %s · %s</p>",
                started.truncatedTo(ChronoUnit.SECONDS),
                runs.size() == 1 ? runs.getFirst().title() : runs.size() + " runs",
                BenchReport.workload(plan));
        add("<code class=\"command\">%s</code>", command);
        BenchRun best = runs.stream()
                .max(Comparator.comparingDouble(run -> run.result().perSecond()))
                .orElseThrow();
        html.append("<div class=\"tiles\">");
        tile(Units.count(best.result().perSecond()), runs.size() == 1 ? "op/s" : "op/s at best: " + best.title());
        if (runs.size() == 1) {
            tiles("reads", best.result().reads());
            tiles("puts", best.result().puts());
        }
        best.serverCpuMicros()
                .ifPresent(micros -> tile(String.format(Locale.ROOT, "%.1f µs", micros), "server CPU per operation"));
        best.serverResidentBytes().ifPresent(bytes -> tile(Units.bytes(bytes), "memory, all servers (RSS)"));
        tile(Units.count(runs.stream().mapToLong(run -> run.result().failures()).sum()), "operations failed");
        html.append("</div>\n");
    }

    private void tiles(String name, Latencies latencies) {
        if (latencies.operations() > 0) {
            tile(Units.millis(latencies.p50()), name + ", median");
            tile(Units.millis(latencies.p99()), name + ", p99");
        }
    }

    private void tile(String figure, String name) {
        add("<div class=\"tile\"><b>%s</b><span>%s</span></div>", figure, name);
    }

    private void run(BenchRun run) {
        add("<h2>%s</h2>", run.title());
        if (run.fellBehind()) {
            add("<p class=\"warn\">%s</p>", BenchReport.behind(run));
        }
        html.append(
                        "<div class=\"scroll\"><table><tr><th></th><th>op/s</th><th>mean</th><th>p50</th><th>p90</th><th>p99</th>")
                .append("<th>p99.9</th><th>max</th><th>operations</th><th>failed</th></tr>");
        row("reads", run.result().reads());
        row("puts", run.result().puts());
        html.append("</table></div>\n");
        run.errors().forEach((reason, count) -> add("<p class=\"warn\">%s: %s</p>", reason, Units.count(count)));
        plots(BenchPlots.of(run, ""));
    }

    private void row(String name, Latencies latencies) {
        if (latencies.operations() + latencies.failures() == 0) {
            return;
        }
        add(
                "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>",
                name,
                Units.count(latencies.perSecond()),
                Units.millis(latencies.mean()),
                Units.millis(latencies.p50()),
                Units.millis(latencies.p90()),
                Units.millis(latencies.p99()),
                Units.millis(latencies.p999()),
                Units.millis(latencies.max()),
                Units.count(latencies.operations()),
                Units.count(latencies.failures()));
    }

    private void table(List<BenchRun> all) {
        html.append(
                        "<div class=\"scroll\"><table><tr><th>run</th><th>op/s</th><th>read p50</th><th>read p99</th><th>put p50</th>")
                .append("<th>put p99</th><th>failed</th><th>server CPU/op</th><th>memory</th></tr>");
        for (BenchRun run : all) {
            Latencies reads = run.result().reads();
            Latencies puts = run.result().puts();
            add(
                    "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>",
                    run.title(),
                    Units.count(run.result().perSecond()),
                    time(reads, reads.p50()),
                    time(reads, reads.p99()),
                    time(puts, puts.p50()),
                    time(puts, puts.p99()),
                    Units.count(run.result().failures()),
                    run.serverCpuMicros().isPresent()
                            ? String.format(
                                    Locale.ROOT,
                                    "%.1f µs",
                                    run.serverCpuMicros().getAsDouble())
                            : "–",
                    run.serverResidentBytes().isPresent()
                            ? Units.bytes(run.serverResidentBytes().getAsDouble())
                            : "–");
        }
        html.append("</table></div>\n");
    }

    private static String time(Latencies latencies, double micros) {
        return latencies.operations() == 0 ? "–" : Units.millis(micros);
    }

    private void plots(List<BenchPlots.Plot> plots) {
        html.append("<div class=\"plots\">\n");
        plots.forEach(plot -> html.append(plot.svg()));
        html.append("</div>\n");
    }

    private void notes() {
        BenchPlan plan = runs.getFirst().plan();
        html.append("<h2>How it was measured</h2>\n");
        add(
                "<p>%s; warm-up %s, measured %.0f s a run; seed %s; client: %s processors, Java %s.</p>",
                BenchReport.workload(plan),
                Units.duration(plan.warmUp()),
                runs.getFirst().result().seconds(),
                plan.seed(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version());
        html.append(
                plan.pace() instanceof Pace.Open
                        ? "<p>Open loop: operations were due at even distances, and latency counts from when each was due, sent or not.</p>\n"
                        : "<p>Closed loop: each of the operations in flight is followed by the next when it has its outcome; a slow server is asked less.</p>\n");
        html.append(
                "<p>Latency is of whole operations, retries included; failed operations have none. CPU is that of the server processes over the measured time, divided by the operations answered.</p>\n");
    }

    private void add(String format, Object... values) {
        Object[] safe = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            safe[i] = values[i] instanceof Number ? values[i] : escape(String.valueOf(values[i]));
        }
        html.append(String.format(Locale.ROOT, format, safe)).append('\n');
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
