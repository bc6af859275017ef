package io.kvcluster.node.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Refusal;
import io.kvcluster.proto.repair.GetRepairRequest;
import io.kvcluster.proto.repair.GetRepairResponse;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairResponse;
import io.kvcluster.proto.repair.RepairServiceGrpc;

/** RepairService: repair of this node's replicas, begun and looked at. */
final class GrpcRepair extends RepairServiceGrpc.RepairServiceImplBase {
    private final RepairAccess repairs;

    GrpcRepair(RepairAccess repairs) {
        this.repairs = repairs;
    }

    @Override
    public void startRepair(RepairRequest request, StreamObserver<RepairResponse> client) {
        RepairResponse response = repairs.ask(request);
        if (!response.getRefused().isEmpty()) {
            throw new Refusal(Reason.INVALID_PARAMETER, "partitions", "", "", response.getRefused()).refused();
        }
        client.onNext(response);
        client.onCompleted();
    }

    @Override
    public void getRepair(GetRepairRequest request, StreamObserver<GetRepairResponse> client) {
        // a client that is gone when the loops have told must not hurt: with a handler, late answers are dropped
        ((ServerCallStreamObserver<GetRepairResponse>) client).setOnCancelHandler(() -> {});
        repairs.tell(request, response -> {
            client.onNext(response);
            client.onCompleted();
        });
    }
}
