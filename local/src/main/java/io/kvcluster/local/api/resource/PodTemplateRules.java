package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What pods and pod templates share. */
final class PodTemplateRules {
    private PodTemplateRules() {}

    /** Defaults that depend on other fields. */
    static void complete(ObjectNode podSpec) {
        for (JsonNode container : podSpec.path("containers")) {
            completeContainer((ObjectNode) container);
        }
        for (JsonNode container : podSpec.path("initContainers")) {
            completeContainer((ObjectNode) container);
        }
        String account = Json.text(podSpec, "serviceAccountName");
        if (!account.isEmpty()) {
            podSpec.put("serviceAccount", account);
        }
    }

    private static void completeContainer(ObjectNode container) {
        if (!container.has("imagePullPolicy")) {
            String image = Json.text(container, "image");
            String tag = image.substring(image.lastIndexOf('/') + 1);
            boolean latest = !tag.contains(":") || tag.endsWith(":latest");
            container.put("imagePullPolicy", latest ? "Always" : "IfNotPresent");
        }
    }

    static List<FieldError> check(JsonNode podSpec, String path) {
        List<FieldError> errors = new ArrayList<>();
        JsonNode containers = podSpec.path("containers");
        if (containers.isEmpty()) {
            errors.add(FieldError.required(path + ".containers"));
        }
        Set<String> volumes = new HashSet<>();
        for (JsonNode volume : podSpec.path("volumes")) {
            volumes.add(Json.text(volume, "name"));
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < containers.size(); i++) {
            JsonNode container = containers.get(i);
            String here = path + ".containers[" + i + "]";
            String name = Json.text(container, "name");
            if (name.isEmpty()) {
                errors.add(FieldError.required(here + ".name"));
            } else if (!names.add(name)) {
                errors.add(FieldError.duplicate(here + ".name", "\"" + name + "\""));
            }
            if (Json.text(container, "image").isEmpty()) {
                errors.add(FieldError.required(here + ".image"));
            }
            JsonNode mounts = container.path("volumeMounts");
            for (int m = 0; m < mounts.size(); m++) {
                String volume = Json.text(mounts.get(m), "name");
                if (!volumes.contains(volume)) {
                    errors.add(new FieldError(
                            FieldError.Kind.INVALID,
                            here + ".volumeMounts[" + m + "].name",
                            "Not found: \"" + volume + "\""));
                }
            }
        }
        return errors;
    }
}
