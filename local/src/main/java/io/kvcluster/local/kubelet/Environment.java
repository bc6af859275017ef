package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The environment variables of a container, after its pod's spec. */
final class Environment {
    private static final Pattern REFERENCE = Pattern.compile("\\$(\\$|\\(([A-Za-z_][A-Za-z0-9_.-]*)\\))");
    private static final Pattern KEYED = Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)'\\]");

    private Environment() {}

    /** @throws Unrunnable when a variable refers to something that is not there or that local mode does not know */
    static Map<String, String> of(JsonNode pod, JsonNode container, String podIp, Objects objects) throws Unrunnable {
        if (!container.path("envFrom").isEmpty()) {
            throw new Unrunnable("CreateContainerConfigError", "local mode does not know envFrom");
        }
        Map<String, String> environment = new LinkedHashMap<>();
        for (JsonNode variable : container.path("env")) {
            String name = Json.text(variable, "name");
            if (variable.has("valueFrom")) {
                value(pod, variable.path("valueFrom"), podIp, objects).ifPresent(value -> environment.put(name, value));
            } else {
                environment.put(name, expand(Json.text(variable, "value"), environment));
            }
        }
        return environment;
    }

    /** Replaces {@code $(NAME)} by variables already known, and {@code $$} by one dollar. */
    static String expand(String text, Map<String, String> known) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder result = new StringBuilder();
        while (matcher.find()) {
            String replacement = matcher.group(2) == null ? "$" : known.getOrDefault(matcher.group(2), matcher.group());
            matcher.appendReplacement(result, Matcher.quoteReplacement(replacement));
        }
        return matcher.appendTail(result).toString();
    }

    private static Optional<String> value(JsonNode pod, JsonNode source, String podIp, Objects objects)
            throws Unrunnable {
        if (source.has("fieldRef")) {
            return Optional.of(field(pod, Json.text(source, "fieldRef", "fieldPath"), podIp));
        }
        boolean secret = source.has("secretKeyRef");
        if (!secret && !source.has("configMapKeyRef")) {
            throw new Unrunnable(
                    "CreateContainerConfigError",
                    "local mode knows fieldRef, configMapKeyRef and secretKeyRef, not " + source);
        }
        JsonNode ref = source.path(secret ? "secretKeyRef" : "configMapKeyRef");
        String name = Json.text(ref, "name");
        String namespace = PodKey.of(pod).namespace();
        Optional<ObjectNode> object = secret ? objects.secret(namespace, name) : objects.configMap(namespace, name);
        JsonNode value = object.map(found -> found.path("data").path(Json.text(ref, "key")))
                .orElse(com.fasterxml.jackson.databind.node.MissingNode.getInstance());
        if (!value.isTextual()) {
            if (ref.path("optional").asBoolean(false)) {
                return Optional.empty();
            }
            throw new Unrunnable(
                    "CreateContainerConfigError",
                    (secret ? "secret" : "configmap") + " \"" + name + "\" has no key " + Json.text(ref, "key"));
        }
        return Optional.of(
                secret
                        ? new String(Base64.getDecoder().decode(value.asText()), StandardCharsets.UTF_8)
                        : value.asText());
    }

    private static String field(JsonNode pod, String path, String podIp) throws Unrunnable {
        Matcher keyed = KEYED.matcher(path);
        if (keyed.matches()) {
            return Json.text(pod, "metadata", keyed.group(1), keyed.group(2));
        }
        return switch (path) {
            case "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName" ->
                Json.text(pod, path.split("\\."));
            case "status.podIP", "status.podIPs" -> podIp;
            case "status.hostIP" -> "127.0.0.1";
            default -> throw new Unrunnable("CreateContainerConfigError", "local mode does not know the field " + path);
        };
    }
}
