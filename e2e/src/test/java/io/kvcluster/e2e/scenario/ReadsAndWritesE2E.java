package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.client.WriteOutcome;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.proto.kv.Consistency;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.GetResponse;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.PutRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Scenario
final class ReadsAndWritesE2E {
    private static final Duration SPREAD = Duration.ofSeconds(10);

    private final Target target;
    private Cluster cluster;
    private List<Node> nodes;

    ReadsAndWritesE2E(Target target) {
        this.target = target;
    }

    @BeforeEach
    void cluster() {
        cluster = Cluster.shared(target);
        nodes = cluster.nodes();
    }

    /** Weak levels answer before all replicas have the write; they all get it at once, so it is soon everywhere. */
    @ParameterizedTest
    @ValueSource(strings = {"local", "one", "eventual", "quorum", "all"})
    void aValuePutThroughAnyNodeIsReadThroughEveryNodeAtTheSameLevel(String level) {
        String parameters = "consistency=" + level;
        for (Node writer : nodes) {
            String key = "http-" + level + "-" + writer.name();
            Node.Answer put = writer.put(key, "by " + writer.name(), parameters);
            assertThat(put.status()).as("%s", put).isEqualTo(200);
            assertThat(put.json().path("node").asText()).isEqualTo(writer.name());
            assertThat(put.json().path("consistency").asText()).isEqualTo(level);
            boolean strong = level.equals("quorum") || level.equals("all");
            for (Node reader : nodes) {
                // A weak level may answer from a replica that has it, and the next time from one that has not.
                Node.Answer got = strong || reader.equals(writer)
                        ? reader.get(key, parameters)
                        : await(key + " at " + reader.name())
                                .atMost(SPREAD)
                                .pollInterval(Cluster.POLL)
                                .until(() -> reader.get(key, parameters), answer -> answer.status() == 200);
                assertThat(got.status()).as("%s", got).isEqualTo(200);
                assertThat(got.value()).isEqualTo("by " + writer.name());
                assertThat(got.json().path("version").asText())
                        .isEqualTo(put.json().path("version").asText());
            }
        }
    }

    @Test
    void aValuePutWithGrpcThroughAnyNodeIsReadWithGrpcThroughEveryNode() {
        for (Node writer : nodes) {
            ByteString key = ByteString.copyFromUtf8("grpc-" + writer.name());
            ByteString value = ByteString.copyFromUtf8("by " + writer.name());
            ManagedChannel to = writer.channel();
            try {
                KvServiceGrpc.newBlockingStub(to)
                        .put(PutRequest.newBuilder()
                                .setKey(key)
                                .setValue(value)
                                .setConsistency(Consistency.QUORUM)
                                .build());
            } finally {
                to.shutdownNow();
            }
            for (Node reader : nodes) {
                ManagedChannel from = reader.channel();
                try {
                    GetResponse got = KvServiceGrpc.newBlockingStub(from)
                            .get(GetRequest.newBuilder()
                                    .setKey(key)
                                    .setConsistency(Consistency.QUORUM)
                                    .build());
                    assertThat(got.getValue()).isEqualTo(value);
                    assertThat(got.getServedBy().getNode()).isEqualTo(reader.name());
                } finally {
                    from.shutdownNow();
                }
            }
        }
    }

