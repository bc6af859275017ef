package io.kvcluster.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Reason;
import io.kvcluster.proto.kv.BatchDelete;
import io.kvcluster.proto.kv.BatchGet;
import io.kvcluster.proto.kv.BatchOperation;
import io.kvcluster.proto.kv.BatchPut;
import io.kvcluster.proto.kv.BatchRequest;
import io.kvcluster.proto.kv.ClusterServiceGrpc;
import io.kvcluster.proto.kv.Consistency;
import io.kvcluster.proto.kv.DeleteRequest;
import io.kvcluster.proto.kv.GetMappingRequest;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.PutRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bad input table of gRPC: for each limit and malformed request the code, the reason, and a sentence that names field, value and rule. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcBadInputTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("a");

    private RpcFixture node;
    private ManagedChannel channel;

    @BeforeAll
    void start() throws Exception {
        node = new RpcFixture();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", node.grpc.port())
                .usePlaintext()
                .build();
    }

    @AfterAll
    void stop() throws Exception {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        node.close();
    }

    @AfterEach
    void nothingReachedTheStore() {
        assertThat(node.store.seen).isEmpty();
        node.reset();
    }

    /** @param says parts of the sentence */
    private record Bad(
            String name, Consumer<Channel> call, Status.Code code, Reason reason, String field, List<String> says) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void isRefusedWithCodeReasonAndASentence(Bad bad) throws Exception {
        StatusRuntimeException error = catchThrowableOfType(
                StatusRuntimeException.class, () -> bad.call().accept(channel));
        assertThat(error.getStatus().getCode()).as(error.toString()).isEqualTo(bad.code());
        ErrorInfo info = info(error);
        assertThat(info.getReason()).isEqualTo(bad.reason().name());
        assertThat(info.getDomain()).isEqualTo("kvcluster.io");
        assertThat(info.getMetadataOrDefault("field", "")).isEqualTo(bad.field());
        assertThat(info.getMetadataOrThrow("mayHaveBeenApplied")).isEqualTo("false");
        assertThat(error.getStatus().getDescription()).contains(bad.says());
    }

    static Stream<Bad> table() {
        List<Bad> table = new ArrayList<>();
        ByteString longKey = zeros(Limits.KEY_BYTES + 1);
        ByteString longValue = zeros(Limits.VALUE_BYTES + 1);
        ByteString longContext = zeros(Limits.CONTEXT_TOKEN_BYTES + 1);
        GetRequest get = GetRequest.newBuilder().setKey(KEY).build();
        PutRequest put = PutRequest.newBuilder().setKey(KEY).build();
        DeleteRequest delete = DeleteRequest.newBuilder().setKey(KEY).build();

        get(table, "no key", GetRequest.getDefaultInstance(), Reason.KEY_EMPTY, "key", "key is empty", "1..4096");
        get(
                table,
                "key one byte too long",
                get.toBuilder().setKey(longKey).build(),
                Reason.KEY_TOO_LARGE,
                "key",
                "4097 bytes",
                "4096");
        get(
                table,
                "unknown level",
                get.toBuilder().setConsistencyValue(99).build(),
                Reason.INVALID_CONSISTENCY,
                "consistency",
                "'99'",
                "local, one, eventual, quorum, all, strong");
        get(
                table,
                "negative level",
                get.toBuilder().setConsistencyValue(-1).build(),
                Reason.INVALID_CONSISTENCY,
                "consistency",
                "'-1'");
        get(
                table,
                "request id too long",
                get.toBuilder().setRequestId("r".repeat(65)).build(),
                Reason.INVALID_REQUEST_ID,
                "request_id",
                "65 characters",
                "64");
        get(
                table,
                "request id with a line feed",
                get.toBuilder().setRequestId("a\nb").build(),
                Reason.INVALID_REQUEST_ID,
                "request_id",
                "'a?b'",
                "printable ASCII");
        put(table, "write without key", PutRequest.getDefaultInstance(), Reason.KEY_EMPTY, "key", "1..4096");
        put(
                table,
                "write with long key",
                put.toBuilder().setKey(longKey).build(),
                Reason.KEY_TOO_LARGE,
                "key",
                "4097",
                "4096");
        put(
                table,
                "value one byte too long",
                put.toBuilder().setValue(longValue).build(),
                Reason.VALUE_TOO_LARGE,
                "value",
                "1048577 bytes",
                "1048576");
        put(
                table,
                "context too long",
                put.toBuilder().setContext(longContext).build(),
                Reason.INVALID_CONTEXT,
                "context",
                "16385 bytes",
                "16384");
        put(
                table,
                "ttl too long",
                put.toBuilder().setTtlMillis(315_360_000_001L).build(),
                Reason.INVALID_TTL,
                "ttl_millis",
                "315360000001",
                "1..315360000000");
        put(
                table,
                "ttl beyond 2^63",
                put.toBuilder().setTtlMillis(-1).build(),
                Reason.INVALID_TTL,
                "ttl_millis",
                "18446744073709551615");
        put(
                table,
                "wrong ttl at strong is wrong first",
                put.toBuilder()
                        .setTtlMillis(-1)
                        .setConsistency(Consistency.STRONG)
                        .build(),
                Reason.INVALID_TTL,
                "ttl_millis",
                "ms");
        delete(table, "delete without key", DeleteRequest.getDefaultInstance(), Reason.KEY_EMPTY, "key", "1..4096");
        delete(
                table,
                "delete with long context",
                delete.toBuilder().setContext(longContext).build(),
                Reason.INVALID_CONTEXT,
                "context",
                "16385",
                "16384");
        delete(
                table,
                "delete at unknown level",
                delete.toBuilder().setConsistencyValue(7).build(),
                Reason.INVALID_CONSISTENCY,
                "consistency",
                "'7'");

        batch(table, "empty batch", Reason.BATCH_EMPTY, "operations", List.of("1..1000"));
        batch(
                table,
                "one operation too many",
                Reason.BATCH_TOO_MANY_OPERATIONS,
                "operations",
                List.of("1001 operations", "1000"),
                Collections.nCopies(1001, getOf(KEY)).toArray(BatchOperation[]::new));
        batch(
                table,
                "values together too large",
                Reason.BATCH_TOO_LARGE,
                "operations",
                List.of("4500005 bytes", "4194304"),
                Collections.nCopies(5, putOf(KEY, zeros(900_000))).toArray(BatchOperation[]::new));
        batch(
                table,
                "no operation",
                Reason.INVALID_OPERATION,
                "operations[1]",
                List.of("names no operation", "get, put or delete"),
                getOf(KEY),
                BatchOperation.getDefaultInstance());
        batch(
                table,
                "get without key",
                Reason.KEY_EMPTY,
                "operations[0].key",
                List.of("1..4096"),
                getOf(ByteString.EMPTY));
        batch(
                table,
                "put with long key",
                Reason.KEY_TOO_LARGE,
                "operations[0].key",
                List.of("4097", "4096"),
                putOf(longKey, KEY));
        batch(
                table,
                "put with long value",
                Reason.VALUE_TOO_LARGE,
                "operations[1].value",
                List.of("1048577", "1048576"),
                getOf(KEY),
                putOf(KEY, longValue));
        batch(
                table,
                "put with long context",
                Reason.INVALID_CONTEXT,
                "operations[0].context",
                List.of("16385"),
                BatchOperation.newBuilder()
                        .setPut(BatchPut.newBuilder().setKey(KEY).setContext(longContext))
                        .build());
        batch(
                table,
                "put with wrong ttl",
                Reason.INVALID_TTL,
                "operations[0].ttl_millis",
                List.of("ms"),
                BatchOperation.newBuilder()
                        .setPut(BatchPut.newBuilder().setKey(KEY).setTtlMillis(-5))
                        .build());
        batch(
                table,
                "delete without key",
                Reason.KEY_EMPTY,
                "operations[0].key",
                List.of("1..4096"),
                BatchOperation.newBuilder()
                        .setDelete(BatchDelete.getDefaultInstance())
                        .build());
        bad(
                table,
                "mapping without key",
                c -> ClusterServiceGrpc.newBlockingStub(c).getMapping(GetMappingRequest.getDefaultInstance()),
                Status.Code.INVALID_ARGUMENT,
                Reason.KEY_EMPTY,
                "key",
                "1..4096");
        bad(
                table,
                "mapping with long key",
                c -> ClusterServiceGrpc.newBlockingStub(c)
                        .getMapping(
                                GetMappingRequest.newBuilder().setKey(longKey).build()),
                Status.Code.INVALID_ARGUMENT,
                Reason.KEY_TOO_LARGE,
                "key",
                "4097");

        byte[] tooLarge = PutRequest.newBuilder()
                .setKey(KEY)
                .setValue(zeros(RpcLimits.MESSAGE_BYTES))
                .build()
                .toByteArray();
        bad(
                table,
                "message too large",
                raw(tooLarge, null),
                Status.Code.INVALID_ARGUMENT,
                Reason.BODY_TOO_LARGE,
                "request",
                "bytes",
                "8388608");
        bad(
                table,
                "message too large when decompressed",
                raw(tooLarge, "gzip"),
                Status.Code.INVALID_ARGUMENT,
                Reason.BODY_TOO_LARGE,
                "request",
                "bytes",
                "8388608");
        bad(
                table,
                "no protobuf",
                raw(new byte[] {(byte) 0xff, 1, 2, 3}, null),
                Status.Code.INVALID_ARGUMENT,
                Reason.INVALID_BODY,
                "request",
                "no protobuf");
        bad(
                table,
                "half a message",
                raw(java.util.Arrays.copyOf(get.toByteArray(), 2), null),
                Status.Code.INVALID_ARGUMENT,
                Reason.INVALID_BODY,
                "request",
                "no protobuf");
        bad(
                table,
                "empty message",
                raw(new byte[0], null),
                Status.Code.INVALID_ARGUMENT,
                Reason.KEY_EMPTY,
                "key",
                "1..4096");

        String built = "not built yet";
        bad(
                table,
                "read at strong",
                c -> kv(c).get(get.toBuilder()
                        .setConsistency(Consistency.STRONG)
                        .build()),
                Status.Code.UNIMPLEMENTED,
                Reason.NOT_BUILT,
                "consistency",
                built,
                "quorum");
        bad(
                table,
                "write at strong",
                c -> kv(c).put(put.toBuilder()
                        .setConsistency(Consistency.STRONG)
                        .build()),
                Status.Code.UNIMPLEMENTED,
                Reason.NOT_BUILT,
                "consistency",
                built);
        bad(
                table,
                "delete at strong",
                c -> kv(c).delete(delete.toBuilder()
                        .setConsistency(Consistency.STRONG)
                        .build()),
                Status.Code.UNIMPLEMENTED,
                Reason.NOT_BUILT,
                "consistency",
                built);
        bad(
                table,
                "compare-and-set",
                c -> kv(c).put(put.toBuilder().setIfVersion(0).build()),
                Status.Code.UNIMPLEMENTED,
                Reason.NOT_BUILT,
                "if-version",
                built);
        bad(
                table,
                "delete if version",
                c -> kv(c).delete(delete.toBuilder().setIfVersion(3).build()),
                Status.Code.UNIMPLEMENTED,
                Reason.NOT_BUILT,
                "if-version",
                built);
        return table.stream();
    }

    @Test
    void aMessageBeyondWhatTheTransportTakesEndsWithAnErrorThatNamesTheLimit() {
        byte[] huge = new byte[RpcLimits.TRANSPORT_MESSAGE_BYTES + 1];
        StatusRuntimeException error = catchThrowableOfType(
                StatusRuntimeException.class, () -> raw(huge, null).accept(channel));
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(error.getStatus().getDescription()).contains("16777216");
    }

    @Test
    void metadataThatIsTooLargeIsRefused() {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("x-long", Metadata.ASCII_STRING_MARSHALLER), "m".repeat(RpcLimits.METADATA_BYTES));
        var stub = kv(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        StatusRuntimeException error = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> stub.get(GetRequest.newBuilder().setKey(KEY).build()));
        // The client's own encoder keeps to the limit that the server announced.
        assertThat(error.getCause()).hasMessageContaining(Integer.toString(RpcLimits.METADATA_BYTES));
        assertThat(catchThrowableOfType(
                                StatusRuntimeException.class, () -> kv(channel).get(GetRequest.getDefaultInstance()))
                        .getStatus()
                        .getCode())
                .as("the connection is still good")
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void aMethodThatIsUnknownIsUnimplemented() {
        var method = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("kvcluster.v1.KvService/Increment")
                .setRequestMarshaller(BYTES)
                .setResponseMarshaller(BYTES)
                .build();
        StatusRuntimeException error = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, new byte[0]));
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(error.getStatus().getDescription()).contains("kvcluster.v1.KvService/Increment");
    }

    static ErrorInfo info(StatusRuntimeException error) throws IOException {
        com.google.rpc.Status status = StatusProto.fromThrowable(error);
        assertThat(status).isNotNull();
        return status.getDetails(0).unpack(ErrorInfo.class);
    }

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    /** The bytes as the request message of Put. */
    private static Consumer<Channel> raw(byte[] message, String compressor) {
        var method = KvServiceGrpc.getPutMethod().toBuilder(BYTES, BYTES).build();
        CallOptions options =
                compressor == null ? CallOptions.DEFAULT : CallOptions.DEFAULT.withCompression(compressor);
        return channel -> ClientCalls.blockingUnaryCall(channel, method, options, message);
    }

    private static KvServiceGrpc.KvServiceBlockingStub kv(Channel channel) {
        return KvServiceGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    private static void get(
            List<Bad> table, String name, GetRequest request, Reason reason, String field, String... says) {
        bad(table, name, channel -> kv(channel).get(request), Status.Code.INVALID_ARGUMENT, reason, field, says);
    }

    private static void put(
            List<Bad> table, String name, PutRequest request, Reason reason, String field, String... says) {
        bad(table, name, channel -> kv(channel).put(request), Status.Code.INVALID_ARGUMENT, reason, field, says);
    }

    private static void delete(
            List<Bad> table, String name, DeleteRequest request, Reason reason, String field, String... says) {
        bad(table, name, channel -> kv(channel).delete(request), Status.Code.INVALID_ARGUMENT, reason, field, says);
    }

    private static void batch(
            List<Bad> table,
            String name,
            Reason reason,
            String field,
            List<String> says,
            BatchOperation... operations) {
        BatchRequest request =
                BatchRequest.newBuilder().addAllOperations(List.of(operations)).build();
        bad(
                table,
                "batch: " + name,
                channel -> kv(channel).batch(request),
                Status.Code.INVALID_ARGUMENT,
                reason,
                field,
                says.toArray(String[]::new));
    }

    private static void bad(
            List<Bad> table,
            String name,
            Consumer<Channel> call,
            Status.Code code,
            Reason reason,
            String field,
            String... says) {
        table.add(new Bad(name, call, code, reason, field, List.of(says)));
    }

    private static BatchOperation getOf(ByteString key) {
        return BatchOperation.newBuilder()
                .setGet(BatchGet.newBuilder().setKey(key))
                .build();
    }

    private static BatchOperation putOf(ByteString key, ByteString value) {
        return BatchOperation.newBuilder()
                .setPut(BatchPut.newBuilder().setKey(key).setValue(value))
                .build();
    }

    private static ByteString zeros(int size) {
        return ByteString.copyFrom(new byte[size]);
    }
}
