package io.kvcluster.node;

import io.kvcluster.node.admin.NodeAdminService;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.KeyLister;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.coordinator.OperationSettings;
import io.kvcluster.node.membership.MountedRing;
import io.kvcluster.node.membership.Standing;
import io.kvcluster.node.peer.GrpcTransport;
import io.kvcluster.node.peer.PeerConfig;
import io.kvcluster.node.rpc.ClientServer;
import io.kvcluster.node.rpc.HttpServer;
import io.kvcluster.node.rpc.MetricsView;
import io.kvcluster.node.rpc.NodeInfo;
import io.kvcluster.node.rpc.RpcBackend;
import io.kvcluster.node.rpc.RpcLimits;
import io.kvcluster.node.seams.EventLoops;
import io.kvcluster.node.seams.SystemEnvironment;
import io.kvcluster.node.storage.IndexFactory;
import io.kvcluster.node.storage.RecoveryProgress;
import io.kvcluster.node.storage.StoreConfig;
import io.kvcluster.node.storage.StoreException;
import io.kvcluster.node.storage.StoreListener;
import io.kvcluster.node.telemetry.ConsistencyViolation;
import io.kvcluster.node.telemetry.NodeMetrics;
import io.kvcluster.node.telemetry.Tracing;
import io.kvcluster.proto.admin.NodeStatus.Phase;
import io.kvcluster.ring.RingJson;
import io.opentelemetry.api.GlobalOpenTelemetry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process around a {@link NodeCore}, in start order: probes first, then the core with the recovery of its store, clients,
 * the operator's door. Stops the other way round: clients drain, peers go, the store is marked clean.
 */
