package io.kvcluster.node.rpc;

import io.grpc.stub.StreamObserver;
import io.kvcluster.node.wire.RequestRules;
import io.kvcluster.proto.kv.ClusterServiceGrpc;
import io.kvcluster.proto.kv.GetMappingRequest;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.GetNodesRequest;
import io.kvcluster.proto.kv.GetNodesResponse;
import io.kvcluster.proto.kv.GetRingRequest;
import io.kvcluster.proto.kv.GetRingResponse;
import io.kvcluster.proto.ring.RingTable;
import java.util.Optional;

/** ClusterService: what this node knows, from its published snapshots. */
final class GrpcCluster extends ClusterServiceGrpc.ClusterServiceImplBase {
    private final NodeInfo info;
    private final ClusterView cluster;

    GrpcCluster(NodeInfo info, ClusterView cluster) {
        this.info = info;
        this.cluster = cluster;
    }

    @Override
    public void getRing(GetRingRequest request, StreamObserver<GetRingResponse> client) {
        answer(
                cluster.ring()
                        .map(ring -> GetRingResponse.newBuilder().setRing(ring).build()),
                client);
    }

    @Override
    public void getNodes(GetNodesRequest request, StreamObserver<GetNodesResponse> client) {
        GetNodesResponse nodes = GetNodesResponse.newBuilder()
                .addAllNodes(cluster.nodes())
                .setRingEpoch(cluster.ring().map(RingTable::getEpoch).orElse(0L))
                .setAsked(info.name())
                .build();
        answer(Optional.of(nodes), client);
    }

    @Override
    public void getMapping(GetMappingRequest request, StreamObserver<GetMappingResponse> client) {
        answer(cluster.mapping(RequestRules.key(request.getKey().toByteArray())), client);
    }

    private static <A> void answer(Optional<A> answer, StreamObserver<A> client) {
        if (answer.isEmpty()) {
            client.onError(GrpcProblems.exception(Problem.noRing()));
            return;
        }
        client.onNext(answer.get());
        client.onCompleted();
    }
}
