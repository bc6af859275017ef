package io.kvcluster.operator.nodeadmin;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.proto.admin.CopyStatus;
import io.kvcluster.proto.admin.DrainStatus;
import io.kvcluster.proto.admin.FetchRingRequest;
import io.kvcluster.proto.admin.FetchRingResponse;
import io.kvcluster.proto.admin.NodeAdminServiceGrpc;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.admin.PeerView;
import io.kvcluster.proto.admin.PushRingRequest;
import io.kvcluster.proto.admin.PushRingResponse;
import io.kvcluster.proto.admin.PushRingResponse.Verdict;
import io.kvcluster.proto.admin.WatchStatusRequest;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.change.CopyProof;
import io.kvcluster.ring.change.DrainProof;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against a real gRPC server on loopback, that is there or not, and talks or not; the time is the test's. */
class GrpcNodeAdminTest {
    private static final ClusterKey CLUSTER = new ClusterKey("ns", "demo");
    private static final NodeTarget TARGET = new NodeTarget("demo-0", "uid-0", "127.0.0.1");
    private static final Duration DOWN_AFTER = ofSeconds(5);

    private final TestTime time = new TestTime();
    private final AtomicInteger changes = new AtomicInteger();
    private final Node node = new Node();
    private GrpcNodeAdmin admin;

    @BeforeEach
    void start() throws IOException {
        node.start(0);
        admin = new GrpcNodeAdmin(time, this::channel);
        admin.listen(_ -> changes.incrementAndGet());
        admin.watch(CLUSTER, Set.of(TARGET), DOWN_AFTER);
    }

    @AfterEach
    void stop() {
        admin.close();
        node.stop();
    }

    @Test
    void aNodeThatReportsIsUpWithItsReport() {
        node.says(report(1).addPeers(PeerView.newBuilder().setStoreId("bb").setUp(true)));
        awaitLiveness(Liveness.UP);
        NodeReport report = state().report().orElseThrow();
        assertThat(report.storeId()).isEqualTo("00000000000000aa");
        assertThat(report.phase()).isEqualTo(NodeReport.Phase.SERVING);
        assertThat(report.ringEpoch()).isEqualTo(1);
        assertThat(report.peers()).containsEntry("bb", true);
        assertThat(state().heardAt()).contains(time.instant());
    }

    @Test
    void whatANodeSaysOfMovesIsCarried() {
        node.says(report(7)
                .setIncarnation(3)
                .setLogBytes(99)
                .setFollowsMoves(true)
                .addCopies(CopyStatus.newBuilder()
                        .setPartition(5)
                        .setCopyEpoch(6)
                        .setComplete(true)
                        .addExchanged("bb")
                        .addMet("bb")
                        .addMet("cc"))
                .setDrain(DrainStatus.newBuilder()
                        .setRingEpoch(7)
                        .setOwnedPartitions(1)
                        .setHeldRecords(2)
                        .setHints(3)));
        awaitLiveness(Liveness.UP);
        NodeReport report = state().report().orElseThrow();
        assertThat(report.load().logBytes()).isEqualTo(99);
        assertThat(report.moves())
                .isEqualTo(new NodeReport.Moves(
                        true,
                        List.of(new CopyProof(5, 6, true, List.of("bb"), List.of("bb", "cc"))),
                        Optional.of(new DrainProof("00000000000000aa", 3, 7, 1, 2, 3))));
    }

    @Test
    void whatANodeDoesNotSayOfMovesIsUnknownAndNotNothing() {
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        assertThat(state().report().orElseThrow().moves()).isEqualTo(NodeReport.Moves.UNKNOWN);
        assertThat(NodeReport.Moves.UNKNOWN.follows()).isFalse();
        assertThat(NodeReport.Moves.UNKNOWN.drain()).isEmpty();
    }

    @Test
    void proofsWakeTheListenerAndCountsDoNot() {
        node.says(report(1).setDrain(DrainStatus.newBuilder().setHeldRecords(500)));
        awaitLiveness(Liveness.UP);
        await().until(() -> changes.get() == 1);
        node.says(report(1)
                .setKeys(7)
                .setLogBytes(5)
                .setDrain(DrainStatus.newBuilder().setHeldRecords(499)));
        await().until(() -> state().report().orElseThrow().load().keys() == 7);
        assertThat(changes).hasValue(1);
        node.says(report(1).setDrain(DrainStatus.newBuilder()));
        await().until(() -> changes.get() == 2);
        node.says(report(1)
                .setDrain(DrainStatus.newBuilder())
                .addCopies(CopyStatus.newBuilder().setCopyEpoch(4)));
        await().until(() -> changes.get() == 3);
        node.says(report(1)
                .setDrain(DrainStatus.newBuilder())
                .addCopies(CopyStatus.newBuilder()
                        .setCopyEpoch(4)
                        .setComplete(true)
                        .setKeys(1)));
        await().until(() -> changes.get() == 4);
        node.says(report(1)
                .setKeys(8)
                .setDrain(DrainStatus.newBuilder())
                .addCopies(CopyStatus.newBuilder()
                        .setCopyEpoch(4)
                        .setComplete(true)
                        .setKeys(2)));
        await().until(() -> state().report().orElseThrow().load().keys() == 8);
        assertThat(changes).hasValue(4);
    }

