package io.kvcluster.e2e.drain;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.KeyLister;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.rpc.ClientServer;
import io.kvcluster.node.rpc.ClusterView;
import io.kvcluster.node.rpc.HealthView;
import io.kvcluster.node.rpc.MetricsView;
import io.kvcluster.node.rpc.NodeInfo;
import io.kvcluster.node.rpc.RepairAccess;
import io.kvcluster.node.rpc.RpcBackend;
import io.kvcluster.node.rpc.RpcLimits;
import io.kvcluster.node.seams.EventLoops;
import io.kvcluster.node.seams.SystemClock;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.repair.GetRepairRequest;
import io.kvcluster.proto.repair.GetRepairResponse;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairResponse;
import io.kvcluster.proto.ring.RingTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The client port of a node before a handler that counts how often it applied the write of a key, and may keep its answers. */
final class StoppingNode implements AutoCloseable {
    private static final AtomicLong VERSIONS = new AtomicLong(1L << 60);

    private final String name;
    private final Map<Key, AtomicInteger> applied;
    private final Queue<Runnable> kept = new ConcurrentLinkedQueue<>();
    private final EventLoops eventLoops;
    private volatile boolean keeping;
    private final int port;
    private ClientServer server;

    /** @param applied how often each key was written on any node */
    StoppingNode(String name, Map<Key, AtomicInteger> applied) throws IOException {
        this.name = name;
        this.applied = applied;
        this.eventLoops = new EventLoops(name, 1, Throwable::printStackTrace);
        this.server = start(0);
        this.port = server.port();
    }

    private ClientServer start(int port) throws IOException {
        return ClientServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                eventLoops,
                new RpcBackend(
                        new NodeInfo("drained", name, "test"),
                        (CommandHandler) this::handle,
                        (_, done) -> done.accept(new KeyLister.Answer.Refused(
                                new Outcome.NotApplied(Reason.NOT_A_REPLICA, false, "no keys to list"))),
                        new NoRing(),
                        new NoRepair(),
                        () -> new HealthView.Health(NodeStatus.Phase.SERVING, ""),
                        _ -> new MetricsView.Page("text/plain", new byte[0])),
                new SystemClock(),
                RpcLimits.forHeap(256L << 20));
    }

    private void handle(Command command, Consumer<Outcome> done) {
        Outcome.Service service = new Outcome.Service(name, ConsistencyLevel.QUORUM, 2, 0);
        Outcome outcome = switch (command) {
            case Command.Get _ -> new Outcome.Read(List.of(), new byte[0], service);
            case Command.Put put -> written(put.key(), service);
            case Command.Delete delete -> written(delete.key(), service);
        };
        if (keeping) {
            kept.add(() -> done.accept(outcome));
        } else {
            done.accept(outcome);
        }
    }

    private Outcome written(Key key, Outcome.Service service) {
        applied.computeIfAbsent(key, _ -> new AtomicInteger()).incrementAndGet();
        return new Outcome.Applied(VERSIONS.incrementAndGet(), new byte[0], service);
    }

    int port() {
        return port;
    }

    /** Requests under way, open sessions among them. */
    int requests() {
        return server.requests();
    }

    /** Answers stay here until {@link #answer}. */
    void keepAnswers() {
        keeping = true;
    }

    int keptAnswers() {
        return kept.size();
    }

    void answer() {
        keeping = false;
        for (Runnable answer = kept.poll(); answer != null; answer = kept.poll()) {
            answer.run();
        }
    }

    /** In order, as a process that is asked to end. True: every request was answered in time. */
    CompletableFuture<Boolean> stop(Duration grace) {
        ClientServer stopping = server;
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return stopping.stop(grace);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                Thread::startVirtualThread);
    }

    /** After it was stopped: again at the same port. */
    void startAgain() throws IOException {
        server = start(port);
    }

    @Override
    public void close() throws InterruptedException {
        answer();
        server.stop(Duration.ZERO);
        eventLoops.close();
    }

    /** Clients then keep to their seeds, in order. */
    private static final class NoRing implements ClusterView {
        @Override
        public Optional<RingTable> ring() {
            return Optional.empty();
        }

        @Override
        public List<NodeView> nodes() {
            return List.of();
        }

        @Override
        public Optional<GetMappingResponse> mapping(Key key) {
            return Optional.empty();
        }
    }

    private static final class NoRepair implements RepairAccess {
        @Override
        public RepairResponse ask(RepairRequest request) {
            return RepairResponse.newBuilder().setRefused("nothing to repair").build();
        }

        @Override
        public void tell(GetRepairRequest request, Consumer<GetRepairResponse> done) {
            done.accept(GetRepairResponse.getDefaultInstance());
        }
    }
}
