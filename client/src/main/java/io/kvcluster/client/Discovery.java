package io.kvcluster.client;

import io.kvcluster.proto.kv.ClusterServiceGrpc;
import io.kvcluster.proto.kv.GetNodesRequest;
import io.kvcluster.proto.kv.GetNodesResponse;
import io.kvcluster.proto.kv.GetRingRequest;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@link Nodes} up to date: at the start, when an answer told of a newer ring, soon after failures, each
 * second while a member is not connected, and each half minute anyway. One refresh at a time.
 */
final class Discovery {
    static final long TICK_MILLIS = 500;
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long UNSETTLED_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

    private final Nodes nodes;
    private final LongSupplier nanoTime;
    private final AtomicBoolean running = new AtomicBoolean();
    private final Set<Node> failed = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Node lastAsked;
    private volatile boolean wanted = true;
    private volatile long lastEnd;

    Discovery(Nodes nodes, LongSupplier nanoTime) {
        this.nodes = nodes;
        this.nanoTime = nanoTime;
        this.lastEnd = nanoTime.getAsLong();
    }

    void start(ScheduledExecutorService timer) {
        timer.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** An answer told the epoch of a newer ring, or 0. */
    void heard(long ringEpoch, Node node) {
        if (ringEpoch > nodes.topology().epoch()) {
            wanted = true; // if a refresh runs already, it may have asked before the new ring
            refresh(node);
        }
    }

    /** As above, of any node. */
    void heard(long ringEpoch) {
        if (ringEpoch > nodes.topology().epoch()) {
            wanted = true;
            refresh(nodes.chooseAny(Set.of()));
        }
    }

    /** Something failed: ask again at the next tick. */
    void want() {
        wanted = true;
    }

    private void tick() {
        nodes.all().forEach(Node::nudge);
        nodes.all().stream().filter(Node::beginProbe).forEach(Discovery::probe);
        Topology known = nodes.topology();
        boolean settled = known.ring().isPresent()
                && known.nodesByStore().values().stream().allMatch(Node::isReady);
        long idle = nanoTime.getAsLong() - lastEnd;
        if (wanted || idle >= (settled ? SETTLED_NANOS : UNSETTLED_NANOS)) {
            refresh(nodes.chooseAny(notAgain()));
        }
    }

    /** In turn: each node knows the others' present addresses better than its own. */
    private Set<Node> notAgain() {
        Set<Node> not = new HashSet<>(failed);
        Optional.ofNullable(lastAsked).ifPresent(not::add);
        return not;
    }

    private static void probe(Node node) {
        node.send(
                ClusterServiceGrpc.getGetNodesMethod(),
                GetNodesRequest.getDefaultInstance(),
                TIMEOUT_NANOS,
                answer -> node.probed(answer instanceof UnaryCall.Answer.Got));
    }

    private void refresh(Node node) {
        if (running.compareAndSet(false, true)) {
            wanted = false;
            lastAsked = node;
            node.send(
                    ClusterServiceGrpc.getGetRingMethod(),
                    GetRingRequest.getDefaultInstance(),
                    TIMEOUT_NANOS,
                    answer -> {
                        switch (answer) {
                            case UnaryCall.Answer.Got(var response, Node at) -> askNodes(response.getRing(), at);
                            case UnaryCall.Answer.Missed(CallFailure failure, Node at) -> missed(failure, at);
                        }
                    });
        }
    }

    private void askNodes(RingTable table, Node node) {
        node.send(
                ClusterServiceGrpc.getGetNodesMethod(), GetNodesRequest.getDefaultInstance(), TIMEOUT_NANOS, answer -> {
                    switch (answer) {
                        case UnaryCall.Answer.Got(GetNodesResponse response, Node at) -> {
                            adopt(table, response, at);
                            failed.clear();
                            end();
                        }
                        case UnaryCall.Answer.Missed(CallFailure failure, Node at) -> missed(failure, at);
                    }
                });
    }

    private void adopt(RingTable table, GetNodesResponse response, Node node) {
        List<NodeView> views = response.getNodesList();
        switch (Ring.of(table)) {
            case RingCheck.Valid(Ring ring) -> {
                if (isOfThisCluster(ring, node)) {
                    nodes.adopt(ring, views, response.getAsked());
                }
            }
            case RingCheck.Invalid invalid -> {
                if (table.getEpoch() > 0) {
                    LOG.warn(
                            "{} sent a ring that this client cannot read; keys are not routed: {}",
                            node,
                            invalid.message());
                }
                nodes.adopt(views);
            }
        }
    }

    private boolean isOfThisCluster(Ring ring, Node node) {
        boolean other = nodes.topology()
                .ring()
                .filter(known -> !known.clusterId().equals(ring.clusterId()))
                .isPresent();
        if (other) {
            LOG.warn("{} belongs to another cluster (id {}): its ring is not used", node, ring.clusterId());
        }
        return !other;
    }

    private void missed(CallFailure failure, Node node) {
        LOG.debug("ring not learned from {}: {}", node, failure.message());
        if (!failed.add(node) || failed.size() >= nodes.all().size()) {
            failed.clear();
        }
        wanted = true;
        end();
    }

    private void end() {
        lastEnd = nanoTime.getAsLong();
        running.set(false);
    }
}
