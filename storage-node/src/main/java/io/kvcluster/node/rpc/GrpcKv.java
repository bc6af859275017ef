package io.kvcluster.node.rpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.KeyLister;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.wire.Answers;
import io.kvcluster.node.wire.RequestRules;
import io.kvcluster.node.wire.Requests;
import io.kvcluster.proto.kv.BatchRequest;
import io.kvcluster.proto.kv.BatchResponse;
import io.kvcluster.proto.kv.BatchResult;
import io.kvcluster.proto.kv.DeleteRequest;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.GetResponse;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.ListKeysRequest;
import io.kvcluster.proto.kv.ListKeysResponse;
import io.kvcluster.proto.kv.PutRequest;
import io.kvcluster.proto.kv.WriteResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** KvService: decode, hand on, answer. Runs on the transport's threads and never waits; {@link GrpcGate} answers what is thrown. */
final class GrpcKv extends KvServiceGrpc.KvServiceImplBase {
    private final CommandHandler handler;
    private final KeyLister keys;
    private final Deadlines deadlines;

    GrpcKv(CommandHandler handler, KeyLister keys, Deadlines deadlines) {
        this.handler = handler;
        this.keys = keys;
        this.deadlines = deadlines;
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> client) {
        Command.Get get = Requests.decode(request, deadline(), false);
        handler.handle(get, outcome -> read(outcome, request.getRingEpoch(), client));
    }

    @Override
    public void put(PutRequest request, StreamObserver<WriteResponse> client) {
        Command.Put put = Requests.decode(request, deadline(), false);
        handler.handle(put, outcome -> written(outcome, request.getRingEpoch(), client));
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<WriteResponse> client) {
        Command.Delete delete = Requests.decode(request, deadline(), false);
        handler.handle(delete, outcome -> written(outcome, request.getRingEpoch(), client));
    }

    @Override
    public void batch(BatchRequest request, StreamObserver<BatchResponse> client) {
        List<Command> commands = Requests.decode(request, deadline());
        BatchRun.start(handler, commands, outcomes -> {
            BatchResponse.Builder response = BatchResponse.newBuilder();
            outcomes.forEach(outcome -> response.addResults(result(outcome, request.getRingEpoch())));
            client.onNext(response.build());
            client.onCompleted();
        });
    }

    @Override
    public void listKeys(ListKeysRequest request, StreamObserver<ListKeysResponse> client) {
        Optional<Key> after = request.getAfter().isEmpty()
                ? Optional.empty()
                : Optional.of(RequestRules.key("after", request.getAfter().toByteArray()));
        KeyLister.Question question = new KeyLister.Question(
                RequestRules.partition("partition", request.getPartition()),
                after,
                RequestRules.keysPerPage("limit", Integer.toUnsignedLong(request.getLimit())));
        keys.list(question, answer -> {
            switch (answer) {
                case KeyLister.Answer.Page page -> {
                    ListKeysResponse.Builder response =
                            ListKeysResponse.newBuilder().setLast(page.last()).setRingEpoch(page.ringEpoch());
                    page.keys().forEach(key -> response.addKeys(UnsafeByteOperations.unsafeWrap(key.bytes())));
                    complete(client, response.build());
                }
                case KeyLister.Answer.Refused refused -> fail(client, Problem.of(refused.why()));
            }
        });
    }

    private long deadline() {
        Deadline deadline = Context.current().getDeadline();
        return deadline == null ? deadlines.standard() : deadlines.within(deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }

    private static void read(Outcome outcome, long callerEpoch, StreamObserver<GetResponse> client) {
        switch (outcome) {
            case Outcome.Read read ->
                Answers.shown(read)
                        .ifPresentOrElse(
                                shown -> complete(client, Answers.encode(read, shown, callerEpoch)),
                                () -> fail(client, Problem.notFound(read, callerEpoch)));
            case Outcome.NotApplied refused -> fail(client, Problem.of(refused));
            case Outcome.Unknown unknown -> fail(client, Problem.of(unknown, false));
            case Outcome.Applied _ -> fail(client, Problem.internal(false));
        }
    }

    private static void written(Outcome outcome, long callerEpoch, StreamObserver<WriteResponse> client) {
        switch (outcome) {
            case Outcome.Applied applied -> complete(client, Answers.encode(applied, callerEpoch));
            case Outcome.NotApplied refused -> fail(client, Problem.of(refused));
            case Outcome.Unknown unknown -> fail(client, Problem.of(unknown, true));
            case Outcome.Read _ -> fail(client, Problem.internal(true));
        }
    }

    private static BatchResult result(Outcome outcome, long callerEpoch) {
        BatchResult.Builder result = BatchResult.newBuilder();
        return switch (outcome) {
            case Outcome.Applied applied ->
                result.setWritten(Answers.encode(applied, callerEpoch)).build();
            case Outcome.Read read ->
                Answers.shown(read)
                        .map(shown -> result.setGot(Answers.encode(read, shown, callerEpoch)))
                        .orElseGet(() -> result.setFailure(Answers.notFound(read, callerEpoch)))
                        .build();
            case Outcome.NotApplied refused ->
                result.setFailure(Answers.encode(refused)).build();
            case Outcome.Unknown unknown ->
                result.setFailure(Answers.encode(unknown)).build();
        };
    }

    private static <A> void complete(StreamObserver<A> client, A answer) {
        client.onNext(answer);
        client.onCompleted();
    }

    private static void fail(StreamObserver<?> client, Problem problem) {
        client.onError(GrpcProblems.exception(problem));
    }
}
