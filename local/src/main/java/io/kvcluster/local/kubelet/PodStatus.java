package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The status of a pod as its worker sees it. */
final class PodStatus {
    private PodStatus() {}

    /** What the pod's status should be; of what is there already, times of unchanged conditions are kept. */
    static ObjectNode of(PodWorker worker, Instant now) {
        ObjectNode old = worker.pod().path("status") instanceof ObjectNode found ? found : Json.object();
        ObjectNode status = Json.object();
        status.put("phase", phase(worker));
        status.put("hostIP", "127.0.0.1").put("podIP", worker.address());
        status.putArray("hostIPs").addObject().put("ip", "127.0.0.1");
        status.putArray("podIPs").addObject().put("ip", worker.address());
        status.put("qosClass", Json.text(old, "qosClass"));
        status.put("startTime", old.has("startTime") ? Json.text(old, "startTime") : time(now));
        ArrayNode conditions = status.putArray("conditions");
        for (JsonNode condition : old.path("conditions")) {
            if (Json.text(condition, "type").equals("PodScheduled")) {
                conditions.add(condition);
            }
        }
        condition(conditions, old, "Initialized", true, now);
        condition(conditions, old, "ContainersReady", worker.isReady(), now);
        condition(conditions, old, "Ready", worker.isReady(), now);
        status.putArray("containerStatuses").add(container(worker));
        return status;
    }

    private static String phase(PodWorker worker) {
        Container container = worker.container();
        if (worker.isOver() && container.last().isPresent()) {
            return container.last().get().exitCode() == 0 ? "Succeeded" : "Failed";
        }
        boolean everRan = container.running().isPresent() || container.last().isPresent();
        return everRan ? "Running" : "Pending";
    }

    private static void condition(ArrayNode conditions, ObjectNode old, String type, boolean holds, Instant now) {
        String value = holds ? "True" : "False";
        String since = time(now);
        for (JsonNode was : old.path("conditions")) {
            if (Json.text(was, "type").equals(type) && Json.text(was, "status").equals(value)) {
                since = Json.text(was, "lastTransitionTime");
            }
        }
        ObjectNode condition =
                conditions.addObject().put("type", type).put("status", value).put("lastTransitionTime", since);
        if (!holds) {
            condition.put("reason", "ContainersNotReady").put("message", "the container is not ready");
        }
    }

    private static ObjectNode container(PodWorker worker) {
        JsonNode spec = Json.at(worker.pod(), "spec", "containers").path(0);
        Container container = worker.container();
        ObjectNode status = Json.object()
                .put("name", Json.text(spec, "name"))
                .put("image", Json.text(spec, "image"))
                .put("imageID", "local")
                .put("ready", worker.isReady())
                .put("started", worker.isStarted())
                .put("restartCount", container.restarts());
        ObjectNode state = status.putObject("state");
        ObjectNode lastState = status.putObject("lastState");
        container.last().ifPresent(ended -> {
            boolean final_ = worker.isOver() && container.running().isEmpty();
            ObjectNode into = final_ ? state : lastState;
            into.putObject("terminated")
                    .put("exitCode", ended.exitCode())
                    .put("reason", ended.reason())
                    .put("startedAt", time(ended.startedAt()))
                    .put("finishedAt", time(ended.finishedAt()));
        });
        container.running().ifPresent(running -> {
            state.putObject("running").put("startedAt", time(running.startedAt()));
            status.put("containerID", "process://" + running.process().pid());
        });
        if (state.isEmpty()) {
            state.putObject("waiting")
                    .put("reason", container.waitingReason())
                    .put("message", container.waitingMessage());
        }
        return status;
    }

    private static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
