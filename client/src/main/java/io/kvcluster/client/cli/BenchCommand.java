package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.bench.Bench;
import io.kvcluster.client.bench.BenchPlan;
import io.kvcluster.client.bench.BenchResult;
import io.kvcluster.client.bench.KeyDistribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures: keeps a fixed number of operations in flight, and reports rate and latency.",
            "Writes keys bench/0, bench/1, …; figures of less than 30 s warm-up mean little."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Option(
            names = {"-c", "--consistency"},
            paramLabel = "LEVEL",
            defaultValue = "quorum",
            description = "Default: ${DEFAULT-VALUE}.")
    private Level level;

    @Option(names = "--concurrency", defaultValue = "50", description = "In flight. Default: ${DEFAULT-VALUE}.")
    private int concurrency;

    @Option(names = "--reads", defaultValue = "50", paramLabel = "PERCENT", description = "Default: ${DEFAULT-VALUE}.")
    private int reads;

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

    @Override
    public Integer call() throws IOException, InterruptedException {
        BenchPlan plan = new BenchPlan(
                connection.options(level),
                concurrency,
                reads,
                distribution,
                keys,
                valueSize,
                load,
                warmUp,
                duration,
                seed);
        try (KvClient client = KvClient.connect(connection
                .config()
                .withChannelsPerNode(channels)
                .withNetworkThreads(threads)
                .withMaxInFlight(20_000))) {
            if (!client.awaitConnected(connection.timeout()) && client.ring().isEmpty()) {
                throw new IOException(ClusterLook.unreachable(connection, "no ring", "NO_RING"));
            }
            ServerFigures figures = ServerFigures.of(servers, client);
            figures.check();
            Instant started = Instant.now();
            Bench bench = new Bench(client, plan);
            BenchResult result;
            try (ProgressLine _ = ProgressLine.start(output.err(), new BenchProgress(bench, plan)::line)) {
                result = bench.run(figures::measuring);
            }
            ObjectNode json = BenchReport.json(plan, result, figures, started, connection.serversText());
            Path file = resultFile;
            if (file != null) {
                Files.writeString(file, Output.JSON.writeValueAsString(json) + "\n");
            }
            output.result(json, out -> BenchReport.print(plan, result, figures, out));
            if (file == null) {
                output.hint("With --result FILE the figures are kept as JSON.");
            }
            return result.operations() > 0 ? ExitCode.DONE : ExitCode.FAILED;
        }
    }
}
