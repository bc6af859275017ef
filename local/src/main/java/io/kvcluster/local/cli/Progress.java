package io.kvcluster.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.LocalCluster;
import io.kvcluster.local.LocalException;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.select.LabelSelector;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** Waits until a KvCluster is Available, saying what it waits for whenever that changes. */
final class Progress {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final LocalCluster cluster;
    private final PrintWriter out;
    private final long startNanos = System.nanoTime();
    private String last = "";

    Progress(LocalCluster cluster, PrintWriter out) {
        this.cluster = cluster;
        this.out = out;
    }

    void say(String line) {
        if (!line.equals(last)) {
            out.printf("%5.1f s  %s%n", (System.nanoTime() - startNanos) / 1e9, line);
            last = line;
        }
    }

    /** @throws LocalException when it takes longer than the limit; what it waits for is in the message */
    void untilAvailable(Example.ClusterName name, Duration limit) throws InterruptedException {
        ResourceKind kind = kind(cluster);
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            ObjectNode found = cluster.resources().get(kind, name.namespace(), name.name());
            JsonNode available = condition(found, "Available");
            if (Json.text(available, "status").equals("True")) {
                say(name.name() + ": available");
                return;
            }
            String waiting = describe(found, available, name);
            say(waiting);
            if (System.nanoTime() > end) {
                throw new LocalException("not available after " + limit.toSeconds() + " s: " + waiting
                        + ". Look at \"kv local logs NODE\" and at \"kubectl describe kvc " + name.name() + "\".");
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    static ResourceKind kind(LocalCluster cluster) {
        return cluster.resources()
                .catalog()
                .all()
                .filter(kind -> kind.kind().equals("KvCluster"))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode condition(ObjectNode object, String type) {
        for (JsonNode condition : Json.at(object, "status", "conditions")) {
            if (Json.text(condition, "type").equals(type)) {
                return condition;
            }
        }
        return Json.object();
    }

    private String describe(ObjectNode object, JsonNode available, Example.ClusterName name) {
        LabelSelector ours = LabelSelector.parse("kvcluster.io/cluster=" + name.name());
        List<ObjectNode> pods = cluster.resources().list(BuiltInKinds.POD, name.namespace()).stream()
                .filter(ours)
                .toList();
        long running = pods.stream()
                .filter(pod -> Json.text(pod, "status", "phase").equals("Running"))
                .count();
        String reason = Json.text(available, "message");
        return name.name() + ": " + running + " of "
                + Json.at(object, "spec", "replicas").asInt()
                + " pods run, ring epoch "
                + Json.at(object, "status", "ring", "epoch").asInt(0)
                + (reason.isEmpty() ? "" : "; " + reason);
    }
}
