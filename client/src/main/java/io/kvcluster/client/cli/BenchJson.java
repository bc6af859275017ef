package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.bench.BenchPlan;
import io.kvcluster.client.bench.BenchResult;
import io.kvcluster.client.bench.Latencies;
import io.kvcluster.client.bench.Pace;
import java.time.Instant;
import java.util.List;

/** The figures of a bench for programs: one run at the top level, several of them in {@code runs}. */
final class BenchJson {
    private BenchJson() {}

    static ObjectNode of(List<BenchRun> runs, Instant started, String servers) {
        ObjectNode json = Output.object();
        json.put("started", started.toString()).put("server", servers);
        ObjectNode machine = json.putObject("client");
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("java", Runtime.version().toString()).put("os", System.getProperty("os.name"));
        if (runs.size() == 1) {
            run(json, runs.getFirst());
        } else {
            ArrayNode all = json.putArray("runs");
            runs.forEach(run -> run(all.addObject(), run));
        }
        return json;
    }

    private static void run(ObjectNode json, BenchRun run) {
        BenchResult result = run.result();
        plan(json.putObject("plan"), run.plan());
        json.put("seconds", result.seconds()).put("operationsPerSecond", result.perSecond());
        json.set("reads", json(result.reads()));
        json.set("puts", json(result.puts()));
        json.put("clientCpuMicrosPerOperation", result.clientCpuMicrosPerOperation());
        result.behind().ifPresent(behind -> json.put("behind", behind));
        run.serverCpuMicros().ifPresent(micros -> json.put("serverCpuMicrosPerOperation", micros));
        run.serverResidentBytes().ifPresent(bytes -> json.put("serverResidentBytes", bytes));
        ArrayNode nodes = json.putArray("servers");
        run.figures()
                .used()
                .forEach(used -> nodes.addObject()
                        .put("node", used.node())
                        .put("cpuSeconds", used.cpuSeconds())
                        .put("residentBytesBefore", used.residentBefore())
                        .put("residentBytesAfter", used.residentAfter()));
        ArrayNode timeline = json.putArray("timeline");
        result.timeline().forEach(moment -> {
            ObjectNode each = timeline.addObject().put("second", moment.second());
            each.put("readsPerSecond", moment.readsPerSecond()).put("putsPerSecond", moment.putsPerSecond());
            each.put("p50", moment.p50()).put("p99", moment.p99()).put("max", moment.max());
            each.put("failures", moment.failures());
        });
    }

    private static void plan(ObjectNode json, BenchPlan plan) {
        json.put("consistency", plan.request().level().label());
        switch (plan.pace()) {
            case Pace.Closed closed -> json.put("concurrency", closed.inFlight());
            case Pace.Open open -> json.put("rate", open.perSecond());
        }
        json.put("readPercent", plan.readPercent())
                .put("distribution", plan.distribution().label());
        json.put("keys", plan.keys()).put("valueBytes", plan.valueBytes()).put("loaded", plan.load());
        json.put("warmUpSeconds", plan.warmUp().toMillis() / 1e3).put("seed", plan.seed());
    }

    private static ObjectNode json(Latencies latencies) {
        ObjectNode json = Output.object();
        json.put("operations", latencies.operations()).put("perSecond", latencies.perSecond());
        ObjectNode micros = json.putObject("micros");
        micros.put("mean", latencies.mean()).put("p50", latencies.p50()).put("p90", latencies.p90());
        micros.put("p99", latencies.p99()).put("p999", latencies.p999()).put("max", latencies.max());
        ArrayNode curve = json.putArray("curve");
        latencies
                .curve()
                .forEach(point ->
                        curve.addObject().put("percentile", point.percentile()).put("micros", point.micros()));
        json.put("notFound", latencies.notFound());
        json.set("errors", Output.JSON.valueToTree(latencies.errors()));
        return json;
    }
}
