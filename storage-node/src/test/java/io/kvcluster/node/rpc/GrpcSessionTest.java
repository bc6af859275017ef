package io.kvcluster.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.proto.kv.DeleteRequest;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.PutRequest;
import io.kvcluster.proto.kv.Reason;
import io.kvcluster.proto.kv.SessionAnswer;
import io.kvcluster.proto.kv.SessionAnswers;
import io.kvcluster.proto.kv.SessionRequest;
import io.kvcluster.proto.kv.SessionRequests;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many operations over one call: answered once each, by id, in any order, until the call ends. */
class GrpcSessionTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("k");

    private RpcFixture node;
    private ManagedChannel channel;
    private final Map<Long, SessionAnswer> answers = new ConcurrentHashMap<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private volatile boolean closing;
    private StreamObserver<SessionRequests> session;

    @BeforeEach
    void start() throws Exception {
        node = new RpcFixture(new RpcLimits(4_096, RpcLimits.BODY_BYTES, Duration.ofSeconds(5)));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", node.grpc.port())
                .usePlaintext()
                .build();
        session = KvServiceGrpc.newStub(channel).session(new StreamObserver<>() {
            @Override
            public void onNext(SessionAnswers message) {
                closing |= message.getClosing();
                message.getAnswersList()
                        .forEach(answer -> answers.merge(answer.getId(), answer, (_, _) -> {
                            throw new IllegalStateException("answered twice: " + answer.getId());
                        }));
            }

            @Override
            public void onError(Throwable error) {
                ended.complete(Status.fromThrowable(error));
            }

            @Override
            public void onCompleted() {
                ended.complete(Status.OK);
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        node.close();
    }

    /** Machines that test are busy. */
    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(60));
    }

    private static SessionRequest put(long id, String value) {
        return SessionRequest.newBuilder()
                .setId(id)
                .setPut(PutRequest.newBuilder().setKey(KEY).setValue(ByteString.copyFromUtf8(value)))
                .build();
    }

    private static SessionRequest get(long id) {
        return SessionRequest.newBuilder()
                .setId(id)
                .setGet(GetRequest.newBuilder().setKey(KEY))
                .build();
    }

    private void send(SessionRequest... requests) {
        session.onNext(SessionRequests.newBuilder()
                .addAllRequests(java.util.List.of(requests))
                .build());
    }

    private SessionAnswer answer(long id) {
        patiently().until(() -> answers.containsKey(id));
        return answers.get(id);
    }

    @Test
    void operationsOfOneMessageAreAnsweredByTheirIds() {
        send(put(7, "v"), get(8));
        send(
                SessionRequest.newBuilder()
                        .setId(9)
                        .setDelete(DeleteRequest.newBuilder().setKey(KEY))
                        .build(),
                get(10));
        assertThat(answer(7).getWritten().getServedBy().getNode()).isEqualTo("demo-0");
        assertThat(answer(8).getGot().getValue().toStringUtf8()).isEqualTo("v");
        assertThat(answer(9).hasWritten()).isTrue();
        assertThat(answer(10).getFailure().getReason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(answer(10).getFailure().getContext()).isNotEmpty();
    }

    @Test
    void aRequestThatBreaksARuleIsRefusedAloneAndSaysThatNothingWasApplied() {
        send(
                SessionRequest.newBuilder().setId(1).build(),
                put(2, "v"),
                SessionRequest.newBuilder()
                        .setId(3)
                        .setGet(GetRequest.getDefaultInstance())
                        .build());
        assertThat(answer(1).getFailure().getReason()).isEqualTo(Reason.INVALID_OPERATION);
        assertThat(answer(1).getFailure().getNotApplied()).isTrue();
        assertThat(answer(1).getFailure().getRetryable()).isFalse();
        assertThat(answer(2).hasWritten()).isTrue();
        assertThat(answer(3).getFailure().getReason()).isEqualTo(Reason.KEY_EMPTY);
    }

    @Test
    void anUnknownWriteMustNotBeRepeatedAnUnknownReadMay() {
        node.store.answer(new Outcome.Unknown(io.kvcluster.node.command.Reason.TIMEOUT, "too late"));
        send(put(1, "v"), get(2));
        assertThat(answer(1).getFailure().getNotApplied()).isFalse();
        assertThat(answer(1).getFailure().getRetryable()).isFalse();
        assertThat(answer(2).getFailure().getRetryable()).isTrue();
    }

    @Test
    void theClientsPatienceBecomesTheDeadline() {
        send(put(1, "v").toBuilder().setDeadlineMillis(1_000).build());
        answer(1);
        long left = node.store.seen.remove().deadlineNanos() - System.nanoTime();
        assertThat(Duration.ofNanos(left)).isLessThan(Duration.ofMillis(1_000));
    }

    @Test
    void noMoreIsReadWhileAWindowOfRequestsWaits() {
        Queue<Consumer<Outcome>> held = new ConcurrentLinkedQueue<>();
        node.store.behave((_, done) -> held.add(done));
        int messages = 3 * ClientSession.WINDOW / 256;
        for (int m = 0; m < messages; m++) {
            SessionRequests.Builder message = SessionRequests.newBuilder();
            for (int i = 1; i <= 256; i++) {
                message.addRequests(get(m * 256L + i));
            }
            session.onNext(message.build());
        }
        patiently().until(() -> held.size() == ClientSession.WINDOW);
        assertThat(node.grpc.requests())
                .as("those of the window, and the session")
                .isEqualTo(ClientSession.WINDOW + 1);
        patiently().during(Duration.ofMillis(200)).until(() -> held.size() == ClientSession.WINDOW);
        Outcome read = new Outcome.NotApplied(io.kvcluster.node.command.Reason.CANNOT_SAY, true, "x");
        patiently().until(() -> {
            for (Consumer<Outcome> done = held.poll(); done != null; done = held.poll()) {
                done.accept(read);
            }
            return answers.size() == messages * 256;
        });
    }

    @Test
    void whatWasAskedBeforeTheNodeStopsIsAnsweredAndThenTheCallEnds() throws Exception {
        Queue<Consumer<Outcome>> held = new ConcurrentLinkedQueue<>();
        node.store.behave((_, done) -> held.add(done));
        send(put(1, "v"));
        patiently().until(() -> held.size() == 1);
        CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> {
            try {
                return node.grpc.stop(Duration.ofSeconds(20));
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
        patiently().until(() -> closing);
        send(put(2, "w"));
        assertThat(answer(2).getFailure().getReason()).isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(answer(2).getFailure().getNotApplied()).isTrue();
        session.onCompleted();
        assertThat(ended).isNotDone();
        held.remove().accept(new Outcome.Applied(1, new byte[0], MapHandler.SERVICE));
        assertThat(ended.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
        assertThat(answer(1).hasWritten()).isTrue();
        assertThat(stopped.get(20, TimeUnit.SECONDS)).as("drained").isTrue();
    }

    @Test
    void anOperationWhoseClientIsGoneEndsAllTheSame() {
        Queue<Consumer<Outcome>> held = new ConcurrentLinkedQueue<>();
        node.store.behave((Command _, Consumer<Outcome> done) -> held.add(done));
        send(put(1, "v"));
        patiently().until(() -> held.size() == 1);
        session.onError(Status.CANCELLED.asRuntimeException());
        held.remove().accept(new Outcome.Applied(1, new byte[0], MapHandler.SERVICE));
        patiently().until(() -> node.grpc.requests() == 0);
    }
}
