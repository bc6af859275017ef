package io.kvcluster.client;

import com.google.protobuf.ByteString;
import io.kvcluster.proto.kv.BatchDelete;
import io.kvcluster.proto.kv.BatchGet;
import io.kvcluster.proto.kv.BatchOperation;
import io.kvcluster.proto.kv.BatchPut;
import io.kvcluster.proto.kv.DeleteRequest;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.GetResponse;
import io.kvcluster.proto.kv.PutRequest;
import io.kvcluster.proto.kv.WriteResponse;
import java.time.Duration;
import java.util.List;

/** Between what callers see and what is on the wire. */
final class Messages {
    private Messages() {}

    static GetRequest get(ByteString key, RequestOptions options, long epoch) {
        return GetRequest.newBuilder()
                .setKey(key)
                .setConsistency(options.level().wire())
                .setRingEpoch(epoch)
                .build();
    }

    static PutRequest put(ByteString key, ByteString value, RequestOptions options, long epoch) {
        return PutRequest.newBuilder()
                .setKey(key)
                .setValue(value)
                .setConsistency(options.level().wire())
                .setRingEpoch(epoch)
                .setContext(options.context())
                .setTtlMillis(RequestOptions.ttlMillis(options.ttl()))
                .build();
    }

    static DeleteRequest delete(ByteString key, RequestOptions options, long epoch) {
        return DeleteRequest.newBuilder()
                .setKey(key)
                .setConsistency(options.level().wire())
                .setRingEpoch(epoch)
                .setContext(options.context())
                .build();
    }

    static BatchOperation item(BatchItem item) {
        BatchOperation.Builder operation = BatchOperation.newBuilder();
        return switch (item) {
            case BatchItem.Get(ByteString key) ->
                operation.setGet(BatchGet.newBuilder().setKey(key)).build();
            case BatchItem.Put(ByteString key, ByteString value, ByteString context, Duration ttl) ->
                operation
                        .setPut(BatchPut.newBuilder()
                                .setKey(key)
                                .setValue(value)
                                .setContext(context)
                                .setTtlMillis(RequestOptions.ttlMillis(ttl)))
                        .build();
            case BatchItem.Delete(ByteString key, ByteString context) ->
                operation
                        .setDelete(BatchDelete.newBuilder().setKey(key).setContext(context))
                        .build();
        };
    }

    static GetOutcome found(GetResponse response) {
        List<GetOutcome.Sibling> siblings = response.getSiblingsList().stream()
                .map(sibling -> new GetOutcome.Sibling(sibling.getValue(), sibling.getVersion(), sibling.getDeleted()))
                .toList();
        return new GetOutcome.Found(
                response.getValue(),
                response.getVersion(),
                response.getContext(),
                siblings,
                servedBy(response.getServedBy()));
    }

    static WriteOutcome applied(WriteResponse response) {
        return new WriteOutcome.Applied(response.getVersion(), response.getContext(), servedBy(response.getServedBy()));
    }

    static GetOutcome notRead(CallFailure failure) {
        return failure.isNotFound()
                ? new GetOutcome.NotFound(failure.context())
                : new GetOutcome.Failed(failure.reason(), failure.message(), failure.retryable());
    }

    static WriteOutcome notWritten(CallFailure failure) {
        return failure.nothingApplied()
                ? new WriteOutcome.NotApplied(failure.reason(), failure.message(), failure.retryable())
                : new WriteOutcome.Unknown(failure.reason(), failure.message());
    }

    private static ServedBy servedBy(io.kvcluster.proto.kv.ServedBy served) {
        return new ServedBy(served.getNode(), Level.of(served.getConsistency()), served.getReplicas());
    }
}
