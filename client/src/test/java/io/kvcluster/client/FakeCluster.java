package io.kvcluster.client;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Mode;
import io.kvcluster.proto.ring.Move;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A cluster of fake nodes that behaves as a replicated map: every write reaches the maps of all replicas of its
 * partition at once. Nodes can be told to fail in ways that real ones do. In-process, or on loopback ports.
 */
public final class FakeCluster implements AutoCloseable {
    private final String id = UUID.randomUUID().toString();
    private final boolean loopback;
    private final AtomicLong versions = new AtomicLong(1000);
    private final List<FakeNode> nodes = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();
    private final int factor;
    private volatile Ring ring;

    private FakeCluster(int size, int factor, boolean loopback) {
        this.loopback = loopback;
        this.factor = factor;
        for (int i = 0; i < size; i++) {
            nodes.add(new FakeNode(this, i));
            servers.add(null);
        }
        for (int i = 0; i < size; i++) {
            start(i);
        }
        this.ring = Ring.require(table(1, "", 0));
    }

    public static FakeCluster inProcess(int size) {
        return new FakeCluster(size, size, false);
    }

    public static FakeCluster inProcess(int size, int factor) {
        return new FakeCluster(size, factor, false);
    }

    public static FakeCluster onLoopback(int size) {
        return new FakeCluster(size, size, true);
    }

    /** Fails as a host that is not there for addresses that no fake node has. */
    ManagedChannel connect(Address address) {
        return InProcessChannelBuilder.forName(id + "/" + address.host())
                .directExecutor()
                .build();
    }

    KvClient client() {
        return client(seed(0));
    }

    KvClient client(Address... seeds) {
        return KvClient.connect(KvClientConfig.of(seeds), this::connect);
    }

    public Address seed(int node) {
        return Address.parse(address(node), KvClientConfig.DEFAULT_PORT);
    }

    public FakeNode node(int index) {
        return nodes.get(index);
    }

    public List<FakeNode> nodes() {
        return nodes;
    }

    public Ring ring() {
        return ring;
    }

    public FakeNode primaryOf(String key) {
        return nodes.get(ring.primary(ring.partitionOf(bytes(key))).getIndex());
    }

    List<FakeNode> replicasOf(ByteString key) {
        return ring.replicas(ring.partitionOf(key.toByteArray())).stream()
                .map(member -> nodes.get(member.getIndex()))
                .toList();
    }

    /** The next epoch: each partition's replicas turn by one. */
    void turnRing() {
        ring = Ring.require(table(ring.epoch() + 1, ring.hash(), (int) ring.epoch()));
    }

    /** The next epoch: a partition moves to larger quorums and another primary. */
    public void move(int partition) {
        RingTable.Builder table =
                ring.table().toBuilder().setEpoch(ring.epoch() + 1).setPreviousHash(ring.hash());
        Partition.Builder moving = table.getPartitionsBuilder(partition).setChangedEpoch(table.getEpoch());
        moving.setMove(Move.newBuilder()
                .addAllReplicas(moving.getReplicasList().reversed())
                .setRead(factor)
                .setWrite(factor)
                .setPhase(MovePhase.COPY)
                .setCopyEpoch(table.getEpoch()));
        ring = Ring.require(
                table.clearHash().setHash(RingJson.hash(table.build())).build());
    }

    /** As kill -9: connections break, requests in flight have no answer. The maps stay. */
    public void kill(int node) {
        servers.get(node).shutdownNow();
        await(servers.get(node));
    }

    public void start(int node) {
        FakeNode fake = nodes.get(node);
        try {
            Server server = loopback
                    ? NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", fake.port))
                            .addService(fake.kv)
                            .addService(fake.cluster)
                            .addService(fake.repair)
                            .directExecutor()
                            .build()
                    : InProcessServerBuilder.forName(id + "/" + fake.name())
                            .addService(fake.kv)
                            .addService(fake.cluster)
                            .addService(fake.repair)
                            .directExecutor()
                            .build();
            servers.set(node, server.start());
            fake.port = loopback ? server.getPort() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long nextVersion() {
        return versions.incrementAndGet();
    }

    /** Where a node is reached now. */
    String address(int node) {
        return loopback ? "127.0.0.1:" + nodes.get(node).port : nodes.get(node).name();
    }

    private RingTable table(long epoch, String previousHash, int turn) {
        RingTable.Builder table = RingTable.newBuilder()
                .setCluster("fake")
                .setClusterId("6f1d2c3b-0000-4000-8000-" + id.substring(24))
                .setEpoch(epoch)
                .setPreviousHash(previousHash)
                .setMode(Mode.LEADERLESS)
                .setDefaults(Defaults.newBuilder()
                        .setConsistency("eventual")
                        .setConflictResolution("LastWriterWins")
                        .setDurability("Fsync"));
        for (FakeNode node : nodes) {
            table.addMembers(Member.newBuilder()
                    .setIndex(node.index)
                    .setName(node.name())
                    .setStoreId(node.storeId())
                    .setIncarnation(1)
                    .setAddress(node.name())
                    .setZone("zone-" + node.index)
                    .setState(MemberState.NORMAL));
        }
        for (int p = 0; p < 16; p++) {
            Partition.Builder partition = Partition.newBuilder().setChangedEpoch(epoch);
            for (int r = 0; r < factor; r++) {
                partition.addReplicas((p + turn + r) % nodes.size());
            }
            table.addPartitions(partition.setRead(factor / 2 + 1).setWrite(factor / 2 + 1));
        }
        return table.setHash(RingJson.hash(table.build())).build();
    }

    private static byte[] bytes(String key) {
        return ByteString.copyFromUtf8(key).toByteArray();
    }

    private static void await(Server server) {
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        servers.forEach(Server::shutdownNow);
        servers.forEach(FakeCluster::await);
        nodes.forEach(FakeNode::releaseAll);
    }
}
