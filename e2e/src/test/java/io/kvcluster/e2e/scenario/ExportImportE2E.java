package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Scenario
final class ExportImportE2E {
    private static final String PREFIX = "exported/";
    private static final int KEYS = 300;
    private static final long LIMIT_SECONDS = 300;

    private final Target target;

    ExportImportE2E(Target target) {
        this.target = target;
    }

    @Test
    void whatIsExportedAndDeletedAndImportedIsThereAgainOnEveryReplica(@TempDir Path directory)
            throws IOException, InterruptedException {
        Cluster cluster = Cluster.shared(target);
        Node node = cluster.nodes().getFirst();
        TreeMap<String, String> values = new TreeMap<>();
        for (int i = 0; i < KEYS; i++) {
            values.put(PREFIX + i, "value \"" + i + "\" é");
        }
        values.forEach((key, value) ->
                assertThat(node.put(key, value, "consistency=quorum").status()).isEqualTo(200));
        String deleted = PREFIX + "deleted";
        assertThat(node.put(deleted, "gone", "consistency=quorum").status()).isEqualTo(200);
        assertThat(node.delete(deleted, "consistency=quorum").status()).isEqualTo(200);

        Path all = directory.resolve("all.jsonl");
        run(cluster, "export", all.toString());
        // The other scenarios' keys stay as they are.
        Path own = directory.resolve("own.jsonl");
        Files.write(
                own,
                Files.readAllLines(all).stream()
                        .filter(line -> line.contains("\"" + PREFIX))
                        .toList());
        assertThat(Files.readAllLines(own)).hasSize(KEYS).noneMatch(line -> line.contains(deleted));

        values.keySet().forEach(key -> node.delete(key, "consistency=quorum"));
        assertThat(node.get(PREFIX + "7", "consistency=quorum").status()).isEqualTo(404);
        Path acked = directory.resolve("acked.jsonl");
        run(cluster, "import", own.toString(), "--acked", acked.toString());
        values.forEach((key, value) ->
                assertThat(node.get(key, "consistency=quorum").value()).isEqualTo(value));
        cluster.awaitSettled();
        assertThat(run(cluster, "verify", "--replicas", "--acked", acked.toString()))
                .contains("all there");
    }

    private static String run(Cluster cluster, String... arguments) throws InterruptedException {
        KvCommand kv = KvCommand.start(cluster, arguments);
        try {
            assertThat(kv.await(LIMIT_SECONDS))
                    .as("%s: %s", List.of(arguments), kv.output())
                    .isZero();
            return kv.output();
        } finally {
            kv.kill();
        }
    }
}
