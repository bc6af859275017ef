package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.bulk.ExportFile;
import io.kvcluster.client.bulk.Exporter;
import io.kvcluster.ring.Ring;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes every key and its value as JSON lines, which kv import reads.",
            "Keys are listed by a majority of each partition's replicas, values read one by one: no snapshot. What was",
            "acknowledged at quorum before and not changed since is in it. Cut off, it goes on with --resume."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ExportCommand implements Callable<Integer> {
    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "FILE", description = "Must not exist, but with --resume.")
    private Path file;

    @Option(
            names = {"-c", "--consistency"},
            paramLabel = "LEVEL",
            defaultValue = "quorum",
            description = "Of the reads. Default: ${DEFAULT-VALUE}.")
    private Level level;

    @Option(names = "--resume", description = "Goes on after an earlier export into FILE that was cut off.")
    private boolean resume;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (ExportFile lines = open();
                KvClient client = connection.open()) {
            if (!client.awaitConnected(connection.timeout()) && client.ring().isEmpty()) {
                throw new IOException(ClusterLook.unreachable(connection, "no ring", "NO_RING"));
            }
            Ring ring = client.ring().orElseThrow();
            Exporter exporter = new Exporter(client, connection.options(level), lines);
            long begin = System.nanoTime();
            try (ProgressLine _ = ProgressLine.start(output.err(), () -> line(exporter, ring, begin))) {
                exporter.run(ring);
            } catch (IOException e) {
                throw new IOException(
                        e.getMessage() + "\n" + Units.count(exporter.exported())
                                + " keys are written; go on with: kv export --resume " + file + " --server "
                                + connection.serversText(),
                        e);
            }
            report(exporter, begin);
            return ExitCode.DONE;
        }
    }

    private ExportFile open() throws IOException {
        try {
            return ExportFile.open(file, resume);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    file
                            + " exists already: add --resume to go on with an export that was cut off, or name another file",
                    e);
        }
    }

    private static Duration elapsed(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static String line(Exporter exporter, Ring ring, long begin) {
        double fraction = exporter.partition() / (double) ring.partitions();
        double seconds = Math.max(0.001, elapsed(begin).toMillis() / 1e3);
        return Units.progress(fraction) + Units.count(exporter.exported()) + " keys, "
                + Units.bytes(exporter.bytes() / seconds) + "/s";
    }

    private void report(Exporter exporter, long begin) {
        ObjectNode json = Output.object().put("keys", exporter.exported()).put("bytes", exporter.bytes());
        json.put("withSiblings", exporter.withSiblings()).put("deletedOrExpired", exporter.gone());
        json.put("seconds", elapsed(begin).toMillis() / 1e3);
        output.result(json, out -> {
            out.printf(
                    "%s keys, %s in %s%n",
                    Units.count(exporter.exported()), Units.bytes(exporter.bytes()), Units.duration(elapsed(begin)));
            if (exporter.withSiblings() > 0) {
                out.println(Units.count(exporter.withSiblings())
                        + " keys have several values (siblings): only the newest of each is written");
            }
        });
        output.hint("Into another cluster: kv import " + file + " --acked imported.log --server HOST:PORT");
    }
}
