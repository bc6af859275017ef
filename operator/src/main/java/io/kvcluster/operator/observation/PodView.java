package io.kvcluster.operator.observation;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvcluster.operator.nodeadmin.Liveness;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeState;
import io.kvcluster.operator.nodeadmin.NodeTarget;
import io.kvcluster.operator.resources.Labels;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A storage pod and what its node says. */
public record PodView(Pod pod, Optional<NodeState> state) {
    public String name() {
        return pod.getMetadata().getName();
    }

    public String uid() {
        return pod.getMetadata().getUid();
    }

    public String zone() {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(Labels.ZONE, "");
    }

    public Optional<String> address() {
        return pod.getStatus() == null
                ? Optional.empty()
                : Optional.ofNullable(pod.getStatus().getPodIP());
    }

    public Optional<NodeTarget> target() {
        return address().map(ip -> new NodeTarget(name(), uid(), ip));
    }

    /** Being deleted, or over: nothing that it said counts any more. */
    public boolean isLeaving() {
        return pod.getMetadata().getDeletionTimestamp() != null || isOver();
    }

    public boolean isReady() {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    public @Nullable String podHash() {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(Labels.POD_HASH);
    }

    public boolean isUp() {
        return !isLeaving() && state.map(NodeState::isUp).orElse(false);
    }

    /** It may run and may not: it is watched for too short a time to say. */
    public boolean isUndecided() {
        return !isLeaving()
                && address().isPresent()
                && state.map(known -> known.liveness() == Liveness.UNKNOWN).orElse(true);
    }

    /** The last report of a node that is up. */
    public Optional<NodeReport> report() {
        return isUp() ? state.flatMap(NodeState::report) : Optional.empty();
    }

    /**
     * Of the ring that the node uses, as it reported or acknowledged: reports come once a second, rings may follow each other faster.
     * 0 when it is not up.
     */
    public long ringEpoch() {
        long told = report().map(NodeReport::ringEpoch).orElse(0L);
        long acknowledged = state.filter(_ -> isUp())
                .flatMap(NodeState::acknowledged)
                .map(known -> known.ring().epoch())
                .orElse(0L);
        return Math.max(told, acknowledged);
    }

    private boolean isOver() {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }
}
