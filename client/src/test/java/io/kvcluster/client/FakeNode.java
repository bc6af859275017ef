package io.kvcluster.client;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.kvcluster.proto.kv.BatchOperation;
import io.kvcluster.proto.kv.BatchRequest;
import io.kvcluster.proto.kv.BatchResponse;
import io.kvcluster.proto.kv.BatchResult;
import io.kvcluster.proto.kv.ClusterServiceGrpc;
import io.kvcluster.proto.kv.Consistency;
import io.kvcluster.proto.kv.DeleteRequest;
import io.kvcluster.proto.kv.Failure;
import io.kvcluster.proto.kv.GetMappingRequest;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.GetNodesRequest;
import io.kvcluster.proto.kv.GetNodesResponse;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.GetResponse;
import io.kvcluster.proto.kv.GetRingRequest;
import io.kvcluster.proto.kv.GetRingResponse;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.ListKeysRequest;
import io.kvcluster.proto.kv.ListKeysResponse;
import io.kvcluster.proto.kv.MovingTo;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.kv.PutRequest;
import io.kvcluster.proto.kv.Reason;
import io.kvcluster.proto.kv.ServedBy;
import io.kvcluster.proto.kv.SessionAnswer;
import io.kvcluster.proto.kv.SessionAnswers;
import io.kvcluster.proto.kv.SessionRequest;
import io.kvcluster.proto.kv.SessionRequests;
import io.kvcluster.proto.kv.WriteResponse;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** One node of a {@link FakeCluster}. */
public final class FakeNode {
    /** How the node treats the next request of a key. */
    public sealed interface Behaviour {
        record Serve() implements Behaviour {}

        /** Answers with this code and reason and does nothing. */
        record Refuse(Status.Code code, Reason reason) implements Behaviour {}

        /** Does it and answers with this code and reason. */
        record ApplyAndFail(Status.Code code, Reason reason) implements Behaviour {}

        /** Fails outside the protocol: a bare status. */
        record Bare(Status status) implements Behaviour {}

        /** Never answers. */
        record Hang(boolean apply) implements Behaviour {}
    }

    public record Stored(ByteString value, long version) {}

    public static final Behaviour SERVE = new Behaviour.Serve();

    final int index;
    final KvServiceGrpc.KvServiceImplBase kv = new Kv();
    final ClusterServiceGrpc.ClusterServiceImplBase cluster = new Cluster();
    public final FakeRepair repair = new FakeRepair(this);
    volatile int port;
    private final FakeCluster owner;
    private final Map<ByteString, Stored> map = new ConcurrentHashMap<>();
    private final Queue<StreamObserver<?>> hanging = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicInteger puts = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();
    private final AtomicInteger sessionRequests = new AtomicInteger();
    private volatile ByteString lastKey = ByteString.EMPTY;
    private volatile boolean up = true;
    private volatile String ownAddress = "";
    private volatile Supplier<Behaviour> behaviour = () -> SERVE;

    FakeNode(FakeCluster owner, int index) {
        this.owner = owner;
        this.index = index;
    }

    public String name() {
        return "fake-" + index;
    }

    /** Partitions that it holds a replica of, each with the store ids of its other replicas. */
    java.util.Map<Integer, List<String>> partitions() {
        Ring ring = owner.ring();
        java.util.Map<Integer, List<String>> others = new java.util.TreeMap<>();
        for (int partition : ring.partitionsOf(storeId())) {
            others.put(
                    partition,
                    ring.replicas(partition).stream()
                            .map(Member::getStoreId)
                            .filter(id -> !id.equals(storeId()))
                            .toList());
        }
        return others;
    }

    public String storeId() {
        return String.format("%016x", 0xabc0 + index);
    }

    /** Asked for each request of a key, on any thread. */
    public void behave(Supplier<Behaviour> next) {
        behaviour = next;
    }

    public void always(Behaviour one) {
        behaviour = () -> one;
    }

    /** These, one for each request of a key, then normal service. */
    public void script(Behaviour... behaviours) {
        Queue<Behaviour> queue = new ConcurrentLinkedQueue<>(java.util.List.of(behaviours));
        behaviour = () -> Optional.ofNullable(queue.poll()).orElse(SERVE);
    }

    /** Requests of keys so far: gets, puts, deletes and batches. */
    public int requests() {
        return requests.get();
    }

    public int puts() {
        return puts.get();
    }

