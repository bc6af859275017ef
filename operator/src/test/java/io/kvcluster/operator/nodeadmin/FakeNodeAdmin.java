package io.kvcluster.operator.nodeadmin;

import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.RingCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Nodes that say what a test told them to say. */
public final class FakeNodeAdmin implements NodeAdmin {
    private static final Instant LONG_AGO = Instant.parse("2026-03-01T11:00:00Z");

    private final Map<String, NodeReport> reports = new HashMap<>();
    private final Map<String, Liveness> liveness = new HashMap<>();
    private final Map<String, Publication> acknowledged = new HashMap<>();
    private final Map<String, RingCheck> rings = new HashMap<>();
    private final Map<String, PushOutcome> answers = new HashMap<>();
    private final List<NodeTarget> pushedTo = new ArrayList<>();
    private Set<NodeTarget> watched = Set.of();
    private boolean deaf;
    private Instant watchedSince = LONG_AGO;

    public void report(String uid, NodeReport report) {
        reports.put(uid, report);
        liveness.put(uid, Liveness.UP);
    }

    public void liveness(String uid, Liveness value) {
        liveness.put(uid, value);
    }

    public void acknowledgedNothing(String uid) {
        acknowledged.remove(uid);
    }

    public void acknowledged(String uid, Publication publication) {
        acknowledged.put(uid, publication);
    }

    public void ring(String uid, RingCheck ring) {
        rings.put(uid, ring);
    }

    /** The operator process started then. */
    public void watchedSince(Instant instant) {
        watchedSince = instant;
    }

    /** As before the first watch has been opened. */
    public void deaf(boolean value) {
        deaf = value;
    }

    /** How a node will answer a push; it acknowledges unless told otherwise. */
    public void answer(String pod, PushOutcome outcome) {
        answers.put(pod, outcome);
    }

    public List<NodeTarget> pushedTo() {
        return pushedTo;
    }

    public Set<NodeTarget> watched() {
        return watched;
    }

    /** As if the ring and the addresses of now had been pushed to every pod. */
    public void acknowledgeWhatIsPushed(Observation world) {
        Map<String, String> hints = new HashMap<>();
        for (Member member : world.ring().orElseThrow().members()) {
            world.pod(member.getName())
                    .flatMap(PodView::address)
                    .ifPresent(address -> hints.put(member.getStoreId(), address));
        }
        Publication publication = new Publication(world.ring().orElseThrow(), hints);
        world.pods().values().forEach(pod -> acknowledged.put(pod.uid(), publication));
    }

    @Override
    public void listen(Listener listener) {}

    @Override
    public void watch(ClusterKey cluster, Set<NodeTarget> nodes, Duration downAfter) {
        watched = Set.copyOf(nodes);
    }

    @Override
    public void forget(ClusterKey cluster) {
        watched = Set.of();
    }

    @Override
    public Map<String, NodeState> states(ClusterKey cluster) {
        Map<String, NodeState> states = new HashMap<>();
        if (deaf) {
            return states;
        }
        watched.forEach(target -> states.put(
                target.uid(),
                new NodeState(
                        liveness.getOrDefault(target.uid(), Liveness.UNKNOWN),
                        LONG_AGO,
                        Optional.of(LONG_AGO),
                        Optional.ofNullable(reports.get(target.uid())),
                        Optional.ofNullable(acknowledged.get(target.uid())))));
        return states;
    }

    @Override
    public Optional<Instant> watchedSince(ClusterKey cluster) {
        return Optional.of(watchedSince);
    }

    @Override
    public Optional<RingCheck> fetchRing(NodeTarget node) {
        return Optional.ofNullable(rings.get(node.uid()));
    }

    @Override
    public PushOutcome push(ClusterKey cluster, NodeTarget node, Publication publication) {
        synchronized (pushedTo) {
            pushedTo.add(node);
        }
        return answers.getOrDefault(
                node.pod(), new PushOutcome.Acknowledged(publication.ring().epoch()));
    }

    @Override
    public void close() {}
}
