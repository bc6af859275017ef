package io.kvcluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a client may conclude from a broken and from a refused TCP connection. */
class RealConnectionsTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("k");
    private static final RequestOptions QUORUM = RequestOptions.DEFAULT.at(Level.QUORUM);

    @Test
    void aBrokenConnectionLeavesTheWriteUnknownARefusedOneDoesNotAndAReturningNodeIsFound() {
        try (FakeCluster cluster = FakeCluster.onLoopback(1);
                KvClient client = KvClient.connect(KvClientConfig.of(cluster.seed(0)))) {
            FakeNode node = cluster.node(0);
            node.always(new FakeNode.Behaviour.Hang(false));
            CompletableFuture<WriteOutcome> inFlight = client.putAsync(KEY, KEY, QUORUM);
            await().until(() -> node.puts() == 1);
            cluster.kill(0);
            assertThat(inFlight)
                    .succeedsWithin(Duration.ofSeconds(5))
                    .isInstanceOfSatisfying(
                            WriteOutcome.Unknown.class,
                            unknown -> assertThat(unknown.reason()).isEqualTo("NO_ANSWER"));
            assertThat(client.put(KEY, KEY, QUORUM.within(Duration.ofSeconds(1))))
                    .isInstanceOfSatisfying(
                            WriteOutcome.NotApplied.class,
                            refused -> assertThat(refused.reason()).isEqualTo("NODE_UNREACHABLE"));
            assertThat(node.puts()).isEqualTo(1);
            CompletableFuture<WriteOutcome> patient = client.putAsync(KEY, KEY, QUORUM.within(Duration.ofSeconds(30)));
            node.always(FakeNode.SERVE);
            cluster.start(0);
            assertThat(patient).succeedsWithin(Duration.ofSeconds(25)).isInstanceOf(WriteOutcome.Applied.class);
        }
    }
}