    /** Of the put that is being served; for clients with one put in flight. */
    public ByteString lastKey() {
        return lastKey;
    }

    /** The address that this node alone gives for itself. */
    void nameItself(String address) {
        ownAddress = address;
    }

    /** How every node sees it in GetNodes; it serves all the same. */
    public void showAs(boolean nowUp) {
        up = nowUp;
    }

    /** Sessions begun so far. */
    int sessions() {
        return sessions.get();
    }

    /** Of the requests, those that came over a session. */
    int sessionRequests() {
        return sessionRequests.get();
    }

    int batches() {
        return batches.get();
    }

    public Map<ByteString, Stored> map() {
        return map;
    }

    void releaseAll() {
        hanging.forEach(observer -> {
            try {
                observer.onError(Status.UNAVAILABLE.asException());
            } catch (RuntimeException e) {
                // its call is long over
            }
        });
    }

    private WriteResponse write(ByteString key, Optional<ByteString> value, Consistency level, long epoch) {
        long version = owner.nextVersion();
        for (FakeNode replica : owner.replicasOf(key)) {
            value.ifPresentOrElse(
                    bytes -> replica.map.put(key, new Stored(bytes, version)), () -> replica.map.remove(key));
        }
        return WriteResponse.newBuilder()
                .setVersion(version)
                .setContext(ByteString.copyFromUtf8("context-" + version))
                .setServedBy(served(level, epoch))
                .build();
    }

    private ServedBy served(Consistency level, long epoch) {
        Ring ring = owner.ring();
        return ServedBy.newBuilder()
                .setNode(name())
                .setConsistency(level == Consistency.CONSISTENCY_UNSPECIFIED ? Consistency.EVENTUAL : level)
                .setReplicas(2)
                .setRingEpoch(epoch < ring.epoch() ? ring.epoch() : 0)
                .build();
    }

    private Optional<GetResponse> read(ByteString key, Consistency level, long epoch) {
        boolean local = level == Consistency.LOCAL;
        Stored stored = local
                ? map.get(key)
                : owner.replicasOf(key).stream()
                        .map(node -> node.map.get(key))
                        .filter(found -> found != null)
                        .findFirst()
                        .orElse(null);
        return Optional.ofNullable(stored)
                .map(found -> GetResponse.newBuilder()
                        .setValue(found.value())
                        .setVersion(found.version())
                        .setContext(ByteString.copyFromUtf8("context-" + found.version()))
                        .setServedBy(served(level, epoch))
                        .build());
    }

    private <R> void serve(StreamObserver<R> observer, Supplier<Optional<R>> work) {
        requests.incrementAndGet();
        switch (behaviour.get()) {
            case Behaviour.Serve _ -> answer(observer, work.get());
            case Behaviour.Refuse(Status.Code code, Reason reason) -> observer.onError(error(code, reason));
            case Behaviour.ApplyAndFail(Status.Code code, Reason reason) -> {
                var _ = work.get();
                observer.onError(error(code, reason));
            }
            case Behaviour.Bare(Status status) -> observer.onError(status.asException());
            case Behaviour.Hang(boolean apply) -> {
                if (apply) {
                    var _ = work.get();
                }
                hanging.add(observer);
            }
        }
    }

    private <R> void answer(StreamObserver<R> observer, Optional<R> answer) {
        if (answer.isPresent()) {
            observer.onNext(answer.get());
            observer.onCompleted();
        } else {
            observer.onError(error(
                    Status.Code.NOT_FOUND,
                    Reason.NOT_FOUND,
                    Map.of("ringEpoch", Long.toString(owner.ring().epoch()))));
        }
    }

    private static RuntimeException error(Status.Code code, Reason reason) {
        return error(code, reason, Map.of());
    }

