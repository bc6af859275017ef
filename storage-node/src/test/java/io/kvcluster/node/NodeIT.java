package io.kvcluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.kv.Consistency;
import io.kvcluster.proto.kv.DeleteRequest;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.GetResponse;
import io.kvcluster.proto.kv.PutRequest;
import io.kvcluster.proto.kv.WriteResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes over real sockets and real files. */
class NodeIT {
    private static final List<Consistency> LEVELS =
            List.of(Consistency.ONE, Consistency.EVENTUAL, Consistency.QUORUM, Consistency.ALL);

    @TempDir
    Path directory;

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static void awaitServing(ThreeNodes nodes) {
        for (int i = 0; i < 3; i++) {
            int node = i;
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> nodes.status(node).getPhase() == NodeStatus.Phase.SERVING
                            && nodes.status(node).getPeersList().size() == 2
                            && nodes.status(node).getPeersList().stream().allMatch(peer -> peer.getUp()));
        }
    }

    @Test
    void aKeyWrittenAtEachLevelIsReadFromEachNode() throws Exception {
        try (ThreeNodes nodes = new ThreeNodes(directory, "127.90.1")) {
            nodes.startAll();
            nodes.firstRing("LastWriterWins");
            awaitServing(nodes);
            for (Consistency level : LEVELS) {
                String key = "key-" + level;
                WriteResponse written = nodes.kv(0)
                        .put(PutRequest.newBuilder()
                                .setKey(bytes(key))
                                .setValue(bytes("value-" + level))
                                .setConsistency(level)
                                .build());
                assertThat(written.getVersion()).isPositive();
                for (int node = 0; node < 3; node++) {
                    GetResponse got = nodes.kv(node)
                            .get(GetRequest.newBuilder()
                                    .setKey(bytes(key))
                                    .setConsistency(Consistency.QUORUM)
                                    .build());
                    assertThat(got.getValue()).isEqualTo(bytes("value-" + level));
                    assertThat(got.getVersion()).isEqualTo(written.getVersion());
                }
            }
            nodes.kv(1)
                    .delete(DeleteRequest.newBuilder()
                            .setKey(bytes("key-QUORUM"))
                            .setConsistency(Consistency.QUORUM)
                            .build());
            assertThat(codeOf(() -> nodes.kv(2)
                            .get(GetRequest.newBuilder()
                                    .setKey(bytes("key-QUORUM"))
                                    .setConsistency(Consistency.QUORUM)
                                    .build())))
                    .isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    @Test
    void aStoppedNodeComesBackWithItsDataAndARingWithoutHelp() throws Exception {
        try (ThreeNodes nodes = new ThreeNodes(directory, "127.90.2")) {
            nodes.startAll();
            nodes.firstRing("LastWriterWins");
            awaitServing(nodes);
            nodes.kv(0)
                    .put(PutRequest.newBuilder()
                            .setKey(bytes("k"))
                            .setValue(bytes("v"))
                            .setConsistency(Consistency.ALL)
                            .build());
            NodeStatus before = nodes.status(1);
            assertThat(before.getFollowsMoves())
                    .as("said, not concluded from a version")
                    .isTrue();
            nodes.stop(1);
            assertThat(nodes.kv(0)
                            .get(GetRequest.newBuilder()
                                    .setKey(bytes("k"))
                                    .setConsistency(Consistency.QUORUM)
                                    .build())
                            .getValue())
                    .isEqualTo(bytes("v"));
            assertThat(codeOf(() -> nodes.kv(0)
                            .put(PutRequest.newBuilder()
                                    .setKey(bytes("k"))
                                    .setValue(bytes("w"))
                                    .setConsistency(Consistency.ALL)
                                    .build())))
                    .isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
            nodes.start(1);
            awaitServing(nodes);
            NodeStatus after = nodes.status(1);
            assertThat(after.getStoreId()).isEqualTo(before.getStoreId());
            assertThat(after.getIncarnation()).as("it was stopped in order").isEqualTo(before.getIncarnation());
            assertThat(nodes.kv(1)
                            .get(GetRequest.newBuilder()
                                    .setKey(bytes("k"))
                                    .setConsistency(Consistency.LOCAL)
                                    .build())
                            .getValue())
                    .isIn(bytes("v"), bytes("w"));
        }
    }

    @Test
    void concurrentWritesAreSiblingsUntilAWriteWithTheirContext() throws Exception {
        try (ThreeNodes nodes = new ThreeNodes(directory, "127.90.3")) {
            nodes.startAll();
            nodes.firstRing("Siblings");
            awaitServing(nodes);
            for (int node = 0; node < 2; node++) {
                nodes.kv(node)
                        .put(PutRequest.newBuilder()
                                .setKey(bytes("cart"))
                                .setValue(bytes("v" + node))
                                .setConsistency(Consistency.ALL)
                                .build());
            }
            GetRequest get = GetRequest.newBuilder()
                    .setKey(bytes("cart"))
                    .setConsistency(Consistency.QUORUM)
                    .build();
            GetResponse both = nodes.kv(2).get(get);
            assertThat(both.getSiblingsList()).hasSize(2);
            nodes.kv(1)
                    .put(PutRequest.newBuilder()
                            .setKey(bytes("cart"))
                            .setValue(bytes("merged"))
                            .setContext(both.getContext())
                            .setConsistency(Consistency.QUORUM)
                            .build());
            GetResponse one = nodes.kv(0).get(get);
            assertThat(one.getSiblingsList()).isEmpty();
            assertThat(one.getValue()).isEqualTo(bytes("merged"));
        }
    }

    @Test
    void aNodeWithoutARingIsAliveButNotReadyAndSaysWhy() throws Exception {
        try (ThreeNodes nodes = new ThreeNodes(directory, "127.90.4")) {
            nodes.start(0);
            HttpClient http = HttpClient.newHttpClient();
            String base = "http://" + nodes.address(0) + ":8080";
            assertThat(get(http, base + "/health/live").statusCode()).isEqualTo(200);
            assertThat(get(http, base + "/health/ready").statusCode()).isEqualTo(503);
            HttpResponse<String> refused = get(http, base + "/kv/a");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("NO_RING");
            assertThat(get(http, base + "/metrics").body()).contains("kvstore_ready 0.0");
        }
    }

    private static HttpResponse<String> get(HttpClient http, String url) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static Status.Code codeOf(Runnable call) {
        try {
            call.run();
            return Status.Code.OK;
        } catch (StatusRuntimeException failed) {
            return failed.getStatus().getCode();
        }
    }
}
