package io.kvcluster.client;

import static io.kvcluster.client.FakeNode.Behaviour.ApplyAndFail;
import static io.kvcluster.client.FakeNode.Behaviour.Bare;
import static io.kvcluster.client.FakeNode.Behaviour.Hang;
import static io.kvcluster.client.FakeNode.Behaviour.Refuse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.kvcluster.proto.kv.Reason;
import io.kvcluster.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KvClientTest {
    private static final RequestOptions QUORUM = RequestOptions.DEFAULT.at(Level.QUORUM);
    private static final GetOutcome NOTHING = new GetOutcome.NotFound(ByteString.EMPTY);
    private static final RequestOptions SHORT = QUORUM.within(Duration.ofMillis(300));

    private final FakeCluster cluster = FakeCluster.inProcess(3);
    private final KvClient client = cluster.client();

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void whatIsPutIsFoundAndWhatIsDeletedIsNot() {
        assertThat(client.put(bytes("k"), bytes("v"), QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
        assertThat(client.get(bytes("k"), QUORUM)).isInstanceOfSatisfying(GetOutcome.Found.class, found -> {
            assertThat(found.value()).isEqualTo(bytes("v"));
            assertThat(found.context()).isEqualTo(bytes("context-" + found.version()));
            assertThat(found.servedBy().level()).isEqualTo(Level.QUORUM);
        });
        assertThat(client.delete(bytes("k"), QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
        assertThat(client.get(bytes("k"), QUORUM)).isEqualTo(NOTHING);
    }

    @Test
    void keysGoToTheirPrimary() {
        connected();
        int[] before = cluster.nodes().stream().mapToInt(FakeNode::puts).toArray();
        int[] expected = new int[3];
        for (int i = 0; i < 90; i++) {
            client.put(bytes("key" + i), bytes("v"), QUORUM);
            expected[cluster.primaryOf("key" + i).index]++;
        }
        assertThat(IntStream.range(0, 3).map(i -> cluster.node(i).puts() - before[i]))
                .containsExactly(expected[0], expected[1], expected[2]);
        assertThat(expected).doesNotContain(0);
    }

    @Test
    void aNewerRingIsLearnedFromAnAnswer() {
        connected();
        String key = "moved";
        FakeNode before = cluster.primaryOf(key);
        cluster.turnRing();
        assertThat(cluster.primaryOf(key)).isNotSameAs(before);
        assertThat(client.put(bytes(key), bytes("v"), QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
        await().until(() -> client.ring().map(Ring::epoch).equals(java.util.Optional.of(2L)));
        int puts = cluster.primaryOf(key).puts();
        client.put(bytes(key), bytes("v"), QUORUM);
        assertThat(cluster.primaryOf(key).puts()).isEqualTo(puts + 1);
    }

    @Test
    void anAddressThatANodeUsesOnlyForItselfIsReplacedByWhatOthersKnow() {
        cluster.nodes().forEach(node -> node.nameItself("inside-" + node.index));
        try (KvClient outside = cluster.client(cluster.seed(0))) {
            assertThat(outside.awaitConnected(Duration.ofSeconds(10))).isTrue();
            assertThat(outside.unconnected()).isEmpty();
        }
    }

    @Test
    void aSeedServesAloneWhenNoOtherAddressIsReachable() {
        try (KvClient outside = KvClient.connect(
                KvClientConfig.of(new Address("service", 50051)),
                address -> cluster.connect(
                        address.host().equals("service")
                                ? new Address("fake-1", 50051)
                                : new Address("unreachable", 50051)))) {
            for (int i = 0; i < 20; i++) {
                assertThat(outside.put(bytes("key" + i), bytes("v"), QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
            }
            await().until(() -> outside.ring().isPresent());
            assertThat(outside.put(bytes("more"), bytes("v"), QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
            assertThat(cluster.node(0).puts() + cluster.node(2).puts()).isZero();
        }
    }

    @Test
    void aClientStartedBeforeItsClusterWaitsForIt() {
        cluster.kill(0);
        cluster.kill(1);
        cluster.kill(2);
        try (KvClient early = cluster.client(cluster.seed(0), cluster.seed(1))) {
            CompletableFuture<WriteOutcome> put =
                    early.putAsync(bytes("k"), bytes("v"), QUORUM.within(Duration.ofSeconds(20)));
            assertThat(put).isNotDone();
            cluster.start(1);
            assertThat(put).succeedsWithin(Duration.ofSeconds(15)).isInstanceOf(WriteOutcome.Applied.class);
        }
    }

    @Test
    void withoutAnyServerAWriteIsNotAppliedAndNamesTheAddress() {
        try (KvClient lonely = cluster.client(new Address("nowhere", 50051))) {
            assertThat(lonely.put(bytes("k"), bytes("v"), SHORT))
                    .isInstanceOfSatisfying(WriteOutcome.NotApplied.class, outcome -> {
                        assertThat(outcome.reason()).isEqualTo("NODE_UNREACHABLE");
                        assertThat(outcome.message()).contains("nowhere:50051");
                        assertThat(outcome.retryable()).isTrue();
                    });
            assertThat(lonely.get(bytes("k"), SHORT)).isInstanceOf(GetOutcome.Failed.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {
                "NOT_ENOUGH_REPLICAS",
                "OVERLOADED",
                "SHUTTING_DOWN",
                "STARTING",
                "NO_RING",
                "WRONG_EPOCH",
                "CANNOT_SAY"
            })
    void aWriteThatWasNotAppliedIsTriedElsewhere(Reason reason) {
        connected();
        FakeNode primary = cluster.primaryOf("k");
        Status.Code code = reason == Reason.OVERLOADED ? Status.Code.RESOURCE_EXHAUSTED : Status.Code.UNAVAILABLE;
        primary.always(new Refuse(code, reason));
        assertThat(client.put(bytes("k"), bytes("v"), QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
        assertThat(primary.puts()).isEqualTo(1);
    }

    @Test
    void aWriteThatIsRefusedEverywhereEndsNotAppliedWithTheLastReason() {
        cluster.nodes().forEach(node -> node.always(new Refuse(Status.Code.UNAVAILABLE, Reason.NOT_ENOUGH_REPLICAS)));
        assertThat(client.put(bytes("k"), bytes("v"), QUORUM.within(Duration.ofSeconds(2))))
                .isInstanceOfSatisfying(WriteOutcome.NotApplied.class, outcome -> {
                    assertThat(outcome.reason()).isEqualTo("NOT_ENOUGH_REPLICAS");
                    assertThat(outcome.message()).contains("attempts in");
                });
        assertThat(cluster.nodes().stream().mapToInt(FakeNode::puts).sum()).isGreaterThan(3);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"DEADLINE_EXCEEDED", "UNKNOWN", "INTERNAL"})
    void aWriteThatMayHaveBeenAppliedIsNeverRepeated(Status.Code code) {
        connected();
        cluster.nodes().forEach(node -> node.always(new ApplyAndFail(code, Reason.TIMEOUT)));
        int before = cluster.nodes().stream().mapToInt(FakeNode::puts).sum();
        assertThat(client.put(bytes("k"), bytes("v"), QUORUM))
                .isInstanceOfSatisfying(
                        WriteOutcome.Unknown.class,
                        unknown -> assertThat(unknown.reason()).isEqualTo("TIMEOUT"));
        assertThat(cluster.nodes().stream().mapToInt(FakeNode::puts).sum()).isEqualTo(before + 1);
    }

    @Test
    void aBareUnavailableAfterTheRequestLeftIsUnknown() {
        connected();
        cluster.nodes().forEach(node -> node.always(new Bare(Status.UNAVAILABLE)));
        assertThat(client.put(bytes("k"), bytes("v"), QUORUM))
                .isInstanceOfSatisfying(
                        WriteOutcome.Unknown.class,
                        unknown -> assertThat(unknown.reason()).isEqualTo("NO_ANSWER"));
        assertThat(client.delete(bytes("k"), QUORUM)).isInstanceOf(WriteOutcome.Unknown.class);
    }

    @Test
    void aWriteInFlightAtTheDeathOfItsNodeIsUnknown() {
        connected();
        FakeNode primary = cluster.primaryOf("k");
        primary.always(new Hang(true));
        CompletableFuture<WriteOutcome> put = client.putAsync(bytes("k"), bytes("v"), QUORUM);
        await().until(() -> primary.puts() == 1);
        cluster.kill(primary.index);
        assertThat(put).succeedsWithin(Duration.ofSeconds(5)).isInstanceOf(WriteOutcome.Unknown.class);
    }

    @Test
    void aWriteWithoutAnswerIsUnknownAtItsDeadline() {
        cluster.nodes().forEach(node -> node.always(new Hang(false)));
        assertThat(client.put(bytes("k"), bytes("v"), SHORT)).isInstanceOf(WriteOutcome.Unknown.class);
    }

    @Test
    void aReadWithoutAnswerIsRepeatedOnAnotherReplicaWithinItsDeadline() {
        connected();
        client.put(bytes("k"), bytes("v"), QUORUM);
        cluster.primaryOf("k").always(new Hang(false));
        assertThat(client.get(bytes("k"), QUORUM.within(Duration.ofSeconds(2)))).isInstanceOf(GetOutcome.Found.class);
    }

    @Test
    void aSilentNodeIsLeftAloneUntilItAnswersAgain() {
        connected();
        FakeNode primary = cluster.primaryOf("k");
        primary.always(new Hang(false));
        assertThat(client.put(bytes("k"), bytes("1"), SHORT)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(client.put(bytes("k"), bytes("2"), SHORT)).isInstanceOf(WriteOutcome.Applied.class);
        primary.always(FakeNode.SERVE);
        int before = primary.puts();
        await().untilAsserted(() -> {
            assertThat(client.put(bytes("k"), bytes("3"), QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
            assertThat(primary.puts()).isGreaterThan(before);
        });
    }

    @Test
    void aNodeThatComesBackIsUsedAgain() {
        connected();
        FakeNode primary = cluster.primaryOf("k");
        cluster.kill(primary.index);
        assertThat(client.put(bytes("k"), bytes("1"), QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
        cluster.start(primary.index);
        int before = primary.puts();
        await().untilAsserted(() -> {
            assertThat(client.put(bytes("k"), bytes("2"), QUORUM)).isInstanceOf(WriteOutcome.Applied.class);
            assertThat(primary.puts()).isGreaterThan(before);
        });
    }

    @Test
    void theRequestsOwnFaultsAreNotRetried() {
        connected();
        cluster.nodes().forEach(node -> node.always(new Refuse(Status.Code.INVALID_ARGUMENT, Reason.VALUE_TOO_LARGE)));
        int before = cluster.nodes().stream().mapToInt(FakeNode::puts).sum();
        assertThat(client.put(bytes("k"), bytes("v"), QUORUM))
                .isEqualTo(new WriteOutcome.NotApplied("VALUE_TOO_LARGE", "fake says VALUE_TOO_LARGE", false));
        assertThat(cluster.nodes().stream().mapToInt(FakeNode::puts).sum()).isEqualTo(before + 1);
    }

    @Test
    void aReasonThatThisClientDoesNotKnowIsJudgedByItsCode() {
        assertThat(CallFailure.of(Status.UNAVAILABLE, new io.grpc.Metadata(), true, "node")
                        .nothingApplied())
                .isFalse();
        assertThat(CallFailure.of(Status.UNAVAILABLE, new io.grpc.Metadata(), false, "node")
                        .nothingApplied())
                .isTrue();
    }

    @Test
    void aBatchGoesToEachKeysReplicaAndKeepsTheOrderOfItsAnswers() {
        connected();
        List<BatchItem> items = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            items.add(new BatchItem.Put(bytes("key" + i), bytes("v" + i)));
        }
        assertThat(client.batch(items, QUORUM)).hasSize(300).allMatch(WriteOutcome.Applied.class::isInstance);
        assertThat(cluster.nodes()).allMatch(node -> node.batches() == 1);
        List<Outcome> gets = client.batch(
                IntStream.range(0, 301)
                        .<BatchItem>mapToObj(i -> new BatchItem.Get(bytes("key" + i)))
                        .toList(),
                QUORUM);
        for (int i = 0; i < 300; i++) {
            assertThat(((GetOutcome.Found) gets.get(i)).value()).isEqualTo(bytes("v" + i));
        }
        assertThat(gets.get(300)).isEqualTo(NOTHING);
    }

    @Test
    void aBatchIsCutToTheLimitsOfTheService() {
        connected();
        List<BatchItem> items = IntStream.range(0, 9)
                .<BatchItem>mapToObj(i -> new BatchItem.Put(bytes("k"), ByteString.copyFrom(new byte[1 << 20])))
                .toList();
        assertThat(client.batch(items, QUORUM)).hasSize(9).allMatch(WriteOutcome.Applied.class::isInstance);
        List<BatchItem> small = IntStream.range(0, 2500)
                .<BatchItem>mapToObj(i -> new BatchItem.Get(bytes("x" + i)))
                .toList();
        assertThat(client.batch(small, QUORUM)).hasSize(2500).allMatch(GetOutcome.NotFound.class::isInstance);
    }

    @Test
    void operationsOfOneKeyInABatchHappenInTheirOrder() {
        connected();
        cluster.primaryOf("k").script(new Refuse(Status.Code.UNAVAILABLE, Reason.NOT_ENOUGH_REPLICAS));
        List<Outcome> outcomes = client.batch(
                List.of(
                        new BatchItem.Put(bytes("k"), bytes("1")),
                        new BatchItem.Get(bytes("k")),
                        new BatchItem.Put(bytes("k"), bytes("2")),
                        new BatchItem.Delete(bytes("k")),
                        new BatchItem.Get(bytes("k"))),
                QUORUM);
        assertThat(((GetOutcome.Found) outcomes.get(1)).value()).isEqualTo(bytes("1"));
        assertThat(outcomes.get(4)).isEqualTo(NOTHING);
    }

    @Test
    void inABatchOnlyWhatWasNotAppliedIsRepeated() {
        connected();
        FakeNode primary = cluster.primaryOf("k");
        primary.always(new ApplyAndFail(Status.Code.UNKNOWN, Reason.TIMEOUT));
        assertThat(client.batch(List.of(new BatchItem.Put(bytes("k"), bytes("v"))), QUORUM)
                        .getFirst())
                .isEqualTo(new WriteOutcome.Unknown("TIMEOUT", "fake says TIMEOUT"));
        assertThat(cluster.nodes().stream().mapToInt(FakeNode::batches).sum()).isEqualTo(1);
    }

    @Test
    void oneNodeCanBeAskedForWhatIsOnItsOwnDisk() {
        connected();
        client.put(bytes("k"), bytes("v"), QUORUM);
        FakeNode loser = cluster.node(2);
        loser.map().remove(bytes("k"));
        RequestOptions local = QUORUM.at(Level.LOCAL);
        assertThat(client.getFromAsync(loser.storeId(), bytes("k"), local).join())
                .isEqualTo(NOTHING);
        assertThat(client.getFromAsync(cluster.node(1).storeId(), bytes("k"), local)
                        .join())
                .isInstanceOf(GetOutcome.Found.class);
    }

    @Test
    void moreThanTheAllowedInFlightIsRefusedAtOnce() {
        connected();
        cluster.nodes().forEach(node -> node.always(new Hang(false)));
        try (KvClient narrow =
                KvClient.connect(KvClientConfig.of(cluster.seed(0)).withMaxInFlight(1), cluster::connect)) {
            CompletableFuture<WriteOutcome> first = narrow.putAsync(bytes("k"), bytes("v"), QUORUM);
            assertThat(narrow.put(bytes("k"), bytes("v"), QUORUM))
                    .isInstanceOfSatisfying(
                            WriteOutcome.NotApplied.class,
                            outcome -> assertThat(outcome.reason()).isEqualTo("CLIENT_OVERLOADED"));
            assertThat(first).isNotDone();
        }
    }

    @Test
    void closingEndsWhatIsInFlight() {
        cluster.nodes().forEach(node -> node.always(new Hang(false)));
        KvClient other = cluster.client();
        CompletableFuture<WriteOutcome> put = other.putAsync(bytes("k"), bytes("v"), QUORUM);
        await().until(() -> cluster.nodes().stream().mapToInt(FakeNode::puts).sum() == 1);
        other.close();
        assertThat(put).succeedsWithin(Duration.ofSeconds(5)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(other.put(bytes("k"), bytes("v"), SHORT)).isInstanceOf(WriteOutcome.NotApplied.class);
    }

    @Test
    void aNewerRingIsLearnedFromAReadThatFoundNothing() {
        connected();
        cluster.turnRing();
        assertThat(client.get(bytes("never written"), QUORUM)).isEqualTo(NOTHING);
        await().until(() -> client.ring().map(Ring::epoch).equals(java.util.Optional.of(2L)));
    }

    private void connected() {
        assertThat(client.awaitConnected(Duration.ofSeconds(10))).isTrue();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
