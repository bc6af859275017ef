package io.kvcluster.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.select.LabelSelector;
import io.kvcluster.local.kubelet.Kubelet;
import io.kvcluster.local.kubelet.RunningPod;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which pods stand behind the exposed Service. The Service is kept as it was last seen, and readiness comes from the
 * kubelet, so that forwarding goes on while the API server is away.
 */
final class Exposure {
    private final Kubelet kubelet;
    private volatile @Nullable ObjectNode service;

    Exposure(Kubelet kubelet) {
        this.kubelet = kubelet;
    }

    void expose(ObjectNode newest) {
        service = newest;
    }

    /** Addresses of the ready pods at the Service's port. */
    List<InetSocketAddress> targets(int port) {
        ObjectNode exposed = service;
        List<InetSocketAddress> targets = new ArrayList<>();
        if (exposed == null) {
            return targets;
        }
        LabelSelector selector = LabelSelector.ofLabels(Json.at(exposed, "spec", "selector"));
        for (RunningPod pod : kubelet.pods()) {
            if (pod.ready()
                    && pod.namespace().equals(Json.text(exposed, "metadata", "namespace"))
                    && selector.test(pod.pod())) {
                targets.add(new InetSocketAddress(pod.address(), targetPort(exposed, port, pod.pod())));
            }
        }
        return targets;
    }

    private static int targetPort(JsonNode service, int port, JsonNode pod) {
        for (JsonNode known : Json.at(service, "spec", "ports")) {
            if (known.path("port").asInt() == port) {
                JsonNode target = known.path("targetPort");
                return target.isNumber() ? target.asInt() : namedPort(pod, target.asText(), port);
            }
        }
        return port;
    }

    private static int namedPort(JsonNode pod, String name, int missing) {
        for (JsonNode container : Json.at(pod, "spec", "containers")) {
            for (JsonNode named : container.path("ports")) {
                if (Json.text(named, "name").equals(name)) {
                    return named.path("containerPort").asInt();
                }
            }
        }
        return missing;
    }
}
