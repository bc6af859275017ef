package io.kvcluster.local;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvcluster.proto.admin.FetchRingRequest;
import io.kvcluster.proto.admin.FetchRingResponse;
import io.kvcluster.proto.admin.NodeAdminServiceGrpc;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.admin.NodeStatus.Phase;
import io.kvcluster.proto.admin.PeerView;
import io.kvcluster.proto.admin.PushRingRequest;
import io.kvcluster.proto.admin.PushRingResponse;
import io.kvcluster.proto.admin.PushRingResponse.Verdict;
import io.kvcluster.proto.admin.WatchStatusRequest;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.RingTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the operator hears and sees of storage nodes, without any: each has an address of its own, takes rings, and reports each second. */
final class FakeNodes implements AutoCloseable {
    private static final int PORT = 50052;
    private static final int PER_NETWORK = 250;
    private static final Context.Key<String> ASKED = Context.key("asked");

    private final Server server;
    private final Map<String, FakeNode> byAddress = new ConcurrentHashMap<>();
    private final ScheduledExecutorService heartbeats = Executors.newSingleThreadScheduledExecutor();
    private final List<String> addresses;

    /** @param capacity how many nodes there may be */
    FakeNodes(int capacity) throws IOException {
        // Beside the networks of local mode, which are all of 127.0.
        long network = 64 + ProcessHandle.current().pid() % 60;
        addresses = java.util.stream.IntStream.range(0, capacity)
                .mapToObj(i -> "127." + network + "." + (1 + i / PER_NETWORK) + "." + (1 + i % PER_NETWORK))
                .toList();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(listen(addresses.getFirst()));
        for (String address : addresses.subList(1, capacity)) {
            builder.addListenAddress(listen(address));
        }
        server = builder.addService(new Admin())
                .intercept(new WhichAddress())
                .build()
                .start();
        heartbeats.scheduleAtFixedRate(() -> byAddress.values().forEach(FakeNode::report), 1, 1, TimeUnit.SECONDS);
    }

    private static SocketAddress listen(String address) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(address), PORT);
    }

    /** A node for a pod, and its address. */
    synchronized String start(String pod) {
        String address = addresses.get(byAddress.size());
        byAddress.put(address, new FakeNode(pod, byAddress.size() + 1));
        return address;
    }

    /** Every node says something of itself that is no news for a cluster. */
    void murmur(String message) {
        byAddress.values().forEach(node -> node.say(message));
    }

    /** A node that ends its streams and opens no more. */
    void kill(String pod) {
        byAddress.values().stream().filter(node -> node.pod.equals(pod)).forEach(FakeNode::die);
    }

    @Override
    public void close() {
        heartbeats.shutdownNow();
        server.shutdownNow();
    }

    private static final class FakeNode {
        private final String pod;
        private final String storeId;
        private final List<ServerCallStreamObserver<NodeStatus>> streams = new CopyOnWriteArrayList<>();
        private @Nullable RingTable ring;
        private String message = "";
        private boolean dead;

        FakeNode(String pod, int number) {
            this.pod = pod;
            this.storeId = "%016x".formatted(number);
        }

        synchronized void watch(ServerCallStreamObserver<NodeStatus> stream) {
            if (dead) {
                stream.onError(Status.UNAVAILABLE.asRuntimeException());
                return;
            }
            stream.setOnCancelHandler(() -> streams.remove(stream));
            streams.add(stream);
            stream.onNext(status());
        }

        synchronized void say(String text) {
            message = text;
            report();
        }

        synchronized void report() {
            NodeStatus status = status();
            streams.forEach(stream -> stream.onNext(status));
        }

        synchronized void die() {
            dead = true;
            streams.forEach(stream -> stream.onError(Status.UNAVAILABLE.asRuntimeException()));
            streams.clear();
        }

        synchronized PushRingResponse take(RingTable table) {
            ring = table;
            report();
            return PushRingResponse.newBuilder()
                    .setVerdict(Verdict.ACCEPTED)
                    .setEpoch(table.getEpoch())
                    .setHash(table.getHash())
                    .build();
        }

        synchronized Optional<RingTable> ring() {
            return Optional.ofNullable(ring);
        }

        private NodeStatus status() {
            NodeStatus.Builder status = NodeStatus.newBuilder()
                    .setName(pod)
                    .setStoreId(storeId)
                    .setIncarnation(1)
                    .setPhase(Phase.WAITING_FOR_RING)
                    .setPhaseMessage(message)
                    .setVersion("0.1.0")
                    .setProtocolMin(1)
                    .setProtocolMax(2)
                    .setDiskFreeBytes(1L << 30)
                    .setDiskTotalBytes(1L << 31)
                    .setKeys(1000)
                    .setClockEpochMillis(System.currentTimeMillis());
            RingTable using = ring;
            if (using != null) {
                status.setPhase(Phase.SERVING)
                        .setClusterId(using.getClusterId())
                        .setRingEpoch(using.getEpoch())
                        .setRingHash(using.getHash());
                for (Member member : using.getMembersList()) {
                    if (!member.getStoreId().equals(storeId)) {
                        status.addPeers(PeerView.newBuilder()
                                .setStoreId(member.getStoreId())
                                .setName(member.getName())
                                .setUp(true));
                    }
                }
            }
            return status.build();
        }
    }

    private final class Admin extends NodeAdminServiceGrpc.NodeAdminServiceImplBase {
        @Override
        public void watchStatus(WatchStatusRequest request, StreamObserver<NodeStatus> caller) {
            asked(caller).ifPresent(node -> node.watch((ServerCallStreamObserver<NodeStatus>) caller));
        }

        @Override
        public void pushRing(PushRingRequest request, StreamObserver<PushRingResponse> caller) {
            asked(caller).ifPresent(node -> {
                caller.onNext(node.take(request.getRing()));
                caller.onCompleted();
            });
        }

        @Override
        public void fetchRing(FetchRingRequest request, StreamObserver<FetchRingResponse> caller) {
            asked(caller).ifPresent(node -> {
                FetchRingResponse.Builder response = FetchRingResponse.newBuilder();
                node.ring().ifPresent(response::setRing);
                caller.onNext(response.build());
                caller.onCompleted();
            });
        }

        private Optional<FakeNode> asked(StreamObserver<?> caller) {
            FakeNode node = byAddress.get(ASKED.get());
            if (node == null) {
                caller.onError(Status.UNAVAILABLE.asRuntimeException());
            }
            return Optional.ofNullable(node);
        }
    }

    private static final class WhichAddress implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            InetSocketAddress local = (InetSocketAddress) call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
            Context context = Context.current()
                    .withValue(ASKED, local == null ? "" : local.getAddress().getHostAddress());
            return Contexts.interceptCall(context, call, headers, next);
        }
    }
}