    @Test
    void everyByteOfABinaryValueComesBack() {
        byte[] value = new byte[70_000];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) i;
        }
        assertThat(nodes.getFirst()
                        .putBytes("binary", value, "consistency=quorum")
                        .status())
                .isEqualTo(200);
        Node.Answer got = nodes.getLast().getBytes("binary", "consistency=quorum");
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(value);
        assertThat(nodes.getLast()
                        .get("binary", "consistency=quorum")
                        .json()
                        .path("encoding")
                        .asText())
                .isEqualTo("base64");
    }

    @Test
    void keysAndValuesMayBeAnyUnicodeAndAnEmptyValueIsAValue() {
        String key = "clé/ключ/鍵 &?#%20+🔑";
        String value = "línea\n\"quotes\" \\ 値 🗝\u0000end";
        assertThat(nodes.getFirst().put(key, value, "consistency=quorum").status())
                .isEqualTo(200);
        Node.Answer got = nodes.getLast().get(key, "consistency=quorum");
        assertThat(got.value()).isEqualTo(value);
        assertThat(got.json().path("key").asText()).isEqualTo(key);

        assertThat(nodes.getFirst().put("empty", "", "consistency=quorum").status())
                .isEqualTo(200);
        assertThat(nodes.getLast().get("empty", "consistency=quorum").value()).isEmpty();
        try (KvClient client = cluster.connect()) {
            GetOutcome same = client.get(
                    ByteString.copyFrom(key, StandardCharsets.UTF_8), RequestOptions.DEFAULT.at(Level.QUORUM));
            assertThat(same)
                    .isInstanceOfSatisfying(
                            GetOutcome.Found.class,
                            found -> assertThat(found.value().toStringUtf8()).isEqualTo(value));
        }
    }

    @Test
    void aDeletedKeyIsGoneAtEveryNodeUntilItIsPutAgain() {
        nodes.get(0).put("deleted", "first", "consistency=quorum");
        assertThat(nodes.get(1).delete("deleted", "consistency=quorum").status())
                .isEqualTo(200);
        for (Node node : nodes) {
            Node.Answer got = node.get("deleted", "consistency=quorum");
            assertThat(got.status()).isEqualTo(404);
            assertThat(got.reason()).isEqualTo("NOT_FOUND");
        }
        nodes.get(2).put("deleted", "second", "consistency=quorum");
        assertThat(nodes.get(0).get("deleted", "consistency=quorum").value()).isEqualTo("second");
    }

    @Test
    void aBatchGivesEachOperationAResultOfItsOwn() {
        Node.Answer answer = nodes.getFirst().post("/batch?consistency=quorum", """
                        {"operations": [
                          {"type": "PUT", "key": "batch-1", "value": "one"},
                          {"type": "GET", "key": "batch-never-put"},
                          {"type": "DELETE", "key": "batch-2"}
                        ]}""");
        assertThat(answer.status()).as("%s", answer).isIn(200, 207);
        assertThat(answer.json().path("results")).hasSize(3);
        assertThat(answer.text()).contains("NOT_FOUND");
        assertThat(nodes.getLast().get("batch-1", "consistency=quorum").value()).isEqualTo("one");
    }

    @Test
    void everyNodeNamesTheSameReplicasOfAKey() {
        List<String> mappings = nodes.stream()
                .map(node -> node.ask("/mapping?key=key1").json())
                .map(json ->
                        json.path("partition").asText() + json.path("replicas").findValuesAsText("name"))
                .distinct()
                .toList();
        assertThat(mappings).hasSize(1);
    }

    @Test
    void theClientReadsWhatItWroteAndItsContextGrows() {
        try (KvClient client = cluster.connect()) {
            ByteString key = ByteString.copyFromUtf8("client");
            RequestOptions quorum = RequestOptions.DEFAULT.at(Level.QUORUM);
            WriteOutcome first = client.put(key, ByteString.copyFromUtf8("1"), quorum);
            assertThat(first).isInstanceOf(WriteOutcome.Applied.class);
            WriteOutcome second = client.put(
                    key, ByteString.copyFromUtf8("2"), quorum.after(((WriteOutcome.Applied) first).context()));
            assertThat(second)
                    .isInstanceOfSatisfying(
                            WriteOutcome.Applied.class,
                            applied -> assertThat(applied.version())
                                    .isGreaterThan(((WriteOutcome.Applied) first).version()));
            assertThat(client.get(key, quorum))
                    .isInstanceOfSatisfying(
                            GetOutcome.Found.class,
                            found -> assertThat(found.value().toStringUtf8()).isEqualTo("2"));
        }
    }
}
