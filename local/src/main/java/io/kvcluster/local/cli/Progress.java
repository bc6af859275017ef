package io.kvcluster.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.LocalCluster;
import io.kvcluster.local.LocalException;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.select.LabelSelector;
import java.io.PrintWriter;
import java.time.Duration;

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

    /**
     * Waits until the operator calls the cluster available and all its pods are ready. What the status said before this
     * start is not enough: its pods have only just been started again.
     *
     * @throws LocalException when it is not available within the limit; what it waits for is in the message
     */
    void untilAvailable(Example.ClusterName name, Duration limit) throws InterruptedException {
        ResourceKind kind = kind(cluster);
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            ObjectNode found = cluster.resources().get(kind, name.namespace(), name.name());
            JsonNode available = condition(found, "Available");
            boolean is = Json.text(available, "status").equals("True");
            long wanted = Json.at(found, "spec", "replicas").asInt();
            long ready = ready(name);
            String state = name.name() + ": " + ready + " of " + wanted + " pods ready, ring epoch "
                    + Json.at(found, "status", "ring", "epoch").asInt(0);
            if (is && ready >= wanted) {
                say(name.name() + ": available");
                return;
            }
            String reason = is ? "" : Json.text(available, "message");
            say(state + (reason.isEmpty() ? "" : "; " + reason));
            if (System.nanoTime() > end) {
                if (is && ready > 0) {
                    return; // available, though not at full strength: what was said last tells
                }
                throw new LocalException("not available after " + limit.toSeconds() + " s: " + last
                        + ". Look at \"kv local logs NODE\" and at \"kubectl describe kvc " + name.name() + "\".");
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private long ready(Example.ClusterName name) {
        LabelSelector ours = LabelSelector.parse("kvcluster.io/cluster=" + name.name());
        return cluster.pods().stream()
                .filter(pod -> pod.ready() && pod.namespace().equals(name.namespace()) && ours.test(pod.pod()))
                .count();
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
}
