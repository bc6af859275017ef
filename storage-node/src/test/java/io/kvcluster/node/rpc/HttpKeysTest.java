package io.kvcluster.node.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.kvcluster.node.command.Key;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.ListKeysRequest;
import io.kvcluster.proto.kv.ListKeysResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages of keys, over HTTP and gRPC. */
class HttpKeysTest {
    private RpcFixture node;

    @BeforeEach
    void start() throws Exception {
        node = new RpcFixture(RpcFixture.PATIENT);
        for (int i = 0; i < 25; i++) {
            node.store.values.put(Key.of("key-%02d".formatted(i)), new byte[0]);
        }
        node.store.values.put(Key.of(new byte[] {-1}), new byte[0]);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    @Test
    void pagesFollowEachOtherOverHttp() throws IOException {
        List<String> keys = new ArrayList<>();
        String after = "";
        JsonNode page;
        do {
            page = RawHttp.ask(node.http.port(), "GET /keys?partition=0&limit=10" + after + " HTTP/1.1")
                    .json();
            page.get("keys").forEach(each -> keys.add(each.get("key").textValue()));
            after = "&after=" + keys.getLast();
        } while (!page.get("last").booleanValue());
        assertThat(keys).hasSize(26).startsWith("key-00", "key-01").endsWith("_w");
        assertThat(page.get("keys").get(5).get("keyEncoding").textValue()).isEqualTo("base64url");
    }

    @Test
    void pagesFollowEachOtherOverGrpc() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", node.grpc.port())
                .usePlaintext()
                .build();
        try {
            KvServiceGrpc.KvServiceBlockingStub kv = KvServiceGrpc.newBlockingStub(channel);
            ListKeysResponse first =
                    kv.listKeys(ListKeysRequest.newBuilder().setLimit(20).build());
            assertThat(first.getKeysList()).hasSize(20);
            assertThat(first.getLast()).isFalse();
            ListKeysResponse second = kv.listKeys(
                    ListKeysRequest.newBuilder().setAfter(first.getKeys(19)).build());
            assertThat(second.getKeysList()).hasSize(6).contains(ByteString.copyFrom("key-24", UTF_8));
            assertThat(second.getLast()).isTrue();
            assertThat(second.getRingEpoch()).isEqualTo(7);
            assertThatThrownBy(() -> kv.listKeys(
                            ListKeysRequest.newBuilder().setPartition(1).build()))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("FAILED_PRECONDITION");
            assertThatThrownBy(() -> kv.listKeys(
                            ListKeysRequest.newBuilder().setLimit(1001).build()))
                    .hasMessageContaining("limit is 1001, but must be 1..1000");
        } finally {
            channel.shutdownNow();
        }
    }
}
