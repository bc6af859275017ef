package io.kvcluster.operator.console;

import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeState;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The members of one cluster, joined from the ring, the pods and what is heard of the nodes at this moment. */
final class Members {
    private final Observation world;
    private final Map<String, NodeState> states;
    private final Map<Integer, Integer> held = new HashMap<>();
    private final Map<Integer, Integer> primaries = new HashMap<>();

    /** @param states by pod uid */
    Members(Observation world, Map<String, NodeState> states) {
        this.world = world;
        this.states = states;
        world.ring().ifPresent(this::count);
    }

    private void count(Ring ring) {
        for (int p = 0; p < ring.partitions(); p++) {
            primaries.merge(ring.primary(p).getIndex(), 1, Integer::sum);
            ring.replicas(p).forEach(replica -> held.merge(replica.getIndex(), 1, Integer::sum));
        }
    }

    /** The members in the order of the ring, then pods that are none. */
    List<Shown.Node> all() {
        List<Member> members = world.ring().map(Ring::members).orElse(List.of());
        List<Shown.Node> all = new ArrayList<>(these(members));
        Set<String> known = new HashSet<>();
        members.forEach(member -> known.add(member.getName()));
        Set<String> pods = new HashSet<>(world.pods().keySet());
        if (members.isEmpty()) {
            pods.addAll(world.shape().pods());
        }
        pods.stream().filter(pod -> !known.contains(pod)).sorted().forEach(pod -> all.add(pending(pod)));
        return all;
    }

    List<Shown.Node> these(List<Member> members) {
        return members.stream().map(this::member).toList();
    }

    private Shown.Node member(Member member) {
        Optional<PodView> pod = world.pod(member.getName());
        Optional<NodeState> state = state(pod);
        boolean lost = state.filter(NodeState::isUp)
                .flatMap(NodeState::report)
                .map(NodeReport::storeId)
                .filter(store -> !store.isEmpty() && !store.equals(member.getStoreId()))
                .isPresent();
        return node(
                member.getName(),
                member.getStoreId(),
                member.getZone(),
                lost ? "LOST_STORE" : member.getState().name(),
                lost ? "DOWN" : status(pod, state),
                pod,
                held.getOrDefault(member.getIndex(), 0),
                primaries.getOrDefault(member.getIndex(), 0));
    }

    private Shown.Node pending(String name) {
        Optional<PodView> pod = world.pod(name);
        Optional<NodeState> state = state(pod);
        String store = state.flatMap(NodeState::report).map(NodeReport::storeId).orElse("");
        String zone = pod.map(PodView::zone).orElse("");
        return node(name, store, zone, "PENDING", status(pod, state), pod, 0, 0);
    }

    private Shown.Node node(
            String name,
            String storeId,
            String zone,
            String ringState,
            String status,
            Optional<PodView> pod,
            int partitions,
            int primaryPartitions) {
        Optional<NodeState> state = state(pod);
        Optional<NodeReport> report = state.flatMap(NodeState::report);
        Optional<NodeReport.Load> load = report.map(NodeReport::load);
        return new Shown.Node(
                name,
                storeId,
                zone,
                pod.flatMap(PodView::address).orElse(""),
                ringState,
                status,
                state.map(known -> known.since().toString()).orElse(null),
                state.flatMap(NodeState::heardAt).map(Object::toString).orElse(null),
                partitions,
                primaryPartitions,
                report.map(NodeReport::ringEpoch).orElse(0L),
                report.map(told -> told.phase().name()).orElse(null),
                report.map(NodeReport::phaseMessage)
                        .filter(text -> !text.isEmpty())
                        .orElse(null),
                report.map(NodeReport::version).filter(text -> !text.isEmpty()).orElse(null),
                load.map(NodeReport.Load::keys).orElse(null),
                load.map(NodeReport.Load::diskFreeBytes).orElse(null),
                load.map(NodeReport.Load::diskTotalBytes).orElse(null));
    }

    private Optional<NodeState> state(Optional<PodView> pod) {
        return pod.filter(known -> !known.isLeaving()).flatMap(known -> Optional.ofNullable(states.get(known.uid())));
    }

    /** A pod with an address that nobody watches yet may be up and may not. */
    private static String status(Optional<PodView> pod, Optional<NodeState> state) {
        boolean undecided = pod.filter(
                        known -> !known.isLeaving() && known.address().isPresent())
                .isPresent();
        return state.map(known -> known.liveness().name()).orElse(undecided ? "UNKNOWN" : "DOWN");
    }
}
