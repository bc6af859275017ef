package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.bench.BenchPlan;
import io.kvcluster.client.bench.BenchResult;
import io.kvcluster.client.bench.Latencies;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** The figures of a bench, for people and for programs. */
final class BenchReport {
    private BenchReport() {}

    static void print(BenchPlan plan, BenchResult result, ServerFigures figures, PrintWriter out) {
        out.printf(
                "%s op/s over %.0f s: %d in flight, %d%% reads, %s keys %s, %s values, level %s%n%n",
                Units.count(result.perSecond()),
                result.seconds(),
                plan.concurrency(),
                plan.readPercent(),
                Units.count(plan.keys()),
                plan.distribution().label(),
                Units.bytes(plan.valueBytes()),
                plan.request().level().label());
        Table table = new Table("", "+OP/S", "+P50", "+P90", "+P99", "+P99.9", "+MAX", "+OPERATIONS", "+ERRORS");
        row(table, "reads", result.reads());
        row(table, "puts", result.puts());
        table.print(out);
        errors(result).forEach((reason, count) -> out.println("errors   " + reason + ": " + Units.count(count)));
        if (result.reads().notFound() > 0) {
            out.println(
                    "reads that found nothing: " + Units.count(result.reads().notFound()));
        }
        out.printf("%nclient CPU %.1f µs/op%n", result.clientCpuMicrosPerOperation());
        servers(result, figures, out);
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

    private static void servers(BenchResult result, ServerFigures figures, PrintWriter out) {
        if (!figures.wereAsked()) {
            return;
        }
        if (figures.isComplete()) {
            out.printf(
                    "servers CPU %.1f µs/op, memory %s%n",
                    serverCpuMicros(result, figures), Units.bytes(resident(figures)));
        } else {
            out.println("servers     no total: a node was restarted, or its metrics could not be read");
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

    private static double serverCpuMicros(BenchResult result, ServerFigures figures) {
        double seconds = figures.used().stream()
                .mapToDouble(ServerFigures.Used::cpuSeconds)
                .sum();
        return seconds * 1e6 / Math.max(1, result.operations());
    }

    private static double resident(ServerFigures figures) {
        return figures.used().stream()
                .mapToDouble(ServerFigures.Used::residentAfter)
                .sum();
    }

    private static Map<String, Long> errors(BenchResult result) {
        Map<String, Long> errors = new TreeMap<>(result.reads().errors());
        result.puts().errors().forEach((reason, count) -> errors.merge(reason, count, Long::sum));
        return errors;
    }

    static ObjectNode json(BenchPlan plan, BenchResult result, ServerFigures figures, Instant started, String servers) {
        ObjectNode json = Output.object();
        json.put("started", started.toString()).put("server", servers);
        ObjectNode machine = json.putObject("client");
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("java", Runtime.version().toString()).put("os", System.getProperty("os.name"));
        ObjectNode asked = json.putObject("plan");
        asked.put("consistency", plan.request().level().label()).put("concurrency", plan.concurrency());
        asked.put("readPercent", plan.readPercent())
                .put("distribution", plan.distribution().label());
        asked.put("keys", plan.keys()).put("valueBytes", plan.valueBytes()).put("loaded", plan.load());
        asked.put("warmUpSeconds", plan.warmUp().toMillis() / 1e3).put("seed", plan.seed());
        json.put("seconds", result.seconds()).put("operationsPerSecond", result.perSecond());
        json.set("reads", json(result.reads()));
        json.set("puts", json(result.puts()));
        json.put("clientCpuMicrosPerOperation", result.clientCpuMicrosPerOperation());
        if (figures.isComplete()) {
            json.put("serverCpuMicrosPerOperation", serverCpuMicros(result, figures));
            json.put("serverResidentBytes", resident(figures));
        }
        ArrayNode nodes = json.putArray("servers");
        figures.used()
                .forEach(used -> nodes.addObject()
                        .put("node", used.node())
                        .put("cpuSeconds", used.cpuSeconds())
                        .put("residentBytesBefore", used.residentBefore())
                        .put("residentBytesAfter", used.residentAfter()));
        return json;
    }

    private static ObjectNode json(Latencies latencies) {
        ObjectNode json = Output.object();
        json.put("operations", latencies.operations()).put("perSecond", latencies.perSecond());
        ObjectNode micros = json.putObject("micros");
        micros.put("mean", latencies.mean()).put("p50", latencies.p50()).put("p90", latencies.p90());
        micros.put("p99", latencies.p99()).put("p999", latencies.p999()).put("max", latencies.max());
        json.put("notFound", latencies.notFound());
        json.set("errors", Output.JSON.valueToTree(latencies.errors()));
        return json;
    }
}
