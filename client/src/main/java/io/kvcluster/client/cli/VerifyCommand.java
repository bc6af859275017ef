package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.bulk.AckFile;
import io.kvcluster.client.bulk.KeyText;
import io.kvcluster.client.bulk.Verifier;
import io.kvcluster.ring.Ring;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Reads back everything that kv import wrote down as acknowledged, and names what is missing or different.",
            "With --replicas each replica is also asked for what is on its own disk; this needs a way to every node.",
            "What stands in FILE.unknown is accepted as a key's value too: it may have been applied later."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class VerifyCommand implements Callable<Integer> {
    private static final int SHOWN = 50;

    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Option(names = "--acked", required = true, paramLabel = "FILE", description = "As written by kv import.")
    private Path acked;

    @Option(
            names = {"-c", "--consistency"},
            paramLabel = "LEVEL",
            defaultValue = "quorum",
            description = "Default: ${DEFAULT-VALUE}.")
    private Level level;

    @Option(names = "--replicas", description = "Compares every replica of every key.")
    private boolean replicas;

    @Override
    public Integer call() throws IOException, InterruptedException {
        AckFile file = AckFile.read(acked);
        try (KvClient client = connection.open()) {
            if (!client.awaitConnected(connection.timeout()) && client.ring().isEmpty()) {
                throw new IOException("no ring from " + connection.serversText()
                        + ": is the cluster running, and has it a ring? See: kv status");
            }
            Ring ring = client.ring().orElseThrow();
            if (replicas && !client.unconnected().isEmpty()) {
                throw new IOException(
                        "--replicas asks every node, but these cannot be reached from here: " + client.unconnected()
                                + "\nRun it where they can, for example in a pod; see kv nodes for who is down.");
            }
            Verifier verifier = new Verifier(client, file, connection.options(level), replicas);
            long begin = System.nanoTime();
            List<Verifier.Finding> findings;
            try (ProgressLine _ = ProgressLine.start(
                    output.err(), () -> line(verifier, file.keys().size(), System.nanoTime() - begin))) {
                findings = verifier.run(ring);
            }
            report(verifier, file, findings, Duration.ofNanos(System.nanoTime() - begin));
            return verifier.wrong() + verifier.unreadable() == 0 ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private static String line(Verifier verifier, int keys, long nanos) {
        double fraction = (double) verifier.checked() / Math.max(1, keys);
        return Units.progress(fraction) + Units.count(verifier.checked()) + " keys, "
                + Units.count(verifier.reads() / (nanos / 1e9))
                + " reads/s"
                + verdict(verifier, "");
    }

    private void report(Verifier verifier, AckFile file, List<Verifier.Finding> findings, Duration elapsed) {
        ObjectNode json = Output.object();
        json.put("acknowledged", file.keys().size()).put("reads", verifier.reads());
        json.put("wrong", verifier.wrong())
                .put("unreadable", verifier.unreadable())
                .put("seconds", elapsed.toMillis() / 1e3);
        ArrayNode list = json.putArray("findings");
        for (Verifier.Finding finding : findings) {
            ObjectNode one = list.addObject();
            KeyText.write(one, finding.key());
            one.put("finding", label(finding)).put("node", finding.node()).put("detail", finding.detail());
        }
        output.result(json, out -> {
            if (!findings.isEmpty()) {
                Table table = new Table("KEY", "FINDING", "REPLICA", "DETAIL");
                findings.stream()
                        .limit(SHOWN)
                        .forEach(finding -> table.row(
                                KeyText.of(finding.key()),
                                label(finding),
                                finding.node().isEmpty() ? "(" + level.label() + ")" : finding.node(),
                                finding.detail()));
                table.print(out);
                long more = verifier.wrong() + verifier.unreadable() - SHOWN;
                if (more > 0) {
                    out.println("… and " + Units.count(more) + " more; up to 10,000 with -o json");
                }
            }
            out.printf(
                    "%s acknowledged keys, %s reads in %s%s%n",
                    Units.count(file.keys().size()),
                    Units.count(verifier.reads()),
                    Units.duration(elapsed),
                    verdict(verifier, ": all there"));
        });
        if (findings.stream().anyMatch(finding -> finding.kind() == Verifier.Kind.UNREADABLE)) {
            output.hint("Unreadable is not lost: see kv status, and verify again.");
        }
    }

    private static String verdict(Verifier verifier, String allRight) {
        String wrong = verifier.wrong() > 0 ? ", " + Units.count(verifier.wrong()) + " WRONG" : "";
        String unreadable = verifier.unreadable() > 0 ? ", " + Units.count(verifier.unreadable()) + " unreadable" : "";
        return wrong.isEmpty() && unreadable.isEmpty() ? allRight : wrong + unreadable;
    }

    private static String label(Verifier.Finding finding) {
        return finding.kind().name().toLowerCase(Locale.ROOT);
    }
}
