package io.kvcluster.operator.console;

import io.kvcluster.operator.nodeadmin.NodeAdmin;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeState;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Sightings;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Nodes and mapping as the operator sees them, with fresh times: the status of a KvCluster carries none. */
public final class ClusterViews {
    private final Sightings sightings;
    private final NodeAdmin nodes;

    public ClusterViews(Sightings sightings, NodeAdmin nodes) {
        this.sightings = sightings;
        this.nodes = nodes;
    }

    /** @param cluster "namespace/name" or a name that is not ambiguous; absent: all */
    Answer nodes(Optional<String> cluster) {
        List<Map<String, Object>> clusters = new ArrayList<>();
        sightings.latest().forEach((key, world) -> {
            if (cluster.isEmpty() || isNamed(key, cluster.get())) {
                clusters.add(view(key, world));
            }
        });
        return cluster.isPresent() && clusters.isEmpty()
                ? Answer.problem(404, "NOT_FOUND", "there is no KvCluster " + cluster.get())
                : Answer.ok(Map.of("clusters", clusters));
    }

    Answer mapping(Optional<String> cluster, @Nullable String key) {
        if (key == null || key.isEmpty()) {
            return Answer.problem(400, "KEY_EMPTY", "parameter key is absent or empty but must name a key");
        }
        List<Map.Entry<ClusterKey, Observation>> found = sightings.latest().entrySet().stream()
                .filter(entry -> cluster.isEmpty() || isNamed(entry.getKey(), cluster.get()))
                .toList();
        if (found.size() != 1) {
            return found.isEmpty()
                    ? Answer.problem(404, "NOT_FOUND", "there is no such KvCluster")
                    : Answer.problem(
                            400,
                            "INVALID_PARAMETER",
                            "parameter cluster must name one of " + found.size() + " clusters");
        }
        Observation world = found.getFirst().getValue();
        if (world.ring().isEmpty()) {
            return Answer.problem(503, "NO_RING", "the cluster has no ring yet");
        }
        Ring ring = world.ring().get();
        int partition = ring.partitionOf(key.getBytes(StandardCharsets.UTF_8));
        Map<String, NodeState> states = nodes.states(world.key());
        Map<String, Object> mapping = new LinkedHashMap<>();
        mapping.put("cluster", world.key().toString());
        mapping.put("key", key);
        mapping.put("partition", partition);
        mapping.put("epoch", ring.epoch());
        mapping.put("primary", ring.primary(partition).getName());
        mapping.put(
                "replicas",
                ring.replicas(partition).stream()
                        .map(member -> member(world, ring, member, states))
                        .toList());
        return Answer.ok(mapping);
    }

    private Map<String, Object> view(ClusterKey key, Observation world) {
        Map<String, NodeState> states = nodes.states(key);
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("cluster", key.toString());
        view.put("epoch", world.ring().map(Ring::epoch).orElse(0L));
        view.put(
                "nodes",
                world.ring()
                        .map(ring -> ring.members().stream()
                                .map(member -> member(world, ring, member, states))
                                .toList())
                        .orElseGet(() -> world.shape().pods().stream()
                                .map(pod -> pod(world, pod, states))
                                .toList()));
        return view;
    }

    private static Map<String, Object> member(
            Observation world, Ring ring, Member member, Map<String, NodeState> states) {
        Map<String, Object> view = pod(world, member.getName(), states);
        view.put("storeId", member.getStoreId());
        view.put("zone", member.getZone());
        view.put("memberState", member.getState().name());
        view.put("partitions", ring.partitionsOf(member.getStoreId()).size());
        return view;
    }

    private static Map<String, Object> pod(Observation world, String name, Map<String, NodeState> states) {
        Map<String, Object> view = new LinkedHashMap<>();
        Optional<PodView> pod = world.pod(name);
        Optional<NodeState> state = pod.map(PodView::uid).map(states::get).filter(Objects::nonNull);
        view.put("name", name);
        view.put("address", pod.flatMap(PodView::address).orElse(""));
        view.put("state", state.map(each -> each.liveness().name()).orElse("DOWN"));
        state.ifPresent(known -> {
            view.put("since", known.since().toString());
            view.put("lastHeartbeat", known.heardAt().map(Object::toString).orElse(""));
            known.report().ifPresent(report -> report(view, report));
        });
        return view;
    }

    private static void report(Map<String, Object> view, NodeReport report) {
        view.put("phase", report.phase().name());
        view.put("epoch", report.ringEpoch());
        view.put("version", report.version());
        view.put("keys", report.load().keys());
        view.put("diskFreeBytes", report.load().diskFreeBytes());
    }

    private static boolean isNamed(ClusterKey key, String name) {
        return key.toString().equals(name) || key.name().equals(name);
    }
}