    private static RuntimeException error(Status.Code code, Reason reason, Map<String, String> metadata) {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Code.forNumber(code.value()).getNumber())
                .setMessage("fake says " + reason)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setDomain("kvcluster.io")
                        .setReason(reason.name())
                        .putAllMetadata(metadata)
                        .build()))
                .build());
    }

    private final class Kv extends KvServiceGrpc.KvServiceImplBase {
        @Override
        public void get(GetRequest request, StreamObserver<GetResponse> observer) {
            serve(observer, () -> read(request.getKey(), request.getConsistency(), request.getRingEpoch()));
        }

        @Override
        public void put(PutRequest request, StreamObserver<WriteResponse> observer) {
            puts.incrementAndGet();
            lastKey = request.getKey();
            serve(
                    observer,
                    () -> Optional.of(write(
                            request.getKey(),
                            Optional.of(request.getValue()),
                            request.getConsistency(),
                            request.getRingEpoch())));
        }

        @Override
        public void delete(DeleteRequest request, StreamObserver<WriteResponse> observer) {
            serve(
                    observer,
                    () -> Optional.of(write(
                            request.getKey(), Optional.empty(), request.getConsistency(), request.getRingEpoch())));
        }

        /** As many unary calls; what is no answer of the protocol ends the session. */
        @Override
        public StreamObserver<SessionRequests> session(StreamObserver<SessionAnswers> answers) {
            sessions.incrementAndGet();
            answers.onNext(
                    SessionAnswers.getDefaultInstance()); // as a stub can: it sends headers with its first message
            return new StreamObserver<>() {
                @Override
                public void onNext(SessionRequests message) {
                    sessionRequests.addAndGet(message.getRequestsCount());
                    for (SessionRequest request : message.getRequestsList()) {
                        switch (request.getOperationCase()) {
                            case GET -> get(request.getGet(), one(request, SessionAnswer.Builder::setGot));
                            case PUT -> put(request.getPut(), one(request, SessionAnswer.Builder::setWritten));
                            case DELETE -> delete(request.getDelete(), one(request, SessionAnswer.Builder::setWritten));
                            case OPERATION_NOT_SET -> throw new IllegalStateException("no operation");
                        }
                    }
                }

                @Override
                public void onError(Throwable cancelled) {}

                @Override
                public void onCompleted() {
                    answers.onCompleted();
                }

                private <R> StreamObserver<R> one(
                        SessionRequest request, BiFunction<SessionAnswer.Builder, R, SessionAnswer.Builder> form) {
                    SessionAnswer.Builder answer = SessionAnswer.newBuilder().setId(request.getId());
                    return new StreamObserver<>() {
                        @Override
                        public void onNext(R response) {
                            answers.onNext(SessionAnswers.newBuilder()
                                    .addAnswers(form.apply(answer, response))
                                    .build());
                        }

                        @Override
                        public void onError(Throwable error) {
                            com.google.rpc.Status status = StatusProto.fromThrowable(error);
                            if (status == null || status.getDetailsCount() == 0) {
                                answers.onError(error);
                                return;
                            }
                            Reason reason = Reason.valueOf(reasonIn(status));
                            boolean unknown = status.getCode() == Code.UNKNOWN_VALUE
                                    || status.getCode() == Code.DEADLINE_EXCEEDED_VALUE;
                            answers.onNext(SessionAnswers.newBuilder()
                                    .addAnswers(answer.setFailure(failure(reason, !unknown)))
                                    .build());
                        }

                        @Override
                        public void onCompleted() {}
                    };
                }
            };
        }

        private static String reasonIn(com.google.rpc.Status status) {
            try {
                return status.getDetails(0).unpack(ErrorInfo.class).getReason();
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Pages of ten. */
        @Override
        public void listKeys(ListKeysRequest request, StreamObserver<ListKeysResponse> observer) {
            Comparator<ByteString> order = ByteString.unsignedLexicographicalComparator();
            Ring ring = owner.ring();
            List<ByteString> following = map.keySet().stream()
                    .filter(key -> ring.partitionOf(key.toByteArray()) == request.getPartition())
                    .filter(key -> order.compare(key, request.getAfter()) > 0)
                    .sorted(order)
                    .toList();
            serve(
                    observer,
                    () -> Optional.of(ListKeysResponse.newBuilder()
                            .addAllKeys(following.subList(0, Math.min(10, following.size())))
                            .setLast(following.size() <= 10)
                            .setRingEpoch(ring.epoch())
                            .build()));
        }

        @Override
        public void batch(BatchRequest request, StreamObserver<BatchResponse> observer) {
            batches.incrementAndGet();
            BatchResponse.Builder response = BatchResponse.newBuilder();
            for (BatchOperation operation : request.getOperationsList()) {
                response.addResults(one(operation, request));
            }
            requests.incrementAndGet();
            observer.onNext(response.build());
            observer.onCompleted();
        }

        /** Each operation behaves on its own. */
        private BatchResult one(BatchOperation operation, BatchRequest request) {
            BatchResult.Builder result = BatchResult.newBuilder();
            return switch (behaviour.get()) {
                case Behaviour.Refuse(Status.Code _, Reason reason) ->
                    result.setFailure(failure(reason, true)).build();
                case Behaviour.ApplyAndFail(Status.Code _, Reason reason) -> {
                    done(operation, request);
                    yield result.setFailure(failure(reason, false)).build();
                }
                case Behaviour.Serve _, Behaviour.Bare _, Behaviour.Hang _ -> done(operation, request);
            };
        }

        private Failure failure(Reason reason, boolean notApplied) {
            return Failure.newBuilder()
                    .setReason(reason)
                    .setMessage("fake says " + reason)
                    .setNotApplied(notApplied)
                    .setRetryable(reason.getNumber() >= Reason.NO_RING_VALUE)
                    .build();
        }

        private BatchResult done(BatchOperation operation, BatchRequest request) {
            BatchResult.Builder result = BatchResult.newBuilder();
            Consistency level = request.getConsistency();
            long epoch = request.getRingEpoch();
            switch (operation.getOperationCase()) {
                case GET ->
                    read(operation.getGet().getKey(), level, epoch)
                            .ifPresentOrElse(result::setGot, () -> result.setFailure(failure(Reason.NOT_FOUND, true)));
                case PUT ->
                    result.setWritten(write(
                            operation.getPut().getKey(),
                            Optional.of(operation.getPut().getValue()),
                            level,
                            epoch));
                case DELETE -> result.setWritten(write(operation.getDelete().getKey(), Optional.empty(), level, epoch));
                case OPERATION_NOT_SET -> result.setFailure(failure(Reason.INVALID_OPERATION, true));
            }
            return result.build();
        }
    }

    private final class Cluster extends ClusterServiceGrpc.ClusterServiceImplBase {
        @Override
        public void getRing(GetRingRequest request, StreamObserver<GetRingResponse> observer) {
            observer.onNext(
                    GetRingResponse.newBuilder().setRing(owner.ring().table()).build());
            observer.onCompleted();
        }

        @Override
        public void getNodes(GetNodesRequest request, StreamObserver<GetNodesResponse> observer) {
            GetNodesResponse.Builder response = GetNodesResponse.newBuilder()
                    .setRingEpoch(owner.ring().epoch())
                    .setAsked(name());
            owner.nodes()
                    .forEach(node -> response.addNodes(
                            node == FakeNode.this && !ownAddress.isEmpty()
                                    ? node.view().toBuilder()
                                            .setAddress(ownAddress)
                                            .build()
                                    : node.view()));
            observer.onNext(response.build());
            observer.onCompleted();
        }

        @Override
        public void getMapping(GetMappingRequest request, StreamObserver<GetMappingResponse> observer) {
            Ring ring = owner.ring();
            int partition = ring.partitionOf(request.getKey().toByteArray());
            GetMappingResponse.Builder response =
                    GetMappingResponse.newBuilder().setPartition(partition).setRingEpoch(ring.epoch());
            for (Member member : ring.replicas(partition)) {
                response.addReplicas(owner.node(member.getIndex()).view());
            }
            if (ring.moves(partition)) {
                MovingTo.Builder move = MovingTo.newBuilder()
                        .setPhase(ring.move(partition).getPhase().name())
                        .setCopyEpoch(ring.copyEpoch(partition));
                ring.target(partition)
                        .forEach(member ->
                                move.addReplicas(owner.node(member.getIndex()).view()));
                response.setMove(move);
            }
            observer.onNext(response.build());
            observer.onCompleted();
        }
    }

    private NodeView view() {
        Ring ring = owner.ring();
        return NodeView.newBuilder()
                .setName(name())
                .setStoreId(storeId())
                .setZone("zone-" + index)
                .setAddress(owner.address(index))
                .setState("NORMAL")
                .setUp(up)
                .setSinceEpochMillis(1_700_000_000_000L)
                .setLastHeartbeatEpochMillis(1_700_000_000_000L)
                .setPartitions(ring.partitionsOf(storeId()).size())
                .setPrimaryPartitions((int) java.util.stream.IntStream.range(0, ring.partitions())
                        .filter(p -> ring.primary(p).getIndex() == index)
                        .count())
                .setRingEpoch(ring.epoch())
                .build();
    }
}
