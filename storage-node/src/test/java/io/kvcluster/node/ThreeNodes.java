package io.kvcluster.node;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.kvcluster.proto.admin.AddressHint;
import io.kvcluster.proto.admin.NodeAdminServiceGrpc;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.admin.PushRingRequest;
import io.kvcluster.proto.admin.PushRingResponse;
import io.kvcluster.proto.admin.WatchStatusRequest;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.RingChange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Three whole nodes in this process, each on a loopback address of its own, and the operator's part of their first ring. */
final class ThreeNodes implements AutoCloseable {
    private final Path directory;
    private final String subnet;
    private final Node[] nodes = new Node[3];
    private final List<ManagedChannel> channels = new ArrayList<>();

    /** @param subnet "127.x.y": addresses .1 to .3 of it are used */
    ThreeNodes(Path directory, String subnet) {
        this.directory = directory;
        this.subnet = subnet;
    }

    String address(int node) {
        return subnet + "." + (node + 1);
    }

    void start(int node) throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("KV_CLUSTER", "three");
        environment.put("KV_NODE_NAME", "three-" + node);
        environment.put("KV_ZONE", "zone-" + node);
        environment.put("KV_ADDRESS", "three-" + node + ".three-nodes.default.svc");
        environment.put("KV_BIND_ADDRESS", address(node));
        environment.put("KV_DATA_DIR", directory.resolve("node-" + node).toString());
        environment.put("KV_PARTITIONS", "8");
        nodes[node] = Node.start(NodeConfig.from(environment));
    }

    void startAll() throws Exception {
        for (int i = 0; i < nodes.length; i++) {
            start(i);
        }
    }

    void stop(int node) {
        nodes[node].stop();
    }

    /** Asks each who it is, makes the first ring, pushes it with the addresses. */
    Ring firstRing(String conflictResolution) {
        List<NodeStatus> statuses =
                IntStream.range(0, nodes.length).mapToObj(this::status).toList();
        List<RingChange.NewMember> members = IntStream.range(0, nodes.length)
                .mapToObj(i -> new RingChange.NewMember(
                        statuses.get(i).getName(),
                        statuses.get(i).getStoreId(),
                        statuses.get(i).getIncarnation(),
                        "three-" + i + ".three-nodes.default.svc",
                        "zone-" + i))
                .toList();
        Ring ring = ((RingChange.Made) RingChange.first(new RingChange.First(
                        "three",
                        "11111111-1111-4111-8111-111111111111",
                        members,
                        3,
                        2,
                        2,
                        8,
                        Defaults.newBuilder()
                                .setConsistency("eventual")
                                .setConflictResolution(conflictResolution)
                                .setDurability("Fsync")
                                .build())))
                .ring();
        PushRingRequest.Builder push = PushRingRequest.newBuilder().setRing(ring.table());
        for (int i = 0; i < nodes.length; i++) {
            push.addHints(AddressHint.newBuilder()
                    .setStoreId(statuses.get(i).getStoreId())
                    .setAddress(address(i)));
        }
        for (int i = 0; i < nodes.length; i++) {
            PushRingResponse response = admin(i).pushRing(push.build());
            if (response.getVerdict() != PushRingResponse.Verdict.ACCEPTED) {
                throw new IllegalStateException("node " + i + ": " + response);
            }
        }
        return ring;
    }

    NodeStatus status(int node) {
        return admin(node).watchStatus(WatchStatusRequest.getDefaultInstance()).next();
    }

    NodeAdminServiceGrpc.NodeAdminServiceBlockingStub admin(int node) {
        return NodeAdminServiceGrpc.newBlockingStub(channel(address(node), 50052))
                .withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    KvServiceGrpc.KvServiceBlockingStub kv(int node) {
        return KvServiceGrpc.newBlockingStub(channel(address(node), 50051)).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    private ManagedChannel channel(String host, int port) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(host, port).usePlaintext().build();
        channels.add(channel);
        return channel;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        for (Node node : nodes) {
            if (node != null) {
                node.stop();
            }
        }
    }
}