final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration LOOK_AT_MOUNTED_RING = Duration.ofSeconds(5);
    private static final int STORE_CLOSE_SECONDS = 30;

    private static final Outcome.NotApplied STILL_STARTING =
            new Outcome.NotApplied(Reason.STARTING, true, "the node is recovering its store");

    private final NodeConfig config;
    private final NodeState state;
    private final SystemEnvironment environment;
    private final HttpServer http;
    private final ClientServer clients;
    private final GrpcTransport transport;
    private final NodeCore core;

    /** Serves probes at once, and clients as soon as it has a ring. Blocks while the log is recovered. */
    static Node start(NodeConfig config) throws StoreException, IOException {
        return new Node(config);
    }

    private Node(NodeConfig config) throws StoreException, IOException {
        this.config = config;
        long heap = Runtime.getRuntime().maxMemory();
        long cacheBytes = heap / 4;
        long indexBytes = heap / 5;
        LOG.info(
                "event=starting config={} heapMiB={} cacheMiB={} indexMiB={}",
                config,
                heap >> 20,
                cacheBytes >> 20,
                indexBytes >> 20);

        // 1. probes and metrics
        NodeSeams seams = NodeSeams.of(config);
        environment = seams.environment();
        state = new NodeState();
        NodeInfo info = new NodeInfo(config.cluster(), config.name(), NodeVersion.text());
        NodeMetrics metrics = new NodeMetrics(info.cluster(), info.name(), info.version());
        RepairDoor repairs = new RepairDoor(info.name(), config.partitions(), environment.clock(), metrics.repair());
        NodeViews views = new NodeViews(config, state, environment.clock(), repairs);
        AtomicReference<CommandHandler> handler = new AtomicReference<>(Node::refuseWhileStarting);
        AtomicReference<KeyLister> keys =
                new AtomicReference<>((_, done) -> done.accept(new KeyLister.Answer.Refused(STILL_STARTING)));
        RpcBackend backend = new RpcBackend(
                info,
                (command, done) -> handler.get().handle(command, done),
                (question, done) -> keys.get().list(question, done),
                views,
                repairs,
                state,
                accept -> page(metrics.render(accept)));
        RpcLimits rpcLimits = RpcLimits.forHeap(heap);
        http = HttpServer.start(at(config.httpPort()), backend, environment.clock(), rpcLimits);

        // 2. the store with its recovery, the ring of the last life, peers, replicas
        NodeEvents events = new NodeEvents(metrics, new Tracing(GlobalOpenTelemetry.get(), info.name()));
        EventLoops eventLoops = environment.network(config.loops());
        transport = new GrpcTransport(
                new GrpcTransport.Config(config.bindAddress(), config.peerPort(), config.peerPort()), eventLoops);
        core = new NodeCore(
                new NodeCore.World(
                        environment,
                        IndexFactory.mapDb(seams.files(), indexBytes / config.loops()),
                        seams.network(transport),
                        ResolverJars.load(config.resolverDir())),
                new NodeCore.Settings(
                        config.name(),
                        config.address(),
                        config.loops(),
                        StoreConfig.of(config.partitions(), config.durability(), cacheBytes),
                        PeerConfig.defaults(),
                        OperationSettings.DEFAULT),
                NodeRules.DESIGNED,
                new NodeCore.Listeners(
                        new StoreEvents(metrics),
                        events,
                        events,
                        new RepairCounts(metrics.repair(), metrics.replication()),
                        standing -> stand(standing, metrics)),
                () -> state.now().ready());
        LOG.info(
                "event=recovered store={} {}",
                core.store().identity(),
                core.store().recovery());
        handler.set(core.handler());
        keys.set(core.keys());
        repairs.of(core);
        clients = ClientServer.start(at(config.clientPort()), eventLoops, backend, environment.clock(), rpcLimits);

        // 3. from here on the outside is heard
        views.of(new NodeViews.Rooms(core, events, clients, http));
        metrics.observe(views);
        state.enter(Phase.WAITING_FOR_RING, "no ring yet");
        core.start();
        transport.start(List.of(
                new NodeAdminService(core.keeper(), core.addresses(), core.peerLoop(), views::status, repairs)));
        Path mounted = config.ringFile();
        if (mounted != null) {
            new MountedRing(() -> read(mounted), core.keeper(), core.ringLoop(), LOOK_AT_MOUNTED_RING).start();
        }
        LOG.info("event=started httpPort={} clientPort={} peerPort={}", http.port(), clients.port(), transport.port());
    }

    private static void refuseWhileStarting(Command command, Consumer<Outcome> done) {
        done.accept(STILL_STARTING);
    }

    private void stand(Standing standing, NodeMetrics metrics) {
        if (state.now().phase() == Phase.DRAINING) {
            return;
        }
        switch (standing) {
            case Standing.Waiting _ -> state.enter(Phase.WAITING_FOR_RING, "no ring yet");
            case Standing.Member _ -> state.enter(Phase.SERVING, "");
            case Standing.NotNamed notNamed -> state.enter(Phase.WAITING_FOR_RING, notNamed.why());
            case Standing.Forked forked -> {
                metrics.replication().violated(ConsistencyViolation.RING_FORK);
                state.enter(Phase.SERVING, forked.why());
            }
        }
        LOG.info(
                "event=standing phase={} message=\"{}\"",
                state.now().phase(),
                state.now().message());
        clients.healthChanged();
    }

    private static Optional<String> read(Path mounted) throws IOException {
        try {
            if (Files.size(mounted) > RingJson.MAX_BYTES) {
                throw new IOException(mounted + " has more than " + RingJson.MAX_BYTES + " bytes");
            }
            return Optional.of(Files.readString(mounted));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    private static MetricsView.Page page(NodeMetrics.Page page) {
        return new MetricsView.Page(page.contentType(), page.body());
    }

    private InetSocketAddress at(int port) {
        return new InetSocketAddress(config.bindAddress(), port);
    }

    /** Drains clients within the grace, then ends the store in order. Blocks. Once. */
    void stop() {
        LOG.info("event=stopping graceMillis={}", config.shutdownGraceMillis());
        state.enter(Phase.DRAINING, "the node was asked to stop");
        clients.healthChanged();
        Duration grace = Duration.ofMillis(config.shutdownGraceMillis());
        try {
            boolean drained = clients.stop(grace);
            drained &= http.stop(grace);
            core.leave();
            transport.close();
            CountDownLatch closed = new CountDownLatch(1);
            core.close(closed::countDown);
            boolean clean = closed.await(STORE_CLOSE_SECONDS, TimeUnit.SECONDS);
            LOG.info("event=stopped drained={} clean={}", drained, clean);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        environment.close();
    }

    int clientPort() {
        return clients.port();
    }

    int httpPort() {
        return http.port();
    }

    int peerPort() {
        return transport.port();
    }

    private final class StoreEvents implements StoreListener {
        private final NodeMetrics metrics;

        StoreEvents(NodeMetrics metrics) {
            this.metrics = metrics;
        }

        @Override
        public void progress(RecoveryProgress progress) {
            LOG.info("event=recovering {}", progress);
            state.recovering(progress.toString());
        }

        @Override
        public void partitionAvailable(int partition) {}

        @Override
        public void groupDurable(int records, long nanos) {
            metrics.log().synced(records, nanos);
        }
    }
}
