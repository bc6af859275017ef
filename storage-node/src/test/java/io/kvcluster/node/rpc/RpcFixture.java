package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.EventLoops;
import io.kvcluster.node.seams.SystemClock;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.MovingTo;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.repair.GetRepairRequest;
import io.kvcluster.proto.repair.GetRepairResponse;
import io.kvcluster.proto.repair.PartitionRepair;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairResponse;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.RingTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Both servers on free loopback ports before a map, and everything that a test may change about the node behind them. */
final class RpcFixture implements AutoCloseable {
    /** For bodies that must arrive, also on a busy machine. */
    static final RpcLimits PATIENT = new RpcLimits(64, 64L * 1024 * 1024, Duration.ofSeconds(10));

    /** For bodies that never arrive. */
    static final RpcLimits LIMITS = new RpcLimits(64, 64L * 1024 * 1024, Duration.ofMillis(300));

    static final Clock CLOCK = new SystemClock();

    static final NodeView NODE = NodeView.newBuilder()
            .setName("demo-0")
            .setStoreId("00000000000000a0")
            .setZone("zone-a")
            .setAddress("127.0.0.10")
            .setState("NORMAL")
            .setUp(true)
            .setSinceEpochMillis(1_700_000_000_000L)
            .setLastHeartbeatEpochMillis(1_700_000_001_500L)
            .setPartitions(64)
            .setPrimaryPartitions(22)
            .setRingEpoch(7)
            .build();

    final MapHandler store = new MapHandler();
    volatile boolean ring = true;
    volatile boolean moving;
    volatile HealthView.Health health = new HealthView.Health(NodeStatus.Phase.SERVING, "");
    private final EventLoops eventLoops = new EventLoops("client-io", 1, Throwable::printStackTrace);
    final ClientServer grpc;
    final HttpServer http;

    RpcFixture() throws Exception {
        this(LIMITS);
    }

    RpcFixture(RpcLimits limits) throws Exception {
        RpcBackend backend = new RpcBackend(
                new NodeInfo("demo", "demo-0", "0.1.0"),
                store,
                store,
                new FixedCluster(),
                new FixedRepair(),
                () -> health,
                accept -> new MetricsView.Page("text/plain", ("accept=" + accept).getBytes(StandardCharsets.UTF_8)));
        InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        grpc = ClientServer.start(free, eventLoops, backend, CLOCK, limits);
        http = HttpServer.start(free, backend, CLOCK, limits);
    }

    void reset() {
        store.reset();
        ring = true;
        moving = false;
        health = new HealthView.Health(NodeStatus.Phase.SERVING, "");
    }

    @Override
    public void close() throws Exception {
        grpc.stop(Duration.ZERO);
        http.stop(Duration.ZERO);
        eventLoops.close();
    }

    /** Has partitions 0 and 1. */
    private static final class FixedRepair implements RepairAccess {
        @Override
        public RepairResponse ask(RepairRequest request) {
            return request.getPartitionsList().stream().allMatch(partition -> partition < 2)
                    ? RepairResponse.newBuilder().setPartitions(2).build()
                    : RepairResponse.newBuilder()
                            .setRefused("partitions names 2: 0..1 is allowed")
                            .build();
        }

        @Override
        public void tell(GetRepairRequest request, Consumer<GetRepairResponse> done) {
            GetRepairResponse.Builder response = GetRepairResponse.newBuilder().setNode("demo-0");
            if (request.getWithPartitions()) {
                response.addPartitions(PartitionRepair.newBuilder().setPartition(1));
            }
            done.accept(response.build());
        }
    }

    private final class FixedCluster implements ClusterView {
        @Override
        public Optional<RingTable> ring() {
            return ring
                    ? Optional.of(RingTable.newBuilder()
                            .setCluster("demo")
                            .setEpoch(7)
                            .addMembers(Member.newBuilder().setIndex(1).setName("demo-0"))
                            .build())
                    : Optional.empty();
        }

        @Override
        public List<NodeView> nodes() {
            return ring ? List.of(NODE) : List.of();
        }

        @Override
        public Optional<GetMappingResponse> mapping(Key key) {
            if (!ring) {
                return Optional.empty();
            }
            GetMappingResponse.Builder mapping = GetMappingResponse.newBuilder()
                    .setPartition(key.bytes().length)
                    .setRingEpoch(7)
                    .addReplicas(NODE);
            if (moving) {
                mapping.setMove(MovingTo.newBuilder()
                        .setPhase("READ_NEW")
                        .setCopyEpoch(6)
                        .addReplicas(NODE.toBuilder().setName("demo-3").setState("JOINING")));
            }
            return Optional.of(mapping.build());
        }
    }
}