    @Test
    void nothingIsKnownOfANodeBeforeItSaidSomething() {
        await().untilAsserted(() -> assertThat(node.streams).isNotEmpty());
        assertThat(state().liveness()).isEqualTo(Liveness.UNKNOWN);
    }

    @Test
    void aNodeWhoseProcessEndedIsDownWithoutWaitingForTheSilence() {
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        node.stop();
        time.runUntil(() -> state().liveness() == Liveness.DOWN, ofSeconds(2));
        assertThat(state().report()).as("what it said last is kept").isPresent();
    }

    @Test
    void aNodeThatIsBackIsUpWithinTwoSeconds() throws IOException {
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        int port = node.port;
        node.stop();
        time.runUntil(() -> state().liveness() == Liveness.DOWN, ofSeconds(2));
        time.advance(ofSeconds(30));
        node.start(port);
        time.runUntil(() -> !node.streams.isEmpty(), ofSeconds(2));
        node.says(report(1));
        awaitLiveness(Liveness.UP);
    }

    @Test
    void aNodeThatFallsSilentIsDownBeforeDownAfterIsOver() {
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        time.advance(ofSeconds(4));
        await().during(ofMillis(300)).until(() -> state().liveness() == Liveness.UP);
        time.advance(ofMillis(500));
        awaitLiveness(Liveness.DOWN);
        assertThat(state().since()).isEqualTo(time.instant());
    }

    @Test
    void aSilentStreamIsGivenUpAndTheNodeIsDialledAgain() {
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        time.advance(ofSeconds(6));
        awaitLiveness(Liveness.DOWN);
        await().until(() -> node.streams.size() == 2);
        assertThat(node.streams.getFirst().isCancelled()).isTrue();
        node.says(report(1));
        awaitLiveness(Liveness.UP);
    }

    @Test
    void aNodeThatNeverAnswersIsDownInTheEnd() {
        node.stop();
        admin.watch(CLUSTER, Set.of(new NodeTarget("demo-1", "uid-1", "127.0.0.1")), DOWN_AFTER);
        time.runUntil(
                () -> admin.states(CLUSTER).get("uid-1") != null
                        && admin.states(CLUSTER).get("uid-1").liveness() == Liveness.DOWN,
                ofSeconds(6));
    }

    @Test
    void onlyNewsThatMayDecideSomethingWakesTheListener() {
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        await().until(() -> changes.get() == 1);
        time.advance(ofSeconds(1));
        node.says(report(1).setKeys(77).setDurableLsn(5));
        await().until(() -> state().report().orElseThrow().load().keys() == 77);
        assertThat(changes).hasValue(1);
        node.says(report(2));
        await().until(() -> changes.get() == 2);
    }

    @Test
    void aPodOfTheSameNameIsAnotherNode() {
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        admin.watch(CLUSTER, Set.of(new NodeTarget("demo-0", "uid-new", "127.0.0.1")), DOWN_AFTER);
        await().until(() -> admin.states(CLUSTER).containsKey("uid-new"));
        assertThat(admin.states(CLUSTER)).doesNotContainKey("uid-0");
        await().until(() -> node.streams.getFirst().isCancelled());
    }

    @Test
    void aForgottenClusterIsNotWatched() {
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        admin.forget(CLUSTER);
        await().until(() -> admin.states(CLUSTER).isEmpty());
        await().until(() -> node.streams.getFirst().isCancelled());
    }

