package io.kvcluster.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.kv.BatchDelete;
import io.kvcluster.proto.kv.BatchGet;
import io.kvcluster.proto.kv.BatchOperation;
import io.kvcluster.proto.kv.BatchPut;
import io.kvcluster.proto.kv.BatchRequest;
import io.kvcluster.proto.kv.BatchResult;
import io.kvcluster.proto.kv.ClusterServiceGrpc;
import io.kvcluster.proto.kv.Consistency;
import io.kvcluster.proto.kv.DeleteRequest;
import io.kvcluster.proto.kv.GetMappingRequest;
import io.kvcluster.proto.kv.GetNodesRequest;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.GetRingRequest;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.PutRequest;
import io.kvcluster.proto.kv.WriteResponse;
import io.kvcluster.proto.repair.GetRepairRequest;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GrpcKvTest {
    private static final ByteString KEY = ByteString.copyFrom(new byte[] {(byte) 0xff, 0, 1});

    private RpcFixture node;
    private ManagedChannel channel;
    private KvServiceGrpc.KvServiceBlockingStub kv;

    @BeforeEach
    void start() throws Exception {
        node = new RpcFixture();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", node.grpc.port())
                .usePlaintext()
                .build();
        kv = KvServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        node.close();
    }

    @Test
    void aValueIsWrittenReadAndDeleted() {
        ByteString value = ByteString.copyFrom(new byte[Limits.VALUE_BYTES]);
        var put = kv.put(PutRequest.newBuilder()
                .setKey(KEY)
                .setValue(value)
                .setContext(ByteString.copyFromUtf8("ctx"))
                .setConsistency(Consistency.QUORUM)
                .setRequestId("r-1")
                .build());
        assertThat(put.getVersion()).isGreaterThan(1L << 60);
        assertThat(put.getServedBy().getNode()).isEqualTo("demo-0");
        assertThat(put.getServedBy().getReplicas()).isEqualTo(2);
        assertThat(put.getServedBy().getConsistency()).isEqualTo(Consistency.QUORUM);
        Command.Put seen = (Command.Put) node.store.seen.remove();
        assertThat(seen.key()).isEqualTo(Key.of(KEY.toByteArray()));
        assertThat(seen.contextToken()).isEqualTo("ctx".getBytes());
        assertThat(seen.level()).isEqualTo(ConsistencyLevel.QUORUM);
        assertThat(seen.requestId()).isEqualTo("r-1");
        assertThat(seen.forwarded()).isFalse();
        assertThat(kv.get(get()).getValue()).isEqualTo(value);
        assertThat(node.store.seen.remove().level())
                .as("none named: the ring's default")
                .isNull();
        kv.delete(DeleteRequest.newBuilder().setKey(KEY).build());
        assertThat(catchThrowableOfType(StatusRuntimeException.class, () -> kv.get(get()))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void whatIsNotFoundCarriesTheContextThatCoversTheDeletes() throws Exception {
        var error = catchThrowableOfType(StatusRuntimeException.class, () -> kv.get(get()));
        ErrorInfo info = GrpcBadInputTest.info(error);
        assertThat(info.getReason()).isEqualTo("NOT_FOUND");
        assertThat(info.getMetadataMap())
                .containsEntry("context", "CQk")
                .containsEntry("node", "demo-0")
                .containsEntry("consistency", "quorum")
                .containsEntry("replicas", "2")
                .containsEntry("ringEpoch", "7");
    }

    @Test
    void siblingsAreAllReturned() {
        node.store.answer(new Outcome.Read(
                List.of(
                        new Outcome.Version(9, new byte[0], true),
                        new Outcome.Version(8, new byte[] {8}, false),
                        new Outcome.Version(7, new byte[] {7}, false)),
                new byte[] {1},
                MapHandler.SERVICE));
        var answer = kv.get(get());
        assertThat(answer.getVersion()).isEqualTo(8);
        assertThat(answer.getSiblingsList()).hasSize(3);
        assertThat(answer.getSiblings(0).getDeleted()).isTrue();
        assertThat(answer.getSiblings(2).getValue()).isEqualTo(ByteString.copyFrom(new byte[] {7}));
    }

    @Test
    void aNewerRingIsNamedToWhoHasAnOlderOne() {
        kv.put(put());
        assertThat(kv.get(get()).getServedBy().getRingEpoch()).isEqualTo(7);
        assertThat(kv.get(get().toBuilder().setRingEpoch(7).build())
                        .getServedBy()
                        .getRingEpoch())
                .isZero();
    }

    @Test
    void theClientsDeadlineBecomesTheCommandsWithSomethingKeptForTheWayBack() {
        kv.withDeadlineAfter(2, TimeUnit.SECONDS).put(put());
        assertThat(leftMillis()).isBetween(1_000L, 1_950L);
        kv.withDeadlineAfter(10, TimeUnit.MINUTES).put(put());
        assertThat(leftMillis()).isBetween(55_000L, Limits.MAX_DEADLINE_MILLIS);
        KvServiceGrpc.newBlockingStub(channel).put(put());
        assertThat(leftMillis()).isBetween(4_000L, Limits.DEFAULT_DEADLINE_MILLIS);
    }

    private long leftMillis() {
        return TimeUnit.NANOSECONDS.toMillis(node.store.seen.remove().deadlineNanos() - RpcFixture.CLOCK.nanos());
    }

    @Test
    void aWriteOfUnknownEndSaysThatItMayHaveBeenApplied() throws Exception {
        node.store.answer(new Outcome.Unknown(Reason.TIMEOUT, "1 of 2 replicas acknowledged in time"));
        var timeout = catchThrowableOfType(StatusRuntimeException.class, () -> kv.put(put()));
        assertThat(timeout.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(timeout.getStatus().getDescription())
                .isEqualTo("1 of 2 replicas acknowledged in time; the write may have been applied");
        assertThat(GrpcBadInputTest.info(timeout).getMetadataOrThrow("mayHaveBeenApplied"))
                .isEqualTo("true");
        node.store.answer(new Outcome.Unknown(Reason.PEER_LOST, "the coordinator went away"));
        var lost = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> kv.delete(DeleteRequest.newBuilder().setKey(KEY).build()));
        assertThat(lost.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        var read = catchThrowableOfType(StatusRuntimeException.class, () -> kv.get(get()));
        assertThat(read.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(GrpcBadInputTest.info(read).getMetadataOrThrow("mayHaveBeenApplied"))
                .isEqualTo("false");
        assertThat(read.getStatus().getDescription()).doesNotContain("applied");
    }

    @Test
    void whatWasNotAppliedSaysWhetherToTryAgain() throws Exception {
        node.store.answer(new Outcome.NotApplied(Reason.NOT_ENOUGH_REPLICAS, true, "1 of 3 replicas is up"));
        var error = catchThrowableOfType(StatusRuntimeException.class, () -> kv.put(put()));
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(GrpcBadInputTest.info(error).getMetadataMap())
                .containsEntry("retryable", "true")
                .containsEntry("mayHaveBeenApplied", "false");
    }

    @Test
    void aHandlerThatThrowsIsUnknownAndItsWordsStayInside() throws Exception {
        node.store.behave((_, _) -> {
            throw new IllegalStateException("secret of the house");
        });
        var error = catchThrowableOfType(StatusRuntimeException.class, () -> kv.put(put()));
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(GrpcBadInputTest.info(error).getReason()).isEqualTo("INTERNAL");
        assertThat(error.toString() + error.getTrailers())
                .doesNotContain("secret")
                .doesNotContain("at io.kvcluster");
    }

    @Test
    void aBatchHasOneResultForEachOperationInTheirOrder() {
        node.store.when(command -> command.key().equals(Key.of("full"))
                ? new Outcome.NotApplied(Reason.OVERLOADED, true, "full")
                : command.key().equals(Key.of("lost")) ? new Outcome.Unknown(Reason.TIMEOUT, "late") : null);
        List<BatchResult> results = kv.batch(BatchRequest.newBuilder()
                        .addOperations(putOf("a"))
                        .addOperations(putOf("full"))
                        .addOperations(BatchOperation.newBuilder()
                                .setGet(BatchGet.newBuilder().setKey(ByteString.copyFromUtf8("none"))))
                        .addOperations(putOf("lost"))
                        .addOperations(BatchOperation.newBuilder()
                                .setDelete(BatchDelete.newBuilder().setKey(ByteString.copyFromUtf8("d"))))
                        .build())
                .getResultsList();
        assertThat(results.get(0).getWritten().getVersion()).isPositive();
        assertThat(results.get(1).getFailure().getReason()).isEqualTo(io.kvcluster.proto.kv.Reason.OVERLOADED);
        assertThat(results.get(1).getFailure().getNotApplied()).isTrue();
        assertThat(results.get(1).getFailure().getRetryable()).isTrue();
        assertThat(results.get(2).getFailure().getReason()).isEqualTo(io.kvcluster.proto.kv.Reason.NOT_FOUND);
        assertThat(results.get(2).getFailure().getContext()).isEqualTo(ByteString.copyFrom(new byte[] {9, 9}));
        assertThat(results.get(3).getFailure().getNotApplied()).isFalse();
        assertThat(results.get(4).hasWritten()).isTrue();
    }

    @Test
    void aLargestBatchIsTakenAWindowAtATime() {
        var held = new CopyOnWriteArrayList<Consumer<Outcome>>();
        node.store.behave((_, done) -> held.add(done));
        BatchRequest.Builder request = BatchRequest.newBuilder();
        for (int i = 0; i < Limits.BATCH_OPERATIONS; i++) {
            request.addOperations(putOf("k" + i));
        }
        var answer = KvServiceGrpc.newFutureStub(channel).batch(request.build());
        await().until(() -> held.size() == RpcLimits.BATCH_WINDOW);
        var outcome = new Outcome.Applied(1, new byte[0], MapHandler.SERVICE);
        node.store.answer(outcome);
        held.forEach(done -> done.accept(outcome));
        await().until(answer::isDone);
        assertThat(answer.resultNow().getResultsList())
                .hasSize(Limits.BATCH_OPERATIONS)
                .allMatch(BatchResult::hasWritten);
    }

    @Test
    void repairIsBegunAndToldAndAWrongPartitionIsNamed() throws Exception {
        var repair = RepairServiceGrpc.newBlockingStub(channel);
        assertThat(repair.startRepair(
                                RepairRequest.newBuilder().addPartitions(1).build())
                        .getPartitions())
                .isEqualTo(2);
        assertThat(repair.getRepair(GetRepairRequest.getDefaultInstance()).getPartitionsList())
                .isEmpty();
        assertThat(repair.getRepair(GetRepairRequest.newBuilder()
                                .setWithPartitions(true)
                                .build())
                        .getPartitions(0)
                        .getPartition())
                .isEqualTo(1);
        var error = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> repair.startRepair(
                        RepairRequest.newBuilder().addPartitions(2).build()));
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(error.getStatus().getDescription()).isEqualTo("partitions names 2: 0..1 is allowed");
        assertThat(GrpcBadInputTest.info(error).getReason()).isEqualTo("INVALID_PARAMETER");
    }

    @Test
    void ringNodesAndMappingAreToldAndWithoutARingItIsSaid() throws Exception {
        var cluster = ClusterServiceGrpc.newBlockingStub(channel);
        assertThat(cluster.getRing(GetRingRequest.getDefaultInstance())
                        .getRing()
                        .getEpoch())
                .isEqualTo(7);
        var nodes = cluster.getNodes(GetNodesRequest.getDefaultInstance());
        assertThat(nodes.getAsked()).isEqualTo("demo-0");
        assertThat(nodes.getRingEpoch()).isEqualTo(7);
        assertThat(nodes.getNodesList()).containsExactly(RpcFixture.NODE);
        assertThat(cluster.getMapping(GetMappingRequest.newBuilder().setKey(KEY).build())
                        .getPartition())
                .isEqualTo(3);
        node.ring = false;
        assertThat(cluster.getNodes(GetNodesRequest.getDefaultInstance()).getNodesList())
                .isEmpty();
        var error = catchThrowableOfType(
                StatusRuntimeException.class, () -> cluster.getRing(GetRingRequest.getDefaultInstance()));
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(GrpcBadInputTest.info(error).getReason()).isEqualTo("NO_RING");
    }

    @Test
    void healthIsThatOfTheNodeAndItsWatchersHearOfChanges() {
        var health = HealthGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
        var all = HealthCheckRequest.getDefaultInstance();
        assertThat(health.check(all).getStatus()).isEqualTo(ServingStatus.SERVING);
        Iterator<io.grpc.health.v1.HealthCheckResponse> watch = health.watch(all);
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);
        node.health = new HealthView.Health(NodeStatus.Phase.WAITING_FOR_RING, "no ring");
        node.grpc.healthChanged();
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(health.check(all).getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(health.check(HealthCheckRequest.newBuilder()
                                .setService("kvcluster.v1.ClusterService")
                                .build())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void reflectionListsTheServices() throws Exception {
        var answer = new CompletableFuture<ServerReflectionResponse>();
        StreamObserver<ServerReflectionRequest> ask = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        answer.completeExceptionally(error);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(new AssertionError("no answer"));
                    }
                });
        ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> names = new ArrayList<>();
        answer.get(10, TimeUnit.SECONDS)
                .getListServicesResponse()
                .getServiceList()
                .forEach(service -> names.add(service.getName()));
        ask.onCompleted();
        assertThat(names)
                .contains(
                        "kvcluster.v1.KvService",
                        "kvcluster.v1.ClusterService",
                        "kvcluster.v1.RepairService",
                        "grpc.health.v1.Health");
    }

    @Test
    void tooManyRequestsUnderWayAreRefusedAtOnce() throws Exception {
        var held = new CopyOnWriteArrayList<Consumer<Outcome>>();
        node.store.behave((_, done) -> held.add(done));
        var futures = new ArrayList<com.google.common.util.concurrent.ListenableFuture<WriteResponse>>();
        for (int i = 0; i < RpcFixture.LIMITS.requests(); i++) {
            futures.add(KvServiceGrpc.newFutureStub(channel).put(put()));
        }
        await().until(() -> held.size() == RpcFixture.LIMITS.requests());
        var error = catchThrowableOfType(StatusRuntimeException.class, () -> kv.put(put()));
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(GrpcBadInputTest.info(error).getReason()).isEqualTo("OVERLOADED");
        assertThat(GrpcBadInputTest.info(error).getMetadataOrThrow("retryable")).isEqualTo("true");
        assertThat(node.grpc.overloaded()).isEqualTo(1);
        held.forEach(done -> done.accept(new Outcome.Applied(1, new byte[0], MapHandler.SERVICE)));
        for (var future : futures) {
            assertThat(future.get(10, TimeUnit.SECONDS).getVersion()).isEqualTo(1);
        }
        await().until(() -> node.grpc.requests() == 0);
    }

    @Test
    void aClientThatGoesAwayLeavesNothingBehind() {
        var held = new CopyOnWriteArrayList<Consumer<Outcome>>();
        node.store.behave((_, done) -> held.add(done));
        var answer = KvServiceGrpc.newFutureStub(channel).put(put());
        await().until(() -> held.size() == 1);
        answer.cancel(true);
        await().until(() -> node.grpc.requests() == 0);
        held.getFirst().accept(new Outcome.Applied(1, new byte[0], MapHandler.SERVICE));
        node.store.reset();
        assertThat(kv.put(put()).getVersion()).isPositive();
    }

    @Test
    void stoppingAnswersWhatIsUnderWayAndTakesNothingNew() throws Exception {
        var held = new AtomicReference<Consumer<Outcome>>();
        node.store.behave((_, done) -> held.set(done));
        var answer = KvServiceGrpc.newFutureStub(channel).put(put());
        await().until(() -> held.get() != null);
        var stopped = CompletableFuture.supplyAsync(() -> {
            try {
                return node.grpc.stop(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> catchThrowableOfType(
                                StatusRuntimeException.class,
                                () -> kv.withDeadlineAfter(1, TimeUnit.SECONDS).put(put()))
                        .getStatus()
                        .getCode()
                == Status.Code.UNAVAILABLE);
        assertThat(stopped).isNotDone();
        held.get().accept(new Outcome.Applied(5, new byte[0], MapHandler.SERVICE));
        assertThat(answer.get(10, TimeUnit.SECONDS).getVersion()).isEqualTo(5);
        assertThat(stopped.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void stoppingDoesNotWaitLongerThanItsGrace() throws Exception {
        node.store.behave((_, _) -> {});
        var answer = KvServiceGrpc.newFutureStub(channel).put(put());
        await().until(() -> node.store.seen.size() == 1);
        assertThat(node.grpc.stop(Duration.ofMillis(50))).isFalse();
        await().until(answer::isDone);
    }

    private static GetRequest get() {
        return GetRequest.newBuilder().setKey(KEY).build();
    }

    private static PutRequest put() {
        return PutRequest.newBuilder().setKey(KEY).setValue(KEY).build();
    }

    private static BatchOperation putOf(String key) {
        return BatchOperation.newBuilder()
                .setPut(BatchPut.newBuilder().setKey(ByteString.copyFromUtf8(key)))
                .build();
    }
}
