package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.proto.kv.Consistency;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.PutRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is not built, and what is wrong, through the whole of a running node. Every limit has its own test in the node. */
@Scenario
final class RefusedRequestsE2E {
    private final Cluster cluster;
    private final Node node;

    RefusedRequestsE2E(Target target) {
        cluster = Cluster.shared(target);
        node = cluster.nodes().getFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "consistency=strong, 501, NOT_BUILT",
        "if-version=1, 501, NOT_BUILT",
        "consistency=everything, 400, INVALID_CONSISTENCY",
        "ttl=soon, 400, INVALID_TTL",
        "unknown=1, 400, INVALID_PARAMETER"
    })
    void aPutThatCannotBeDoneAsAskedIsRefusedWithItsReasonAndChangesNothing(
            String parameters, int status, String reason) {
        String key = "refused-" + parameters;
        Node.Answer answer = node.put(key, "never", parameters);
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.reason()).isEqualTo(reason);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.json().path("detail").asText()).isNotBlank();
        assertThat(node.get(key, "consistency=all").status()).isEqualTo(404);
    }

    @Test
    void strongConsistencyIsUnimplementedOverGrpcToo() {
        ManagedChannel channel = node.channel();
        try {
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> KvServiceGrpc.newBlockingStub(channel)
                            .put(PutRequest.newBuilder()
                                    .setKey(ByteString.copyFromUtf8("strong"))
                                    .setConsistency(Consistency.STRONG)
                                    .build()));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void anUnknownPathListsNothingButSaysSo() {
        Node.Answer answer = node.ask("/no-such-path");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.reason()).isEqualTo("UNKNOWN_PATH");
    }
}
