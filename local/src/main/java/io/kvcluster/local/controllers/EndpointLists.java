package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import io.kvcluster.local.api.select.LabelSelector;
import java.util.List;
import java.util.Optional;

/** Endpoints and EndpointSlices of each Service with a selector. */
final class EndpointLists implements Pass {
    private static final WriteOptions OPTIONS = WriteOptions.by("endpoint-controller");

    @Override
    public void run(Resources resources) {
        for (ObjectNode service : resources.list(BuiltInKinds.SERVICE, "")) {
            JsonNode selector = Json.at(service, "spec", "selector");
            if (selector.isEmpty() || Objects.isDeleting(service)) {
                continue;
            }
            LabelSelector wanted = LabelSelector.ofLabels(selector);
            List<ObjectNode> pods = resources.list(BuiltInKinds.POD, Objects.namespace(service)).stream()
                    .filter(wanted)
                    .filter(pod -> !Json.text(pod, "status", "podIP").isEmpty())
                    .toList();
            write(resources, BuiltInKinds.ENDPOINTS, service, Objects.name(service), endpoints(service, pods));
            write(
                    resources,
                    BuiltInKinds.ENDPOINT_SLICE,
                    service,
                    Objects.name(service) + "-local",
                    slice(service, pods));
        }
    }

    private static void write(
            Resources resources, ResourceKind kind, ObjectNode service, String name, ObjectNode content) {
        String namespace = Objects.namespace(service);
        Optional<ObjectNode> known = resources.find(kind, namespace, name);
        if (known.isEmpty()) {
            ObjectNode object = content.deepCopy();
            Json.metadata(object).put("name", name);
            Objects.own(object, BuiltInKinds.SERVICE, service);
            resources.create(kind, namespace, object, OPTIONS);
            return;
        }
        ObjectNode rest = known.get().deepCopy();
        rest.remove(List.of("apiVersion", "kind", "metadata"));
        ObjectNode wanted = Json.normalised(content);
        wanted.remove("metadata");
        if (!rest.equals(wanted)) {
            resources.edit(kind, namespace, name, "", OPTIONS, object -> {
                object.remove(List.of("subsets", "endpoints", "ports"));
                object.setAll(wanted);
            });
        }
    }

    private static ObjectNode endpoints(ObjectNode service, List<ObjectNode> pods) {
        ObjectNode endpoints = Json.object();
        Json.metadata(endpoints).set("labels", labels(service));
        if (pods.isEmpty()) {
            return endpoints;
        }
        ObjectNode subset = endpoints.putArray("subsets").addObject();
        for (ObjectNode pod : pods) {
            ArrayNode list = Json.childArray(subset, isServing(service, pod) ? "addresses" : "notReadyAddresses");
            ObjectNode address = list.addObject().put("ip", Json.text(pod, "status", "podIP"));
            address.put("nodeName", Json.text(pod, "spec", "nodeName"));
            address.set("targetRef", reference(pod));
        }
        ports(service, pods, subset.putArray("ports"));
        return endpoints;
    }

    private static ObjectNode slice(ObjectNode service, List<ObjectNode> pods) {
        ObjectNode slice = Json.object().put("addressType", "IPv4");
        Json.metadata(slice).set("labels", labels(service).put("kubernetes.io/service-name", Objects.name(service)));
        ArrayNode endpoints = slice.putArray("endpoints");
        for (ObjectNode pod : pods) {
            ObjectNode endpoint = endpoints.addObject();
            endpoint.putArray("addresses").add(Json.text(pod, "status", "podIP"));
            endpoint.putObject("conditions")
                    .put("ready", isServing(service, pod))
                    .put("serving", StatefulSets.isReady(pod))
                    .put("terminating", Objects.isDeleting(pod));
            endpoint.put("nodeName", Json.text(pod, "spec", "nodeName"));
            endpoint.set("targetRef", reference(pod));
        }
        ports(service, pods, slice.putArray("ports"));
        return slice;
    }

    private static ObjectNode labels(ObjectNode service) {
        return Json.at(service, "metadata", "labels") instanceof ObjectNode labels ? labels.deepCopy() : Json.object();
    }

    private static boolean isServing(ObjectNode service, ObjectNode pod) {
        return StatefulSets.isReady(pod)
                || Json.at(service, "spec", "publishNotReadyAddresses").asBoolean(false);
    }

    private static ObjectNode reference(ObjectNode pod) {
        return Json.object()
                .put("kind", "Pod")
                .put("namespace", Objects.namespace(pod))
                .put("name", Objects.name(pod))
                .put("uid", Objects.uid(pod));
    }

    private static void ports(ObjectNode service, List<ObjectNode> pods, ArrayNode ports) {
        for (JsonNode port : Json.at(service, "spec", "ports")) {
            int target = pods.isEmpty() ? port.path("port").asInt() : targetPort(port, pods.getFirst());
            ObjectNode entry = ports.addObject();
            if (port.has("name")) {
                entry.set("name", port.get("name"));
            }
            entry.put("port", target).put("protocol", Json.text(port, "protocol"));
        }
    }

    /** The number of a Service's target port, which may be the name of a container port. */
    private static int targetPort(JsonNode port, JsonNode pod) {
        JsonNode target = port.path("targetPort");
        if (target.isNumber()) {
            return target.asInt();
        }
        for (JsonNode container : Json.at(pod, "spec", "containers")) {
            for (JsonNode named : container.path("ports")) {
                if (Json.text(named, "name").equals(target.asText())) {
                    return named.path("containerPort").asInt();
                }
            }
        }
        return port.path("port").asInt();
    }
}
