package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.testbed.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real input, with the command that users have. {@code e2e.import.file} names the index of this machine; without it a smaller
 * one of the same shape is made.
 */
@Scenario
@Tag(Ability.NEEDS_KILL_9)
final class PackageIndexImportE2E {
    private static final int RECORDS = 2_000;
    private static final long LIMIT_SECONDS = 1_200;
    private static final int KILLS = 2;

    private final Target target;

    PackageIndexImportE2E(Target target) {
        this.target = target;
    }

    @Test
    void everyAcknowledgedRecordIsThereAfterANodeWasKilledTwiceDuringTheImport(@TempDir Path directory)
            throws InterruptedException {
        Cluster cluster = Cluster.shared(target);
        Path input = Settings.text("import.file")
                .map(Path::of)
                .orElseGet(() -> PackageIndex.generate(directory.resolve("Packages"), RECORDS, 1));
        long records = records(input);
        Path acked = directory.resolve("acked.jsonl");
        String victim = cluster.podNames().get(1);

        long begin = System.nanoTime();
        int concurrency = records > 10_000 ? 32 : 1;
        KvCommand run = KvCommand.start(
                cluster,
                "import",
                "--format",
                "debian-packages",
                "--acked",
                acked.toString(),
                "--concurrency",
                Integer.toString(concurrency),
                "-");
        try {
            // It gets its input in parts, so that it is at work when the node is killed, however fast it is.
            long part = size(input) / (KILLS + 1);
            for (int kill = 1; kill <= KILLS; kill++) {
                long before = lines(acked);
                run.feed(input, (kill - 1) * part, kill * part, false);
                awaitLines(run, acked, before + records / 30);
                assertThat(run.isRunning())
                        .as("import before kill %s: %s", kill, run.output())
                        .isTrue();
                assertThat(target.kill9(victim)).isTrue();
                await(victim + " back")
                        .atMost(target.patience())
                        .pollInterval(Cluster.POLL)
                        .until(() -> isReady(cluster, victim));
            }
            run.feed(input, KILLS * part, size(input), true);
            assertThat(run.await(LIMIT_SECONDS)).as("%s", run.output()).isZero();
        } finally {
            run.kill();
        }
        Duration imported = Duration.ofNanos(System.nanoTime() - begin);
        assertThat(lines(acked)).isEqualTo(records);

        cluster.awaitSettled();
        long verifying = System.nanoTime();
        KvCommand verify = KvCommand.start(cluster, "verify", "--acked", acked.toString());
        assertThat(verify.await(LIMIT_SECONDS)).as("%s", verify.output()).isZero();
        assertThat(verify.output()).contains("all there");
        Results.of("package-index-import", target)
                .with("records", records)
                .with("bytes", size(input))
                .with("kills", KILLS)
                .with("importSeconds", imported.toMillis() / 1e3)
                .with(
                        "verifySeconds",
                        Duration.ofNanos(System.nanoTime() - verifying).toMillis() / 1e3)
                .publish();
    }

    private void awaitLines(KvCommand run, Path file, long wanted) {
        await(wanted + " acknowledged records")
                .atMost(target.patience())
                .pollInterval(Cluster.POLL)
                .until(() -> lines(file) >= wanted || !run.isRunning());
    }

    private static boolean isReady(Cluster cluster, String pod) {
        return cluster.nodes().stream().anyMatch(node -> node.name().equals(pod) && node.isReady());
    }

    private static long records(Path index) {
        try (Stream<String> lines = Files.lines(index)) {
            return lines.filter(line -> line.startsWith("Package: ")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lines(Path file) {
        if (!Files.exists(file)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
