package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.bulk.AckFile;
import io.kvcluster.client.bulk.AckLog;
import io.kvcluster.client.bulk.ImportOptions;
import io.kvcluster.client.bulk.ImportProgress;
import io.kvcluster.client.bulk.Importer;
import io.kvcluster.client.bulk.InputFormat;
import io.kvcluster.client.bulk.RecordSource;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Stores all records of a file, and writes down what was acknowledged.",
            "Formats: json-lines, one {\"key\": \"…\", \"value\": \"…\"} a line (\"encoding\": \"base64\" for binary values);",
            "debian-packages, a Debian package index: key Package/Version/Architecture, value the stanza.",
            "A file that ends in .gz is unpacked.",
            "",
            "A record that is not applied, because a node is down or overloaded, is tried again until --give-up-after.",
            "So is one whose outcome is unknown: to put the same value twice changes nothing, unless somebody else writes",
            "the same key meanwhile; then use --no-retry-unknown. Records that stay unknown go to FILE.unknown."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ImportCommand implements Callable<Integer> {
    private static final int PROBLEMS_SHOWN = 10;

    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "FILE", description = "- is standard input.")
    private String file;

    @Option(names = "--format", defaultValue = "json-lines", description = "json-lines (default) or debian-packages.")
    private InputFormat format;

    @Option(
            names = {"-c", "--consistency"},
            paramLabel = "LEVEL",
            defaultValue = "quorum",
            description = "Default: ${DEFAULT-VALUE}.")
    private Level level;

    @Option(
            names = "--acked",
            paramLabel = "FILE",
            description = "A line for each acknowledged key, with its version and the SHA-256 of its value.")
    private @Nullable Path acked;

    @Option(
            names = "--resume",
            description = "Goes on after an earlier run with the same --acked: skips what it acknowledged.")
    private boolean resume;

    @Option(names = "--concurrency", defaultValue = "64", description = "Puts in flight. Default: ${DEFAULT-VALUE}.")
    private int concurrency;

    @Option(names = "--give-up-after", defaultValue = "10m", description = "For one record. Default: ${DEFAULT-VALUE}.")
    private Duration giveUpAfter;

    @Option(
            names = "--retry-unknown",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Puts again what ended unknown. On by default.")
    private boolean retryUnknown;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ImportOptions options = new ImportOptions(connection.options(level), concurrency, giveUpAfter, retryUnknown);
        Path log = acked == null ? Files.createTempFile("kv-import-", ".acked") : acked;
        try (Input in = Input.open(file);
                RecordSource source = format.open(in, file);
                AckLog ackLog = openLog(log);
                KvClient client = connection.open()) {
            AckFile earlier = resume && acked != null ? AckFile.read(log) : new AckFile(Map.of());
            Importer importer = new Importer(client, source, options, ackLog, earlier);
            long begin = System.nanoTime();
            try (ProgressLine _ =
                    ProgressLine.start(output.err(), () -> line(importer.progress(), in.fraction(), elapsed(begin)))) {
                importer.run();
            }
            report(importer, elapsed(begin));
            return exitCode(importer.progress());
        } finally {
            if (acked == null) {
                Files.deleteIfExists(log);
                Files.deleteIfExists(log.resolveSibling(log.getFileName() + ".unknown"));
            }
        }
    }

    private AckLog openLog(Path log) throws IOException {
        try {
            return AckLog.open(log, resume || acked == null);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    "--acked " + log
                            + " exists already: add --resume to go on after the run that wrote it, or name another file",
                    e);
        }
    }

    private static int exitCode(ImportProgress progress) {
        if (progress.unknown() > 0) {
            return ExitCode.UNKNOWN;
        }
        return progress.failed() > 0 ? ExitCode.FAILED : ExitCode.DONE;
    }

    private static Duration elapsed(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    static String line(ImportProgress progress, double fraction, Duration elapsed) {
        double seconds = Math.max(0.001, elapsed.toMillis() / 1e3);
        StringBuilder line = new StringBuilder();
        if (fraction >= 0) {
            line.append(Units.progress(fraction));
        }
        line.append(Units.count(progress.acknowledged())).append(" acknowledged, ");
        line.append(Units.count(progress.acknowledged() / seconds)).append("/s, ");
        line.append(Units.bytes(progress.acknowledgedBytes() / seconds)).append("/s");
        if (progress.retries() > 0) {
            line.append(", ").append(Units.count(progress.retries())).append(" retries");
        }
        if (progress.failed() + progress.unknown() > 0) {
            line.append(", ")
                    .append(progress.failed())
                    .append(" failed, ")
                    .append(progress.unknown())
                    .append(" unknown");
        }
        if (fraction > 0.01 && fraction < 1) {
            long left = Math.round(seconds * (1 - fraction) / fraction);
            line.append(", ").append(Units.duration(Duration.ofSeconds(left))).append(" left");
        }
        return line.toString();
    }

    private void report(Importer importer, Duration elapsed) {
        ImportProgress progress = importer.progress();
        ObjectNode json = Output.object();
        json.put("read", progress.read()).put("skipped", progress.skipped());
        json.put("acknowledged", progress.acknowledged()).put("failed", progress.failed());
        json.put("unknown", progress.unknown()).put("retries", progress.retries());
        json.put("seconds", elapsed.toMillis() / 1e3);
        problems(json.putArray("problems"), importer.problems());
        output.result(json, out -> {
            out.printf(
                    "%s records read, %s acknowledged in %s (%s/s, %s)%n",
                    Units.count(progress.read()),
                    Units.count(progress.acknowledged()),
                    Units.duration(elapsed),
                    Units.count(progress.acknowledged() / Math.max(0.001, elapsed.toMillis() / 1e3)),
                    Units.bytes(progress.acknowledgedBytes()));
            if (progress.skipped() > 0) {
                out.println(Units.count(progress.skipped()) + " skipped: acknowledged by an earlier run");
            }
            out.printf(
                    "%s failed, %s unknown, %s retries%n",
                    Units.count(progress.failed()), Units.count(progress.unknown()), Units.count(progress.retries()));
        });
        importer.problems().stream()
                .limit(PROBLEMS_SHOWN)
                .forEach(problem -> Outcomes.complain(output, "put of", problem.key(), problem.outcome()));
        next(progress);
    }

    private static void problems(ArrayNode array, List<Importer.Problem> problems) {
        problems.forEach(problem -> array.add(Outcomes.json(problem.key(), problem.outcome())));
    }

    private void next(ImportProgress progress) {
        String server = " --server " + connection.serversText();
        if (progress.failed() + progress.unknown() > 0 && acked != null) {
            output.hint("Try the rest again: kv import --resume --acked " + acked + " …" + server);
        } else if (acked != null) {
            output.hint("Read everything back: kv verify --acked " + acked + server);
        } else if (progress.acknowledged() > 0) {
            output.hint("With --acked FILE, kv verify can read everything back later.");
        }
    }
}
