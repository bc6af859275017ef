package io.kvcluster.local.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.kvcluster.local.api.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Sends the requests of the table to an API server, embedded or real, and notes a verdict for each. */
final class Conformance {
    static final String NAMESPACE = "kvc-conformance";
    private static final String WIDGETS = "/apis/conformance.kvcluster.io/v1/namespaces/" + NAMESPACE + "/widgets";

    private final HttpClient http;
    private final String url;
    private final Map<String, String> saved = new HashMap<>(Map.of("ns", NAMESPACE));

    Conformance(KubernetesClient client) {
        this.http = client.getHttpClient();
        this.url = client.getConfiguration().getMasterUrl().replaceAll("/$", "");
    }

    static JsonNode resource(String name) throws IOException {
        try (InputStream in = Conformance.class.getResourceAsStream("/conformance/" + name)) {
            byte[] text = in.readAllBytes();
            return name.endsWith(".json") ? Json.parse(text) : Json.parseYaml(text);
        }
    }

    /** The verdicts by the name of the step, in order. */
    Map<String, JsonNode> run() throws Exception {
        prepare();
        Map<String, JsonNode> verdicts = new LinkedHashMap<>();
        try {
            for (JsonNode step : resource("table.yaml")) {
                verdicts.put(Json.text(step, "name"), verdict(step));
            }
        } finally {
            send("DELETE", "/api/v1/namespaces/" + NAMESPACE, "", "", "");
            send(
                    "DELETE",
                    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.conformance.kvcluster.io",
                    "",
                    "",
                    "");
        }
        return verdicts;
    }

    private void prepare() throws Exception {
        String definition = resource("crd.yaml").toString();
        send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "application/json", "", definition);
        send("POST", "/api/v1/namespaces", "application/json", "", "{\"metadata\":{\"name\":\"" + NAMESPACE + "\"}}");
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> send("GET", WIDGETS, "", "", "").code() == 200);
    }

    private HttpResponse<byte[]> send(String method, String path, String type, String accept, String body)
            throws Exception {
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(url + path)
                .header("Accept", accept.isEmpty() ? "application/json" : accept)
                .header("User-Agent", "conformance/1")
                .method(method, type.isEmpty() ? "application/json" : type, body)
                .build();
        return http.sendAsync(request, byte[].class).get(30, TimeUnit.SECONDS);
    }

    private String filled(String text) {
        String result = text;
        for (Map.Entry<String, String> variable : saved.entrySet()) {
            result = result.replace("${" + variable.getKey() + "}", variable.getValue());
        }
        return result;
    }

    private JsonNode verdict(JsonNode step) throws Exception {
        String path = filled(Json.text(step, "path").replaceFirst("^W", WIDGETS));
        String body = step.has("body") ? filled(withKind(step, path).toString()) : "";
        HttpResponse<byte[]> response =
                send(Json.text(step, "method"), path, Json.text(step, "type"), Json.text(step, "accept"), body);
        JsonNode answer = isJson(response) ? Json.parse(response.body()) : Json.object();
        ObjectNode verdict = Json.object().put("code", response.code());
        List<String> warnings = response.headers("Warning");
        if (!warnings.isEmpty() && response.code() < 300) {
            warnings.forEach(verdict.putArray("warnings")::add);
        }
        if (Json.text(answer, "status").equals("Failure")) {
            boolean codeOnly = step.path("compare").size() == 1;
            if (!codeOnly) {
                verdict.put("reason", Json.text(answer, "reason"));
            }
            if (!step.has("compare")) {
                verdict.put("message", normal(Json.text(answer, "message")));
                verdict.set("causes", sortedCauses(Json.at(answer, "details", "causes")));
            }
        }
        for (JsonNode pointer : step.path("show")) {
            verdict.set(pointer.asText(), shown(answer.at(pointer.asText())));
        }
        step.path("save")
                .properties()
                .forEach(v ->
                        saved.put(v.getKey(), answer.at(v.getValue().asText()).asText()));
        step.path("same")
                .properties()
                .forEach(v -> verdict.put(
                        "same " + v.getKey(),
                        answer.at(v.getValue().asText()).asText().equals(saved.get(v.getKey()))));
        return sortedKeys(Json.parse(Json.write(verdict)));
    }

    private static boolean isJson(HttpResponse<byte[]> response) {
        return response.headers("Content-Type").stream().anyMatch(t -> t.contains("json"));
    }

    private static JsonNode withKind(JsonNode step, String path) {
        if (step.path("body") instanceof ObjectNode body
                && Json.text(step, "method").matches("POST|PUT")
                && !body.has("kind")) {
            ObjectNode complete = body.deepCopy();
            String kind = path.contains("/scale")
                    ? "autoscaling/v1 Scale"
                    : path.contains("/configmaps")
                            ? "v1 ConfigMap"
                            : path.contains("/secrets")
                                    ? "v1 Secret"
                                    : path.contains("/services")
                                            ? "v1 Service"
                                            : path.contains("/persistentvolumeclaims")
                                                    ? "v1 PersistentVolumeClaim"
                                                    : path.contains("/statefulsets")
                                                            ? "apps/v1 StatefulSet"
                                                            : path.contains("/leases")
                                                                    ? "coordination.k8s.io/v1 Lease"
                                                                    : path.contains("/events")
                                                                            ? "v1 Event"
                                                                            : "conformance.kvcluster.io/v1 Widget";
            complete.put("apiVersion", kind.split(" ")[0]).put("kind", kind.split(" ")[1]);
            return complete;
        }
        return step.path("body");
    }

    /** Without what differs from run to run: uids, versions, times. */
    private static String normal(String message) {
        return message.replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID")
                .replaceAll("record \\(\\d+\\)", "record (N)")
                .replaceAll("(?s)is invalid: \\[.*", "is invalid: [see causes]");
    }

    /** The real API server names several errors in the order of a hash map. */
    private static ArrayNode sortedCauses(JsonNode causes) {
        ArrayNode sorted = Json.array();
        java.util.stream.StreamSupport.stream(causes.spliterator(), false)
                .distinct()
                .sorted(java.util.Comparator.comparing(JsonNode::toString))
                .forEach(sorted::add);
        return sorted;
    }

    private static JsonNode sortedKeys(JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode sorted = Json.object();
            object.properties().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(field -> sorted.set(field.getKey(), sortedKeys(field.getValue())));
            return sorted;
        }
        if (value instanceof ArrayNode list) {
            ArrayNode sorted = Json.array();
            list.forEach(item -> sorted.add(sortedKeys(item)));
            return sorted;
        }
        return value;
    }

    private static JsonNode shown(JsonNode value) {
        if (value instanceof ArrayNode list && !list.isEmpty() && list.get(0).has("fieldsV1")) {
            java.util.TreeMap<String, JsonNode> entries = new java.util.TreeMap<>();
            for (JsonNode entry : list) {
                if (Json.text(entry, "manager").equals("kube-controller-manager")) {
                    continue;
                }
                entries.put(
                        Json.text(entry, "manager") + " " + Json.text(entry, "operation") + " "
                                + Json.text(entry, "subresource"),
                        entry.path("fieldsV1"));
            }
            return Json.tree(entries);
        }
        return value.isMissingNode() ? Json.object().put("absent", true) : value;
    }

    static String text(Map<String, JsonNode> verdicts) {
        ObjectNode all = Json.object();
        verdicts.forEach(all::set);
        return Json.pretty(all) + "\n";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
