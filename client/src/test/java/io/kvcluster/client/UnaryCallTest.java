package io.kvcluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.PutRequest;
import io.kvcluster.proto.kv.WriteResponse;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a call says of a request whose connection ends, on a real connection that takes one call at a time. */
class UnaryCallTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Queue<StreamObserver<WriteResponse>> serving = new ConcurrentLinkedQueue<>();
    private Server server;
    private ManagedChannel channel;
    private Node node;

    @BeforeEach
    void start() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .maxConcurrentCallsPerConnection(1)
                .addService(new KvServiceGrpc.KvServiceImplBase() {
                    @Override
                    public void put(PutRequest request, StreamObserver<WriteResponse> answer) {
                        serving.add(answer);
                    }
                })
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .disableRetry()
                .build();
        node = new Node(
                Address.parse("127.0.0.1", server.getPort()), List.of(new Connection(channel, null)), System::nanoTime);
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    private CompletableFuture<UnaryCall.Answer<WriteResponse>> put() {
        CompletableFuture<UnaryCall.Answer<WriteResponse>> answer = new CompletableFuture<>();
        UnaryCall.send(
                node,
                channel,
                KvServiceGrpc.getPutMethod(),
                PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build(),
                PATIENCE.toNanos(),
                answer::complete);
        return answer;
    }

    private static CallFailure failure(CompletableFuture<UnaryCall.Answer<WriteResponse>> answer) {
        assertThat(answer).succeedsWithin(PATIENCE).isInstanceOf(UnaryCall.Answer.Missed.class);
        return ((UnaryCall.Answer.Missed<WriteResponse>) answer.join()).failure();
    }

    @Test
    void aRequestThatTheConnectionTookAndNeverSentWasNotApplied() {
        CompletableFuture<UnaryCall.Answer<WriteResponse>> sent = put();
        await().atMost(PATIENCE).until(() -> serving.size() == 1);
        CompletableFuture<UnaryCall.Answer<WriteResponse>> waiting = put();
        server.shutdown();
        assertThat(failure(waiting).nothingApplied()).isTrue();
        assertThat(failure(waiting).retryable()).isTrue();
        assertThat(sent).isNotDone();
        serving.remove().onError(Status.UNAVAILABLE.asRuntimeException());
        assertThat(failure(sent).nothingApplied()).isFalse();
    }

    @Test
    void aRequestThatWasSentAndWhoseConnectionBreaksMayHaveBeenApplied() {
        CompletableFuture<UnaryCall.Answer<WriteResponse>> sent = put();
        await().atMost(PATIENCE).until(() -> serving.size() == 1);
        server.shutdownNow();
        assertThat(failure(sent).nothingApplied()).isFalse();
    }
}
