package io.kvcluster.operator.nodeadmin;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.resources.Ports;
import io.kvcluster.proto.admin.FetchRingRequest;
import io.kvcluster.proto.admin.FetchRingResponse;
import io.kvcluster.proto.admin.NodeAdminServiceGrpc;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link NodeAdmin} over gRPC. One thread owns all watches; what they know is published for others to read. */
public final class GrpcNodeAdmin implements NodeAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcNodeAdmin.class);
    private static final int MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
    private static final long TICK_MILLIS = 100;
    /** A machine that is gone does not refuse, it swallows: the next try must come soon. */
    private static final int CONNECT_TIMEOUT_MILLIS = 1500;

    private static final long FETCH_DEADLINE_SECONDS = 2;
    private static final long PUSH_DEADLINE_SECONDS = 5;

    private final ScheduledExecutorService timer;
    private final Executor loop;
    private final Function<NodeTarget, ManagedChannel> channels;
    private final InstantSource clock;
    private final Map<ClusterKey, Map<NodeTarget, NodeWatch>> watches = new ConcurrentHashMap<>();
    private final Map<ClusterKey, Instant> watchedSince = new ConcurrentHashMap<>();
    private volatile Listener listener = cluster -> {};

    public GrpcNodeAdmin(InstantSource clock) {
        this(clock, GrpcNodeAdmin::channel);
    }

    GrpcNodeAdmin(InstantSource clock, Function<NodeTarget, ManagedChannel> channels) {
        this.clock = clock;
        this.channels = channels;
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("node-admin").daemon().factory());
        this.loop = task -> {
            try {
                timer.execute(task);
            } catch (RejectedExecutionException _) {
                // Closed: what still arrives from streams that end has nobody to tell.
            }
        };
        timer.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void listen(Listener newListener) {
        listener = newListener;
    }

    @Override
    public void watch(ClusterKey cluster, Set<NodeTarget> nodes, Duration downAfter) {
        Set<NodeTarget> wanted = Set.copyOf(nodes);
        watchedSince.computeIfAbsent(cluster, _ -> clock.instant());
        loop.execute(() -> {
            Map<NodeTarget, NodeWatch> current = watches.computeIfAbsent(cluster, _ -> new ConcurrentHashMap<>());
            current.forEach((target, watch) -> {
                if (!wanted.contains(target)) {
                    watch.close();
                    current.remove(target);
                }
            });
            for (NodeTarget target : wanted) {
                NodeWatch watch = current.computeIfAbsent(
                        target,
                        _ -> new NodeWatch(
                                channels.apply(target), clock, loop, downAfter, () -> listener.changed(cluster)));
                watch.downAfter(downAfter);
                watch.tick();
            }
        });
    }

    @Override
    public void forget(ClusterKey cluster) {
        watchedSince.remove(cluster);
        loop.execute(() -> {
            Map<NodeTarget, NodeWatch> ended = watches.remove(cluster);
            if (ended != null) {
                ended.values().forEach(NodeWatch::close);
            }
        });
    }

    @Override
    public Map<String, NodeState> states(ClusterKey cluster) {
        Map<String, NodeState> states = new HashMap<>();
        watches.getOrDefault(cluster, Map.of()).forEach((target, watch) -> states.put(target.uid(), watch.state()));
        return Map.copyOf(states);
    }

    @Override
    public Optional<Instant> watchedSince(ClusterKey cluster) {
        return Optional.ofNullable(watchedSince.get(cluster));
    }

    @Override
    public Optional<RingCheck> fetchRing(NodeTarget node) {
        ManagedChannel channel = channels.apply(node);
        try {
            FetchRingResponse response = NodeAdminServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(FETCH_DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .fetchRing(FetchRingRequest.getDefaultInstance());
            return response.hasRing() ? Optional.of(Ring.of(response.getRing())) : Optional.empty();
        } catch (StatusRuntimeException _) {
            return Optional.empty();
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public PushOutcome push(ClusterKey cluster, NodeTarget node, Publication publication) {
        NodeWatch watch = watches.getOrDefault(cluster, Map.of()).get(node);
        if (watch == null) {
            return new PushOutcome.Failed("the pod is not watched any more");
        }
        try {
            PushOutcome outcome = Wire.outcome(NodeAdminServiceGrpc.newBlockingStub(watch.channel())
                    .withDeadlineAfter(PUSH_DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .pushRing(Wire.request(publication)));
            if (outcome instanceof PushOutcome.Acknowledged) {
                loop.execute(() -> watch.acknowledged(publication));
            }
            return outcome;
        } catch (StatusRuntimeException e) {
            return new PushOutcome.Failed(String.valueOf(e.getStatus()));
        }
    }

    @Override
    public void close() {
        timer.execute(() -> watches.values().forEach(nodes -> nodes.values().forEach(NodeWatch::close)));
        timer.shutdown();
    }

    private void tick() {
        try {
            watches.values().forEach(nodes -> nodes.values().forEach(NodeWatch::tick));
        } catch (RuntimeException e) {
            // A timer that throws is never called again, and then every node would be as it was for ever.
            LOG.error("watching the nodes failed, goes on with the next tick", e);
        }
    }

    private static ManagedChannel channel(NodeTarget target) {
        return NettyChannelBuilder.forAddress(target.address(), Ports.PEER)
                .usePlaintext()
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .disableRetry()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .build();
    }
}
