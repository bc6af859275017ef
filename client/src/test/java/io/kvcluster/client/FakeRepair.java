package io.kvcluster.client;

import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.kvcluster.proto.repair.GetRepairRequest;
import io.kvcluster.proto.repair.GetRepairResponse;
import io.kvcluster.proto.repair.PartitionRepair;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairResponse;
import io.kvcluster.proto.repair.RepairServiceGrpc;
import io.kvcluster.proto.repair.RepairStatus;
import io.kvcluster.proto.repair.ScrubStatus;
import java.util.ArrayList;
import java.util.List;

/** Repair of one fake node: each look at a repair under way finds eight partitions more that are through. */
public final class FakeRepair extends RepairServiceGrpc.RepairServiceImplBase {
    private static final int PER_LOOK = 8;

    private final FakeNode node;
    private final List<RepairRequest> requests = new ArrayList<>();
    private final List<Integer> waiting = new ArrayList<>();
    private boolean full;
    private int scrubbed;
    private int exchanges;
    private boolean stuck;
    private long root = 1;

    FakeRepair(FakeNode node) {
        this.node = node;
    }

    /** Nothing goes on from here. */
    public synchronized void stick() {
        stuck = true;
    }

    /** Its replicas differ from the others'. */
    public synchronized void differ() {
        root = 2;
    }

    public synchronized List<RepairRequest> requests() {
        return List.copyOf(requests);
    }

    @Override
    public synchronized void startRepair(RepairRequest request, StreamObserver<RepairResponse> client) {
        requests.add(request);
        int partitions = node.partitions().size();
        if (request.getPartitionsList().stream().anyMatch(partition -> partition >= partitions)) {
            client.onError(StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                    .setCode(Status.Code.INVALID_ARGUMENT.value())
                    .setMessage("partitions names 99: 0..15 is allowed")
                    .addDetails(com.google.protobuf.Any.pack(com.google.rpc.ErrorInfo.newBuilder()
                            .setDomain("kvcluster.io")
                            .setReason("INVALID_PARAMETER")
                            .build()))
                    .build()));
            return;
        }
        waiting.clear();
        if (!request.getCancel()) {
            waiting.addAll(
                    request.getPartitionsCount() == 0 ? node.partitions().keySet() : request.getPartitionsList());
            full = request.getFull();
            scrubbed = 0;
        }
        client.onNext(RepairResponse.newBuilder().setPartitions(waiting.size()).build());
        client.onCompleted();
    }

    @Override
    public synchronized void getRepair(GetRepairRequest request, StreamObserver<GetRepairResponse> client) {
        if (request.getWithPartitions() && !stuck) {
            for (int i = 0; i < PER_LOOK && !waiting.isEmpty(); i++) {
                waiting.removeFirst();
                exchanges += 2;
                scrubbed += full ? 1 : 0;
            }
        }
        GetRepairResponse.Builder response = GetRepairResponse.newBuilder()
                .setNode(node.name())
                .setStoreId(node.storeId())
                .setRepair(RepairStatus.newBuilder()
                        .setPartitions(node.partitions().size())
                        .setDirtyPairs(2 * waiting.size())
                        .setExchangesEqual(exchanges)
                        .setBytesMoved(exchanges * 100L)
                        .setHints(3)
                        .setTombstones(5)
                        .setScrub(ScrubStatus.newBuilder()
                                .setPartitionsLeft(full ? waiting.size() : 0)
                                .setPartitionsDone(scrubbed)
                                .setRecords(10L * scrubbed)));
        if (request.getWithPartitions()) {
            node.partitions().forEach((partition, others) -> {
                PartitionRepair.Builder told = PartitionRepair.newBuilder()
                        .setPartition(partition)
                        .setTree(true)
                        .setRoot(root)
                        .setScrubbing(full && waiting.contains(partition));
                others.forEach(other -> told.addPairs(
                        PartitionRepair.Pair.newBuilder().setStoreId(other).setDirty(waiting.contains(partition))));
                response.addPartitions(told);
            });
        }
        client.onNext(response.build());
        client.onCompleted();
    }
}
