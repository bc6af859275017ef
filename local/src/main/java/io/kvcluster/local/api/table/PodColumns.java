package io.kvcluster.local.api.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.json.Json;
import java.time.Instant;
import java.util.List;

/** What {@code kubectl get pods} shows. */
final class PodColumns {
    private PodColumns() {}

    static List<Column> all() {
        return List.of(
                Column.named(),
                Column.text("Ready", PodColumns::ready),
                Column.text("Status", PodColumns::status),
                new Column("Restarts", "string", "", "", 0, PodColumns::restarts),
                Column.aged(),
                Column.wide("IP", pod -> orNone(Json.text(pod, "status", "podIP"))),
                Column.wide("Node", pod -> orNone(Json.text(pod, "spec", "nodeName"))),
                Column.wide("Nominated Node", pod -> orNone(Json.text(pod, "status", "nominatedNodeName"))),
                Column.wide("Readiness Gates", pod -> "<none>"));
    }

    static String orNone(String text) {
        return text.isEmpty() ? "<none>" : text;
    }

    private static String ready(JsonNode pod) {
        int ready = 0;
        for (JsonNode container : Json.at(pod, "status", "containerStatuses")) {
            ready += container.path("ready").asBoolean(false) ? 1 : 0;
        }
        return ready + "/" + Json.at(pod, "spec", "containers").size();
    }

    private static String status(JsonNode pod) {
        if (pod.path("metadata").has("deletionTimestamp")) {
            return "Terminating";
        }
        String status = Json.text(pod, "status", "phase");
        String reason = Json.text(pod, "status", "reason");
        for (JsonNode container : Json.at(pod, "status", "containerStatuses")) {
            String waiting = Json.text(container, "state", "waiting", "reason");
            String terminated = Json.text(container, "state", "terminated", "reason");
            reason = !waiting.isEmpty() ? waiting : !terminated.isEmpty() ? terminated : reason;
        }
        return reason.isEmpty() ? status : reason;
    }

    private static String restarts(JsonNode pod, Instant now) {
        int restarts = 0;
        String last = "";
        for (JsonNode container : Json.at(pod, "status", "containerStatuses")) {
            restarts += container.path("restartCount").asInt(0);
            String finished = Json.text(container, "lastState", "terminated", "finishedAt");
            last = finished.compareTo(last) > 0 ? finished : last;
        }
        return restarts == 0 || last.isEmpty()
                ? String.valueOf(restarts)
                : restarts + " (" + Age.since(last, now) + " ago)";
    }
}
