package io.kvcluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.kv.Consistency;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.PutRequest;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes beside a tracer that keeps everything: one trace over all nodes that had a part in an operation. */
class TracingIT {
    @RegisterExtension
    static final OpenTelemetryExtension KEPT = OpenTelemetryExtension.create();

    @TempDir
    Path directory;

    @Test
    void anOperationIsOneTraceOverTheNodesThatHadAPartInIt() throws Exception {
        try (ThreeNodes nodes = new ThreeNodes(directory, "127.90.77")) {
            nodes.startAll();
            nodes.firstRing("LastWriterWins");
            for (int i = 0; i < 3; i++) {
                int node = i;
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> nodes.status(node).getPhase() == NodeStatus.Phase.SERVING
                                && nodes.status(node).getPeersList().size() == 2
                                && nodes.status(node).getPeersList().stream().allMatch(peer -> peer.getUp()));
            }
            nodes.kv(0)
                    .put(PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("key"))
                            .setValue(ByteString.copyFromUtf8("value"))
                            .setConsistency(Consistency.ALL)
                            .setRequestId("order-1")
                            .build());
            SpanData put = named("kv put").getFirst();
            assertThat(put.getAttributes().get(AttributeKey.stringKey("kvcluster.request_id")))
                    .isEqualTo("order-1");
            List<SpanData> writes = named("replica write");
            assertThat(writes.stream().map(TracingIT::node)).containsExactlyInAnyOrder("three-1", "three-2");
            assertThat(writes).allSatisfy(write -> {
                assertThat(write.getTraceId()).isEqualTo(put.getTraceId());
                assertThat(write.getParentSpanId()).isEqualTo(put.getSpanId());
                assertThat(write.hasEnded()).isTrue();
            });

            nodes.kv(1)
                    .get(GetRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("key"))
                            .setConsistency(Consistency.QUORUM)
                            .build());
            SpanData get = named("kv get").getFirst();
            assertThat(node(get)).isEqualTo("three-1");
            assertThat(get.getAttributes().get(AttributeKey.longKey("kvcluster.replicas.answered")))
                    .isEqualTo(2);
        }
    }

    private static List<SpanData> named(String name) {
        return KEPT.getSpans().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private static String node(SpanData span) {
        return span.getAttributes().get(AttributeKey.stringKey("kvcluster.node"));
    }
}
