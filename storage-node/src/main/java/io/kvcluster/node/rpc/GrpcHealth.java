package io.kvcluster.node.rpc;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.kvcluster.proto.kv.ClusterServiceGrpc;
import io.kvcluster.proto.kv.KvServiceGrpc;

/** grpc.health.v1: the whole server ("") and KvService serve when the node does; ClusterService always. A check asks the node anew. */
final class GrpcHealth extends HealthGrpc.HealthImplBase {
    private final HealthView health;
    private final HealthStatusManager statuses = new HealthStatusManager();
    private final HealthGrpc.AsyncService service = (HealthGrpc.AsyncService) statuses.getHealthService();

    GrpcHealth(HealthView health) {
        this.health = health;
        statuses.setStatus(ClusterServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
        refresh();
    }

    /** Tells the watchers, when it changed. */
    void refresh() {
        ServingStatus status = health.now().ready() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        statuses.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        statuses.setStatus(KvServiceGrpc.SERVICE_NAME, status);
    }

    /** Ends the watches with NOT_SERVING. */
    void close() {
        statuses.enterTerminalState();
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> client) {
        refresh();
        service.check(request, client);
    }

    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> client) {
        refresh();
        service.watch(request, client);
    }
}
