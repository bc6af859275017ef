package io.kvcluster.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.kvcluster.client.FakeCluster;
import io.kvcluster.client.FakeNode;
import io.kvcluster.proto.kv.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvCommandsTest {
    @TempDir
    private Path directory;

    private final FakeCluster cluster = FakeCluster.onLoopback(3);
    private final String server = "--server=" + cluster.seed(0);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void putGetAndDeleteForPeople() {
        Kv put = Kv.run("put", server, "-c", "quorum", "greeting", "hello world");
        assertThat(put.code()).as(put.err()).isEqualTo(0);
        assertThat(put.out()).contains("put of 'greeting' applied: version").contains("quorum");
        Kv get = Kv.run("get", server, "greeting");
        assertThat(get.out()).isEqualTo("hello world" + System.lineSeparator());
        assertThat(get.err()).contains("version ").contains("by fake-");
        assertThat(Kv.run("delete", server, "greeting").code()).isEqualTo(0);
        Kv gone = Kv.run("get", server, "greeting");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.out()).isEmpty();
        assertThat(gone.err()).contains("key 'greeting' has no value");
    }

    @Test
    void resultsForProgramsAreJsonAloneOnStandardOutput() {
        JsonNode put = Kv.run("put", server, "-o", "json", "k", "v").json();
        assertThat(put.path("outcome").asText()).isEqualTo("applied");
        assertThat(put.path("version").asLong()).isGreaterThan(1000);
        Kv get = Kv.run("get", server, "-o", "json", "k");
        assertThat(get.json().path("value").asText()).isEqualTo("v");
        assertThat(get.json().path("version")).isEqualTo(put.path("version"));
        assertThat(get.err()).isEmpty();
        Kv missing = Kv.run("get", server, "-o", "json", "missing");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.json().path("outcome").asText()).isEqualTo("not-found");
    }

    @Test
    void resultsAreAlsoYaml() throws IOException {
        Kv put = Kv.run("put", server, "-o", "yaml", "k", "v");
        assertThat(new YAMLMapper().readTree(put.out()).path("key").asText()).isEqualTo("k");
    }

    @Test
    void binaryKeysAndValuesTravelAsBase64AndAsFiles() throws IOException {
        Path file = directory.resolve("value");
        Files.write(file, new byte[] {0, (byte) 0xff, 10});
        assertThat(Kv.run("put", server, "--base64", "/w==", "--file", file.toString())
                        .code())
                .isEqualTo(0);
        JsonNode got = Kv.run("get", server, "--base64", "-o", "json", "/w==").json();
        assertThat(got.path("keyEncoding").asText()).isEqualTo("base64");
        assertThat(got.path("value").asText()).isEqualTo("AP8K");
        assertThat(got.path("encoding").asText()).isEqualTo("base64");
        Path copy = directory.resolve("copy");
        assertThat(Kv.run("get", server, "--base64", "--to-file", copy.toString(), "/w==")
                        .code())
                .isEqualTo(0);
        assertThat(copy).hasSameBinaryContentAs(file);
    }

    @Test
    void anUnknownOutcomeIsExitCode3AndSaysHowToLook() {
        cluster.nodes()
                .forEach(node -> node.always(
                        new FakeNode.Behaviour.ApplyAndFail(Status.Code.DEADLINE_EXCEEDED, Reason.TIMEOUT)));
        Kv put = Kv.run("put", server, "k", "v");
        assertThat(put.code()).isEqualTo(3);
        assertThat(put.err()).contains("unknown outcome").contains("kv get -c quorum k");
        assertThat(Kv.run("put", server, "-o", "json", "k", "v")
                        .json()
                        .path("outcome")
                        .asText())
                .isEqualTo("unknown");
    }

    @Test
    void aRefusedWriteIsExitCode1AndNamesTheReason() {
        cluster.nodes()
                .forEach(node -> node.always(
                        new FakeNode.Behaviour.Refuse(Status.Code.UNAVAILABLE, Reason.NOT_ENOUGH_REPLICAS)));
        Kv put = Kv.run("put", server, "--timeout", "2s", "k", "v");
        assertThat(put.code()).as(put.err()).isEqualTo(1);
        assertThat(put.err())
                .contains("was not applied")
                .contains("NOT_ENOUGH_REPLICAS")
                .contains("try again");
    }

    @Test
    void withoutAServerTheSentenceNamesTheAddressAndTheWayOut() {
        Kv status = Kv.run("status", "--server", "127.0.0.1:1", "--timeout", "300ms");
        assertThat(status.code()).isEqualTo(1);
        assertThat(status.err()).contains("no answer from 127.0.0.1:1").contains("$KV_SERVER");
    }

    @Test
    void aBatchTellsEachOutcome() throws IOException {
        Path file = directory.resolve("ops");
        Files.writeString(file, """
                {"op": "put", "key": "a", "value": "1"}
                {"op": "get", "key": "a"}
                {"op": "delete", "key": "a"}

                {"op": "get", "key": "a"}
                """);
        Kv batch = Kv.run("batch", server, "-o", "json", file.toString());
        assertThat(batch.code()).as(batch.err()).isEqualTo(0);
        assertThat(batch.json().findValuesAsText("outcome"))
                .containsExactly("applied", "found", "applied", "not-found");
        assertThat(Kv.run("batch", server, file.toString()).out())
                .contains("KEY")
                .contains("not-found");
    }

    @Test
    void aBrokenBatchLineIsNamed() throws IOException {
        Path file = directory.resolve("ops");
        Files.writeString(
                file, "{\"op\": \"put\", \"key\": \"a\", \"value\": \"1\"}\n{\"op\": \"swap\", \"key\": \"a\"}\n");
        Kv batch = Kv.run("batch", server, file.toString());
        assertThat(batch.code()).isEqualTo(1);
        assertThat(batch.err()).contains("line 2").contains("op is 'swap'");
    }

    @Test
    void statusTellsWhetherAllKeysAreServed() {
        Kv status = Kv.run("status", server);
        assertThat(status.code()).as(status.err()).isEqualTo(0);
        assertThat(status.out())
                .contains("cluster      fake, ring epoch 1")
                .contains("3 of 3 up")
                .contains("all served");
        JsonNode json = Kv.run("status", server, "-o", "json").json();
        assertThat(json.path("partitions").asInt()).isEqualTo(16);
        assertThat(json.path("partitionsWithoutMajority").asInt()).isZero();
    }

    @Test
    void statusFailsWhenSomePartitionHasNoMajority() {
        cluster.node(1).showAs(false);
        Kv degraded = Kv.run("status", server);
        assertThat(degraded.code()).isEqualTo(0);
        assertThat(degraded.out())
                .contains("2 of 3 up; down: fake-1")
                .contains("16 partitions have a replica that is down");
        cluster.node(2).showAs(false);
        Kv broken = Kv.run("status", server);
        assertThat(broken.code()).isEqualTo(1);
        assertThat(broken.out()).contains("no majority for 16 partitions");
        assertThat(Kv.run("ring", server).out()).contains("!!!!!!!!!!!!!!!!");
    }

    @Test
    void nodesMappingAndRingShowWhatTheNodesSay() {
        assertThat(Kv.run("nodes", server).out())
                .contains("NAME")
                .contains("fake-2")
                .contains("zone-2")
                .contains("UP");
        assertThat(Kv.run("nodes", server, "-o", "json").json()).hasSize(3);
        JsonNode mapping = Kv.run("mapping", server, "-o", "json", "some key").json();
        assertThat(mapping.path("partition").asInt())
                .isEqualTo(cluster.ring()
                        .partitionOf(ByteString.copyFromUtf8("some key").toByteArray()));
        assertThat(mapping.path("replicas").path(0).path("name").asText())
                .isEqualTo(cluster.primaryOf("some key").name());
        assertThat(Kv.run("mapping", server, "some key").out()).contains("primary");
        Kv ring = Kv.run("ring", server);
        assertThat(ring.out()).contains("ABCABCABCABCABCA").contains("holds 16, primary of 6");
        assertThat(Kv.run("ring", server, "-o", "json").json().path("partitions"))
                .hasSize(16);
    }

    @Test
    void theMappingOfAPartitionThatMovesNamesBothSets() {
        int partition = cluster.ring().partitionOf("k".getBytes(StandardCharsets.UTF_8));
        assertThat(Kv.run("mapping", server, "-o", "json", "k").json().has("move"))
                .isFalse();
        cluster.move(partition);
        JsonNode move = Kv.run("mapping", server, "-o", "json", "k").json().path("move");
        assertThat(move.path("phase").asText()).isEqualTo("COPY");
        assertThat(move.path("copyEpoch").asLong()).isEqualTo(2);
        assertThat(move.path("replicas").path(0).path("name").asText())
                .isEqualTo(cluster.ring().target(partition).getFirst().getName());
        assertThat(Kv.run("mapping", server, "k").out()).contains("it moves (COPY), and will then be at");
    }
}
