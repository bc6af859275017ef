package io.kvcluster.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.kvcluster.client.FakeCluster;
import io.kvcluster.client.FakeNode;
import io.kvcluster.client.FakeNode.Behaviour;
import io.kvcluster.proto.kv.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
    private static final int KEYS = 500;

    @TempDir
    private Path directory;

    private final FakeCluster cluster = FakeCluster.onLoopback(3);

    @BeforeEach
    void fill() {
        for (int i = 0; i < KEYS; i++) {
            put("key-" + i, ByteString.copyFromUtf8("value \"" + i + "\""));
        }
        ByteString binary = ByteString.copyFrom(new byte[] {-1, 0, 10});
        cluster.nodes().forEach(node -> node.map().put(binary, new FakeNode.Stored(binary, 1)));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void whatIsExportedCanBeImportedAndIsTheSame() throws IOException {
        Kv export = export();
        assertThat(export.code()).as(export.err()).isEqualTo(0);
        assertThat(export.out()).contains("501 keys");
        assertThat(export.err()).contains("kv import");
        Map<ByteString, ByteString> before = values();
        cluster.nodes().forEach(node -> node.map().clear());
        Kv imported = Kv.run("import", file().toString(), server());
        assertThat(imported.code()).as(imported.err()).isEqualTo(0);
        assertThat(values()).isEqualTo(before);
        assertThat(directory.resolve("all.jsonl.progress")).doesNotExist();
    }

    /** A key that only one replica has is in no list of one of the two others; it is in that of any majority with it. */
    @Test
    void aKeyThatOneReplicaOfTheMajorityLacksIsExported() throws IOException {
        ByteString key = ByteString.copyFromUtf8("key-7");
        int partition = cluster.ring().partitionOf(key.toByteArray());
        cluster.node(cluster.ring().replicas(partition).getFirst().getIndex())
                .map()
                .remove(key);
        assertThat(export().code()).isEqualTo(0);
        assertThat(exported()).contains("key-7").hasSize(KEYS + 1);
    }

    @Test
    void oneReplicaThatCannotListIsReplacedByTheOther() throws IOException {
        cluster.kill(2);
        Kv export = export();
        assertThat(export.code()).as(export.err()).isEqualTo(0);
        assertThat(exported()).hasSize(KEYS + 1);
    }

    @Test
    void anExportThatWasCutOffGoesOnAndHasNoKeyTwice() throws IOException {
        AtomicInteger left = new AtomicInteger(200);
        cluster.nodes()
                .forEach(node -> node.behave(() -> left.decrementAndGet() > 0
                        ? FakeNode.SERVE
                        : new Behaviour.Refuse(Status.Code.INVALID_ARGUMENT, Reason.INVALID_BODY)));
        Kv cut = export();
        assertThat(cut.code()).isEqualTo(1);
        assertThat(cut.err()).contains("kv export --resume " + file());
        int before = exported().size();
        assertThat(before).isBetween(1, KEYS);
        // What was on its way when it was cut off has no line in the progress.
        Files.writeString(file(), Files.readString(file()) + "{\"key\":\"torn");
        cluster.nodes().forEach(node -> node.always(FakeNode.SERVE));
        assertThat(export().err()).contains("exists already");
        Kv resumed = export("--resume");
        assertThat(resumed.code()).as(resumed.err()).isEqualTo(0);
        assertThat(Files.readAllLines(file())).hasSize(KEYS + 1);
        assertThat(exported()).hasSize(KEYS + 1);
    }

    @Test
    void aFileThatTheProgressDoesNotKnowIsNotTouched() throws IOException {
        Files.writeString(file(), "short\n");
        Files.writeString(
                directory.resolve("all.jsonl.progress"),
                "{\"partition\":3,\"after\":\"k\",\"keys\":10,\"bytes\":1000}");
        Kv refused = export("--resume");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("it is not what that export wrote");
        assertThat(file()).hasContent("short");
    }

    private void put(String key, ByteString value) {
        cluster.nodes().forEach(node -> node.map().put(ByteString.copyFromUtf8(key), new FakeNode.Stored(value, 1)));
    }

    private Map<ByteString, ByteString> values() {
        Map<ByteString, ByteString> values = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        cluster.node(0).map().forEach((key, stored) -> values.put(key, stored.value()));
        return values;
    }

    private Set<String> exported() throws IOException {
        Set<String> keys = new HashSet<>();
        for (String line : Files.readAllLines(file())) {
            keys.add(new ObjectMapper().readTree(line).get("key").textValue());
        }
        return keys;
    }

    private Kv export(String... more) {
        return Kv.run(java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("export", file().toString(), server()),
                        java.util.stream.Stream.of(more))
                .toArray(String[]::new));
    }

    private String server() {
        return "--server=" + cluster.seed(0) + "," + cluster.seed(1);
    }

    private Path file() {
        return directory.resolve("all.jsonl");
    }
}
