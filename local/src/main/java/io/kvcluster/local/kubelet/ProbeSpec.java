package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.json.Json;
import java.time.Duration;

/**
 * One probe of a container.
 *
 * @param http whether it is an HTTP GET; otherwise it only connects
 */
record ProbeSpec(
        boolean http,
        int port,
        String path,
        Duration initialDelay,
        Duration period,
        Duration timeout,
        int failureThreshold,
        int successThreshold) {

    /** @throws Unrunnable when the probe is of a kind that a process cannot have here */
    static ProbeSpec of(JsonNode probe, JsonNode container) throws Unrunnable {
        boolean http = probe.has("httpGet");
        if (!http && !probe.has("tcpSocket")) {
            throw new Unrunnable(
                    "CreateContainerConfigError", "local mode knows httpGet and tcpSocket probes, not " + probe);
        }
        JsonNode target = probe.path(http ? "httpGet" : "tcpSocket");
        return new ProbeSpec(
                http,
                port(target.path("port"), container),
                Json.text(target, "path").isEmpty() ? "/" : Json.text(target, "path"),
                Duration.ofSeconds(probe.path("initialDelaySeconds").asInt(0)),
                Duration.ofSeconds(Math.max(1, probe.path("periodSeconds").asInt(10))),
                Duration.ofSeconds(Math.max(1, probe.path("timeoutSeconds").asInt(1))),
                Math.max(1, probe.path("failureThreshold").asInt(3)),
                Math.max(1, probe.path("successThreshold").asInt(1)));
    }

    private static int port(JsonNode port, JsonNode container) throws Unrunnable {
        if (port.isNumber()) {
            return port.asInt();
        }
        for (JsonNode named : container.path("ports")) {
            if (Json.text(named, "name").equals(port.asText())) {
                return named.path("containerPort").asInt();
            }
        }
        throw new Unrunnable("CreateContainerConfigError", "the probe's port " + port + " is no port of the container");
    }
}
