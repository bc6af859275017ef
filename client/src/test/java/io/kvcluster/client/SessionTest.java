package io.kvcluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.kvcluster.proto.kv.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client may conclude of operations that went over a session, on real connections. */
class SessionTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("k");
    private static final RequestOptions QUORUM = RequestOptions.DEFAULT.at(Level.QUORUM);

    private final FakeCluster cluster = FakeCluster.onLoopback(1);
    private final FakeNode node = cluster.node(0);
    private final KvClient client = KvClient.connect(KvClientConfig.of(cluster.seed(0)));

    /** The first operations go one by one while the session is opened. */
    @BeforeEach
    void open() {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            assertThat(client.get(KEY, QUORUM)).isNotInstanceOf(GetOutcome.Failed.class);
            return node.sessionRequests() > 0;
        });
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void operationsAreServedOverOneSession() {
        int before = node.sessionRequests();
        assertThat(client.put(KEY, ByteString.copyFromUtf8("v"), QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
        assertThat(client.get(KEY, QUORUM))
                .isInstanceOfSatisfying(
                        GetOutcome.Found.class,
                        found -> assertThat(found.value().toStringUtf8()).isEqualTo("v"));
        assertThat(client.delete(KEY, QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
        assertThat(client.get(KEY, QUORUM)).isInstanceOf(GetOutcome.NotFound.class);
        assertThat(node.sessionRequests() - before).isEqualTo(4);
        assertThat(node.sessions()).isEqualTo(1);
    }

    @Test
    void aRefusedWriteIsTriedAgainAWriteOfUnknownFateIsNot() {
        node.script(new FakeNode.Behaviour.Refuse(Status.Code.RESOURCE_EXHAUSTED, Reason.OVERLOADED));
        assertThat(client.put(KEY, KEY, QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
        assertThat(node.puts()).isEqualTo(2);
        node.script(new FakeNode.Behaviour.ApplyAndFail(Status.Code.UNKNOWN, Reason.INTERNAL));
        assertThat(client.put(KEY, KEY, QUORUM)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(node.puts()).isEqualTo(3);
    }

    @Test
    void aWriteWithoutAnswerIsUnknownAtItsDeadlineAndItsLateAnswerIsIgnored() {
        node.script(new FakeNode.Behaviour.Hang(true));
        assertThat(client.put(KEY, KEY, QUORUM.within(Duration.ofMillis(300))))
                .isInstanceOfSatisfying(
                        WriteOutcome.Unknown.class,
                        unknown -> assertThat(unknown.reason()).isEqualTo("NO_ANSWER"));
        assertThat(client.put(KEY, KEY, QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
    }

    @Test
    void whenTheSessionBreaksWhatWasSentIsUnknownAndAnotherSessionIsBegun() {
        node.script(new FakeNode.Behaviour.Hang(false));
        CompletableFuture<WriteOutcome> inFlight = client.putAsync(KEY, KEY, QUORUM);
        await().atMost(Duration.ofSeconds(60)).until(() -> node.puts() == 1);
        cluster.kill(0);
        assertThat(inFlight)
                .succeedsWithin(Duration.ofSeconds(5))
                .isInstanceOfSatisfying(
                        WriteOutcome.Unknown.class,
                        unknown -> assertThat(unknown.reason()).isEqualTo("NO_ANSWER"));
        assertThat(node.puts()).isEqualTo(1);
        cluster.start(0);
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            client.get(KEY, QUORUM.within(Duration.ofSeconds(5)));
            return node.sessions() == 2;
        });
    }

    @Test
    void aLargeRequestGoesAlone() {
        int before = node.sessionRequests();
        ByteString large = ByteString.copyFrom(new byte[2 << 20]);
        assertThat(client.put(KEY, large, QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
        assertThat(node.sessionRequests()).isEqualTo(before);
    }

    @Test
    void whatIsInFlightWhenTheClientClosesEnds() {
        node.always(new FakeNode.Behaviour.Hang(false));
        CompletableFuture<WriteOutcome> inFlight = client.putAsync(KEY, KEY, QUORUM);
        await().atMost(Duration.ofSeconds(60)).until(() -> node.puts() == 1);
        client.close();
        assertThat(inFlight).succeedsWithin(Duration.ofSeconds(5)).isInstanceOf(WriteOutcome.Unknown.class);
    }
}