    @Test
    void aRingIsAcknowledgedWithItsAddresses() {
        Ring ring = World.settled("{replicas: 3}").ring();
        Publication publication = new Publication(ring, Map.of("aa", "10.0.0.1"));
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        node.answer.set(PushRingResponse.newBuilder()
                .setVerdict(Verdict.ACCEPTED)
                .setEpoch(1)
                .build());
        assertThat(admin.push(CLUSTER, TARGET, publication)).isEqualTo(new PushOutcome.Acknowledged(1));
        assertThat(node.pushed.get().getRing()).isEqualTo(ring.table());
        assertThat(node.pushed.get().getHints(0).getAddress()).isEqualTo("10.0.0.1");
        await().until(() -> state().acknowledged().filter(publication::equals).isPresent());
        await().untilAsserted(() -> assertThat(changes)
                .as("the next ring need not wait for a report")
                .hasValue(2));
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"OLDER", "FORK", "OTHER_CLUSTER", "INVALID", "VERDICT_UNSPECIFIED"})
    void aRefusalIsNoAcknowledgement(Verdict verdict) {
        node.answer.set(PushRingResponse.newBuilder()
                .setVerdict(verdict)
                .setMessage("why")
                .build());
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        Publication publication = new Publication(World.settled("{replicas: 3}").ring(), Map.of());
        assertThat(admin.push(CLUSTER, TARGET, publication)).isEqualTo(new PushOutcome.Refused(verdict.name(), "why"));
        assertThat(state().acknowledged()).isEmpty();
    }

    @Test
    void aNodeThatIsNotReadyOrNotThereFails() {
        Publication publication = new Publication(World.settled("{replicas: 3}").ring(), Map.of());
        node.says(report(1));
        awaitLiveness(Liveness.UP);
        node.answer.set(
                PushRingResponse.newBuilder().setVerdict(Verdict.NOT_READY).build());
        assertThat(admin.push(CLUSTER, TARGET, publication)).isInstanceOf(PushOutcome.Failed.class);
        node.stop();
        assertThat(admin.push(CLUSTER, TARGET, publication)).isInstanceOf(PushOutcome.Failed.class);
        assertThat(admin.push(CLUSTER, new NodeTarget("demo-9", "uid-9", "127.0.0.1"), publication))
                .isEqualTo(new PushOutcome.Failed("the pod is not watched any more"));
    }

    @Test
    void aRingIsFetchedAndJudged() {
        Ring ring = World.settled("{replicas: 3}").ring();
        assertThat(admin.fetchRing(TARGET)).as("it has none").isEmpty();
        node.ring.set(FetchRingResponse.newBuilder().setRing(ring.table()).build());
        assertThat(admin.fetchRing(TARGET)).contains(new RingCheck.Valid(ring));
        node.ring.set(FetchRingResponse.newBuilder()
                .setRing(ring.table().toBuilder().setEpoch(9))
                .build());
        assertThat(admin.fetchRing(TARGET))
                .hasValueSatisfying(check -> assertThat(check).isInstanceOf(RingCheck.Invalid.class));
        node.stop();
        assertThat(admin.fetchRing(TARGET)).as("it is not there").isEmpty();
    }

    private NodeState state() {
        return admin.states(CLUSTER)
                .getOrDefault(
                        TARGET.uid(),
                        new NodeState(
                                Liveness.UNKNOWN,
                                time.instant(),
                                java.util.Optional.empty(),
                                java.util.Optional.empty(),
                                java.util.Optional.empty()));
    }

    private void awaitLiveness(Liveness liveness) {
        await().until(() -> state().liveness() == liveness);
    }

    private ManagedChannel channel(NodeTarget target) {
        return NettyChannelBuilder.forAddress(target.address(), node.port)
                .usePlaintext()
                .build();
    }

    private static NodeStatus.Builder report(long epoch) {
        return NodeStatus.newBuilder()
                .setName("demo-0")
                .setStoreId("00000000000000aa")
                .setPhase(NodeStatus.Phase.SERVING)
                .setRingEpoch(epoch);
    }

    /** The time of the watches; it moves when the test says so. */
    private static final class TestTime implements InstantSource {
        private volatile Instant now = World.NOW;

        @Override
        public Instant instant() {
            return now;
        }

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        /** Lets time pass in small steps, as fast as the ticks follow, until it happened or the limit is over. */
        void runUntil(java.util.function.BooleanSupplier happened, Duration limit) {
            Instant end = now.plus(limit);
            await().atMost(ofSeconds(20)).pollInterval(ofMillis(20)).until(() -> {
                if (happened.getAsBoolean()) {
                    return true;
                }
                if (now.isBefore(end)) {
                    advance(ofMillis(50));
                }
                return false;
            });
        }
    }

    /** A node's admin service that says what it is told to. */
    private static final class Node extends NodeAdminServiceGrpc.NodeAdminServiceImplBase {
        final List<ServerCallStreamObserver<NodeStatus>> streams = new CopyOnWriteArrayList<>();
        final AtomicReference<PushRingResponse> answer = new AtomicReference<>();
        final AtomicReference<PushRingRequest> pushed = new AtomicReference<>();
        final AtomicReference<FetchRingResponse> ring = new AtomicReference<>(FetchRingResponse.getDefaultInstance());
        private Server server;
        private volatile int port;

        void start(int wanted) throws IOException {
            streams.clear();
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted))
                    .addService(this)
                    .build()
                    .start();
            port = server.getPort();
        }

        void stop() {
            server.shutdownNow();
        }

        /** On the newest stream, once there is one. */
        void says(NodeStatus.Builder status) {
            await().until(() -> !streams.isEmpty() && !streams.getLast().isCancelled());
            streams.getLast().onNext(status.build());
        }

        @Override
        public void watchStatus(WatchStatusRequest request, StreamObserver<NodeStatus> responses) {
            ServerCallStreamObserver<NodeStatus> stream = (ServerCallStreamObserver<NodeStatus>) responses;
            stream.setOnCancelHandler(() -> {});
            streams.add(stream);
        }

        @Override
        public void pushRing(PushRingRequest request, StreamObserver<PushRingResponse> responses) {
            pushed.set(request);
            if (answer.get() == null) {
                responses.onError(Status.INTERNAL.asRuntimeException());
                return;
            }
            responses.onNext(answer.get());
            responses.onCompleted();
        }

        @Override
        public void fetchRing(FetchRingRequest request, StreamObserver<FetchRingResponse> responses) {
            responses.onNext(ring.get());
            responses.onCompleted();
        }
    }
}
