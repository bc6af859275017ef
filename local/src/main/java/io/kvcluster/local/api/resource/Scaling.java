package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import java.util.ArrayList;
import java.util.List;

/** The scale subresource: an object's number of replicas as {@code autoscaling/v1 Scale}. */
final class Scaling {
    private Scaling() {}

    static ObjectNode of(ResourceKind kind, ObjectNode object) {
        ResourceKind.ScalePaths paths = paths(kind);
        JsonNode metadata = object.path("metadata");
        ObjectNode scale = Json.object().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
        ObjectNode copied = scale.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            if (metadata.has(field)) {
                copied.set(field, metadata.get(field));
            }
        }
        scale.putObject("spec").put("replicas", at(object, paths.spec()).asInt(0));
        ObjectNode status = scale.putObject("status");
        status.put("replicas", at(object, paths.status()).asInt(0));
        String selector = paths.selector().isEmpty()
                ? labels(Json.at(object, "spec", "selector", "matchLabels"))
                : at(object, paths.selector()).asText("");
        if (!selector.isEmpty()) {
            status.put("selector", selector);
        }
        return scale;
    }

    /** Puts the replicas of the scale into the object. */
    static void set(ResourceKind kind, ObjectNode object, ObjectNode scale) {
        JsonNode replicas = Json.at(scale, "spec", "replicas");
        boolean absent = replicas.isMissingNode() || replicas.isNull();
        if (!absent && !replicas.isIntegralNumber()) {
            throw ApiError.badRequest("Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal "
                    + (replicas.isTextual() ? "string" : "value")
                    + " into Go struct field ScaleSpec.spec.replicas of type int32");
        }
        int wanted = replicas.asInt(0);
        String name = Json.text(object, "metadata", "name");
        if (wanted < 0 && !kind.custom()) {
            throw ApiError.invalid(
                    new ApiError.About("autoscaling", "scales", "Scale", name),
                    List.of(FieldError.invalid(
                            "spec.replicas", String.valueOf(wanted), "must be greater than or equal to 0")));
        }
        String[] path = paths(kind).spec().split("\\.");
        ObjectNode here = object;
        for (int i = 0; i < path.length - 1; i++) {
            here = Json.child(here, path[i]);
        }
        here.put(path[path.length - 1], wanted);
    }

    /** What is wrong with the numbers of a custom object that its scale subresource would show. */
    static List<FieldError> check(ResourceKind kind, ObjectNode object) {
        ResourceKind.ScalePaths paths = kind.scale();
        if (paths == null || !kind.custom()) {
            return List.of();
        }
        List<FieldError> errors = new ArrayList<>();
        check(object, paths.spec(), errors);
        check(object, paths.status(), errors);
        return errors;
    }

    private static void check(ObjectNode object, String path, List<FieldError> errors) {
        JsonNode value = at(object, path);
        String field = "." + path;
        if (value.isIntegralNumber() && value.longValue() < 0) {
            errors.add(FieldError.invalid(field, value.asText(), "should be a non-negative integer"));
        } else if (Json.present(value) && !value.isIntegralNumber()) {
            String type = value.isTextual() ? "string" : value.isNumber() ? "float64" : "other";
            errors.add(FieldError.invalid(
                    field,
                    "0",
                    field + " accessor error: " + value.asText() + " is of the type " + type + ", expected int64"));
        }
    }

    static void checkVersion(ResourceKind kind, ObjectNode old, ObjectNode scale) {
        Writes.checkVersion(kind, old, scale);
    }

    private static JsonNode at(ObjectNode object, String path) {
        return Json.at(object, path.split("\\."));
    }

    private static ResourceKind.ScalePaths paths(ResourceKind kind) {
        ResourceKind.ScalePaths paths = kind.scale();
        if (paths == null) {
            throw ApiError.noSuchPath();
        }
        return paths;
    }

    private static String labels(JsonNode labels) {
        List<String> all = new ArrayList<>();
        labels.properties().forEach(l -> all.add(l.getKey() + "=" + l.getValue().asText()));
        return String.join(",", all);
    }
}
