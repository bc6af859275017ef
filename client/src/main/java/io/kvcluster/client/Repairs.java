package io.kvcluster.client;

import io.kvcluster.proto.repair.GetRepairRequest;
import io.kvcluster.proto.repair.GetRepairResponse;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairResponse;
import io.kvcluster.proto.repair.RepairServiceGrpc;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Repair of the replicas of each member, begun and looked at. The futures never fail. */
public final class Repairs {
    private final KvClient client;
    private final Duration timeout;

    /** @param timeout of one question */
    public Repairs(KvClient client, Duration timeout) {
        this.client = client;
        this.timeout = timeout;
    }

    /** Asked twice it begins once: what is under way already goes on. */
    public CompletableFuture<KvClient.Answer<RepairResponse>> start(String storeId, RepairRequest request) {
        return client.ask(storeId, RepairServiceGrpc.getStartRepairMethod(), request, timeout);
    }

    public CompletableFuture<KvClient.Answer<GetRepairResponse>> look(String storeId, boolean withPartitions) {
        return client.ask(
                storeId,
                RepairServiceGrpc.getGetRepairMethod(),
                GetRepairRequest.newBuilder().setWithPartitions(withPartitions).build(),
                timeout);
    }
}
