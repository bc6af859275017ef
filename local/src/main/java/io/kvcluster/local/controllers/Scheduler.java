package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import io.kvcluster.local.api.select.LabelSelector;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Puts each pod on the node with the fewest pods among those that its node selector and required node affinity allow. */
final class Scheduler implements Pass {
    private static final WriteOptions OPTIONS = WriteOptions.by("scheduler");

    private final EventRecorder events;
    private final Clock clock;

    Scheduler(EventRecorder events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    @Override
    public void run(Resources resources) {
        for (ObjectNode pod : resources.list(BuiltInKinds.POD, "")) {
            if (Json.text(pod, "spec", "nodeName").isEmpty() && !Objects.isDeleting(pod)) {
                schedule(resources, pod);
            }
        }
    }

    private void schedule(Resources resources, ObjectNode pod) {
        List<ObjectNode> nodes = resources.list(BuiltInKinds.NODE, "");
        List<ObjectNode> pods = resources.list(BuiltInKinds.POD, "");
        Optional<ObjectNode> best = nodes.stream()
                .filter(node -> !Json.at(node, "spec", "unschedulable").asBoolean(false))
                .filter(node -> fits(pod, node))
                .min(Comparator.comparing((ObjectNode node) -> load(node, pods)).thenComparing(Objects::name));
        if (best.isEmpty()) {
            refuse(resources, pod, nodes.size());
            return;
        }
        String node = Objects.name(best.get());
        resources.edit(
                BuiltInKinds.POD,
                Objects.namespace(pod),
                Objects.name(pod),
                "",
                OPTIONS,
                object -> Json.child(object, "spec").put("nodeName", node));
        condition(resources, pod, "True", "", "");
        events.normal(
                pod,
                "Scheduled",
                "Successfully assigned " + Objects.namespace(pod) + "/" + Objects.name(pod) + " to " + node);
    }

    private static long load(ObjectNode node, List<ObjectNode> pods) {
        return pods.stream()
                .filter(pod -> Json.text(pod, "spec", "nodeName").equals(Objects.name(node)))
                .count();
    }

    private static boolean fits(ObjectNode pod, ObjectNode node) {
        JsonNode selector = Json.at(pod, "spec", "nodeSelector");
        if (!LabelSelector.ofLabels(selector).test(node)) {
            return false;
        }
        JsonNode terms = Json.at(
                pod,
                "spec",
                "affinity",
                "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution",
                "nodeSelectorTerms");
        if (terms.isEmpty()) {
            return true;
        }
        for (JsonNode term : terms) {
            if (LabelSelector.of(term).test(node)) {
                return true;
            }
        }
        return false;
    }

    private void refuse(Resources resources, ObjectNode pod, int nodes) {
        if (Objects.condition(pod, "PodScheduled").equals("False")) {
            return;
        }
        String message =
                "0/" + nodes + " nodes are available: " + nodes + " node(s) didn't match Pod's node affinity/selector.";
        condition(resources, pod, "False", "Unschedulable", message);
        events.warning(pod, "FailedScheduling", message);
    }

    private void condition(Resources resources, ObjectNode pod, String status, String reason, String message) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        resources.edit(BuiltInKinds.POD, Objects.namespace(pod), Objects.name(pod), "status", OPTIONS, object -> {
            var conditions = Json.childArray(Json.child(object, "status"), "conditions");
            for (int i = conditions.size() - 1; i >= 0; i--) {
                if (Json.text(conditions.get(i), "type").equals("PodScheduled")) {
                    conditions.remove(i);
                }
            }
            ObjectNode condition = conditions
                    .addObject()
                    .put("type", "PodScheduled")
                    .put("status", status)
                    .put("lastTransitionTime", now);
            if (!reason.isEmpty()) {
                condition.put("reason", reason).put("message", message);
            }
        });
    }
}
