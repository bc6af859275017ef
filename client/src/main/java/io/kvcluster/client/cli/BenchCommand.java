package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.bench.Bench;
import io.kvcluster.client.bench.BenchPlan;
import io.kvcluster.client.bench.KeyDistribution;
import io.kvcluster.client.bench.Pace;
import io.kvcluster.client.bench.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures rate, latency and, with --servers, CPU per operation and memory.",
            "Closed loop: a fixed number of operations is always in flight (--concurrency). Open loop: a fixed rate,",
            "latency from when each operation was due (--rate). Several values with commas make a sweep.",
            "Writes keys bench/0, bench/1, …; figures of less than 30 s warm-up mean little."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-c", "--consistency"},
            paramLabel = "LEVEL,…",
            split = ",",
            defaultValue = "quorum",
            description = "Default: ${DEFAULT-VALUE}.")
    private List<Level> levels;

    @Option(
            names = "--concurrency",
            split = ",",
            paramLabel = "N,…",
            defaultValue = "50",
            description = "In flight. Default: ${DEFAULT-VALUE}.")
    private List<Integer> concurrency;

    @Option(
            names = "--rate",
            split = ",",
            paramLabel = "N,…",
            description = "Operations a second, whatever the servers do; instead of --concurrency.")
    private @Nullable List<Double> rates;

    @Option(
            names = "--reads",
            split = ",",
            paramLabel = "PERCENT,…",
            defaultValue = "50",
            description = "Of the operations; the others are puts. Default: ${DEFAULT-VALUE}.")
    private List<Integer> reads;

    @Option(names = "--distribution", defaultValue = "uniform", description = "uniform (default) or zipfian.")
    private KeyDistribution distribution;

    @Option(names = "--keys", defaultValue = "10000", description = "Default: ${DEFAULT-VALUE}.")
    private int keys;

    @Option(
            names = "--value-size",
            defaultValue = "1024",
            paramLabel = "BYTES",
            description = "Default: ${DEFAULT-VALUE}.")
    private int valueSize;

    @Option(
            names = "--load",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Puts all keys once before. On by default.")
    private boolean load;

    @Option(names = "--warm-up", defaultValue = "30s", paramLabel = "TIME", description = "Default: ${DEFAULT-VALUE}.")
    private Duration warmUp;

    @Option(names = "--duration", defaultValue = "30s", paramLabel = "TIME", description = "Default: ${DEFAULT-VALUE}.")
    private Duration duration;

    @Option(
            names = "--settle",
            defaultValue = "5s",
            paramLabel = "TIME",
            description = "Warm-up of the second and later steps of a sweep. Default: ${DEFAULT-VALUE}.")
    private Duration settle;

    @Option(
            names = "--channels",
            defaultValue = "1",
            description = "Connections to each node. Default: ${DEFAULT-VALUE}.")
    private int channels;

    @Option(names = "--threads", defaultValue = "2", description = "Network threads. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--seed", defaultValue = "1", description = "Of all choices. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--servers",
            arity = "0..1",
            fallbackValue = "auto",
            paramLabel = "HOST:PORT,…",
            description = "Also reads the nodes' /metrics before and after: CPU per operation and memory. "
                    + "Without a value: port 8080 of each node's address.")
    private @Nullable String servers;

    @Option(names = "--result", paramLabel = "FILE", description = "Writes the result as JSON to FILE.")
    private @Nullable Path resultFile;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Writes tables and plots to FILE, one HTML page that stands alone.")
    private @Nullable Path reportFile;

    @Option(names = "--plots", paramLabel = "FOLDER", description = "Writes each plot as SVG into FOLDER.")
    private @Nullable Path plotsFolder;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<BenchPlan> plans = plans();
        try (KvClient client = KvClient.connect(connection
                .config()
                .withChannelsPerNode(channels)
                .withNetworkThreads(threads)
                .withMaxInFlight(2 * Pace.MOST_IN_FLIGHT))) {
            if (!client.awaitConnected(connection.timeout()) && client.ring().isEmpty()) {
                throw new IOException(ClusterLook.unreachable(connection, "no ring", "NO_RING"));
            }
            ServerFigures.of(servers, client).check();
            Instant started = Instant.now();
            List<BenchRun> runs = new ArrayList<>();
            for (BenchPlan plan : plans) {
                runs.add(run(client, plan, runs.size(), plans.size()));
            }
            report(runs, started);
            return runs.stream().allMatch(run -> run.result().operations() > 0) ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private List<BenchPlan> plans() {
        List<Double> asked = rates;
        List<Pace> paces = asked == null
                ? concurrency.stream().<Pace>map(Pace.Closed::new).toList()
                : asked.stream().<Pace>map(Pace.Open::new).toList();
        BenchPlan base = new BenchPlan(
                connection.options(levels.getFirst()),
                paces.getFirst(),
                reads.getFirst(),
                distribution,
                keys,
                valueSize,
                load,
                warmUp,
                duration,
                seed);
        return new Sweep(levels, reads, paces, settle).plans(base);
    }

    private BenchRun run(KvClient client, BenchPlan plan, int index, int steps) throws InterruptedException {
        ServerFigures figures = ServerFigures.of(servers, client);
        Bench bench = new Bench(client, plan);
        String title = steps == 1 ? "" : (index + 1) + "/" + steps + " " + BenchRun.title(plan) + ": ";
        BenchProgress progress = new BenchProgress(bench, plan, title);
        try (ProgressLine _ = ProgressLine.start(output.err(), progress::line)) {
            return new BenchRun(plan, bench.run(figures::measuring), figures);
        }
    }

    private void report(List<BenchRun> runs, Instant started) throws IOException {
        ObjectNode json = BenchJson.of(runs, started, connection.serversText());
        write(resultFile, Output.JSON.writeValueAsString(json) + "\n");
        String command = "kv "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
        write(reportFile, new BenchHtml(runs, started, command, json).page());
        Path folder = plotsFolder;
        if (folder != null) {
            Files.createDirectories(folder);
            for (BenchPlots.Plot plot : BenchPlots.of(runs)) {
                Files.writeString(folder.resolve(plot.name() + ".svg"), plot.svg());
            }
        }
        output.result(json, out -> BenchReport.print(runs, out));
        BenchReport.hints(runs, resultFile, reportFile).forEach(output::hint);
    }

    private static void write(@Nullable Path file, String text) throws IOException {
        if (file != null) {
            Files.writeString(file, text);
        }
    }
}
