package io.kvcluster.node.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Reason;
import io.kvcluster.proto.kv.BatchOperation;
import io.kvcluster.proto.kv.BatchRequest;
import io.kvcluster.proto.kv.DeleteRequest;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.PutRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests to commands, with all their rules checked, and back. Every decoder throws {@link RefusedException}. */
public final class Requests {
    private Requests() {}

    /** @param deadlineNanos on the environment's monotonic clock */
    public static Command.Get decode(GetRequest request, long deadlineNanos, boolean forwarded) {
        var key = RequestRules.key(request.getKey().toByteArray());
        var level = Levels.decode(request.getConsistency(), request.getConsistencyValue());
        var id = RequestRules.requestId("request_id", request.getRequestId());
        RequestRules.built(level, false);
        return new Command.Get(key, level, deadlineNanos, id, forwarded);
    }

    /** @param deadlineNanos on the environment's monotonic clock */
    public static Command.Put decode(PutRequest request, long deadlineNanos, boolean forwarded) {
        var key = RequestRules.key(request.getKey().toByteArray());
        var value = value("value", request.getValue());
        var context = context("context", request.getContext());
        var level = Levels.decode(request.getConsistency(), request.getConsistencyValue());
        var id = RequestRules.requestId("request_id", request.getRequestId());
        long ttl = RequestRules.ttlMillis("ttl_millis", request.getTtlMillis());
        RequestRules.built(level, request.hasIfVersion());
        return new Command.Put(key, value, context, ttl, level, deadlineNanos, id, forwarded);
    }

    /** @param deadlineNanos on the environment's monotonic clock */
    public static Command.Delete decode(DeleteRequest request, long deadlineNanos, boolean forwarded) {
        var key = RequestRules.key(request.getKey().toByteArray());
        var context = context("context", request.getContext());
        var level = Levels.decode(request.getConsistency(), request.getConsistencyValue());
        var id = RequestRules.requestId("request_id", request.getRequestId());
        RequestRules.built(level, request.hasIfVersion());
        return new Command.Delete(key, context, level, deadlineNanos, id, forwarded);
    }

    /** The operations in order; one that breaks a rule refuses the whole batch, and names which it is. */
    public static List<Command> decode(BatchRequest request, long deadlineNanos) {
        RequestRules.batchOperations(request.getOperationsCount());
        var level = Levels.decode(request.getConsistency(), request.getConsistencyValue());
        var id = RequestRules.requestId("request_id", request.getRequestId());
        long bytes = 0;
        for (BatchOperation operation : request.getOperationsList()) {
            bytes += size(operation);
        }
        RequestRules.batchBytes(bytes);
        List<Command> commands = new ArrayList<>(request.getOperationsCount());
        for (int i = 0; i < request.getOperationsCount(); i++) {
            commands.add(decode(request.getOperations(i), i, level, deadlineNanos, id));
        }
        RequestRules.built(level, false);
        return commands;
    }

    public static GetRequest encode(Command.Get get) {
        return GetRequest.newBuilder()
                .setKey(wrap(get.key().bytes()))
                .setConsistency(Levels.encode(get.level()))
                .setRequestId(get.requestId())
                .build();
    }

    public static PutRequest encode(Command.Put put) {
        return PutRequest.newBuilder()
                .setKey(wrap(put.key().bytes()))
                .setValue(wrap(put.value()))
                .setContext(wrap(put.contextToken()))
                .setTtlMillis(put.ttlMillis())
                .setConsistency(Levels.encode(put.level()))
                .setRequestId(put.requestId())
                .build();
    }

    public static DeleteRequest encode(Command.Delete delete) {
        return DeleteRequest.newBuilder()
                .setKey(wrap(delete.key().bytes()))
                .setContext(wrap(delete.contextToken()))
                .setConsistency(Levels.encode(delete.level()))
                .setRequestId(delete.requestId())
                .build();
    }

    private static Command decode(
            BatchOperation operation, int index, @Nullable ConsistencyLevel level, long deadline, String id) {
        String at = "operations[" + index + "].";
        return switch (operation.getOperationCase()) {
            case GET ->
                new Command.Get(
                        RequestRules.key(at + "key", operation.getGet().getKey().toByteArray()),
                        level,
                        deadline,
                        id,
                        false);
            case PUT -> {
                var put = operation.getPut();
                var key = RequestRules.key(at + "key", put.getKey().toByteArray());
                var value = value(at + "value", put.getValue());
                var context = context(at + "context", put.getContext());
                long ttl = RequestRules.ttlMillis(at + "ttl_millis", put.getTtlMillis());
                yield new Command.Put(key, value, context, ttl, level, deadline, id, false);
            }
            case DELETE -> {
                var delete = operation.getDelete();
                var key = RequestRules.key(at + "key", delete.getKey().toByteArray());
                yield new Command.Delete(key, context(at + "context", delete.getContext()), level, deadline, id, false);
            }
            case OPERATION_NOT_SET ->
                throw new Refusal(
                                Reason.INVALID_OPERATION,
                                "operations[" + index + "]",
                                "",
                                "get, put or delete",
                                "operations[" + index + "] names no operation; it must be get, put or delete")
                        .refused();
        };
    }

    private static long size(BatchOperation operation) {
        var put = operation.getPut();
        var delete = operation.getDelete();
        return (long) operation.getGet().getKey().size()
                + put.getKey().size()
                + put.getValue().size()
                + put.getContext().size()
                + delete.getKey().size()
                + delete.getContext().size();
    }

    /** Checks before it copies. */
    private static byte[] value(String field, ByteString bytes) {
        if (bytes.size() > Limits.VALUE_BYTES) {
            throw RequestRules.valueTooLarge(field, bytes.size());
        }
        return bytes.toByteArray();
    }

    private static byte[] context(String field, ByteString token) {
        return RequestRules.contextToken(field, token.toByteArray());
    }

    /** Commands are not to be changed, so their arrays need no copy. */
    private static ByteString wrap(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }
}
