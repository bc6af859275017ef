package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.cel.CelRules;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.schema.Schema;
import io.kvcluster.local.api.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A CustomResourceDefinition is established as soon as it is stored; its rules must compile. */
final class DefinitionRules implements KindRules {
    @Override
    public void complete(ObjectNode object, @Nullable ObjectNode old, Transaction tx) {
        ObjectNode spec = Json.child(object, "spec");
        ObjectNode names = Json.child(spec, "names");
        String kind = Json.text(names, "kind");
        if (!names.has("singular")) {
            names.put("singular", kind.toLowerCase(Locale.ROOT));
        }
        if (!names.has("listKind")) {
            names.put("listKind", kind + "List");
        }
        if (!spec.has("conversion")) {
            spec.putObject("conversion").put("strategy", "None");
        }
        ObjectNode status = Json.child(object, "status");
        status.set("acceptedNames", names.deepCopy());
        ArrayNode stored = status.putArray("storedVersions");
        spec.path("versions").forEach(version -> {
            if (version.path("storage").asBoolean(false)) {
                stored.add(Json.text(version, "name"));
            }
        });
        if (old == null) {
            String now = Json.text(object, "metadata", "creationTimestamp");
            ArrayNode conditions = status.putArray("conditions");
            condition(conditions, "NamesAccepted", "NoConflicts", "no conflicts found", now);
            condition(conditions, "Established", "InitialNamesAccepted", "the initial names have been accepted", now);
            Json.childArray(Json.metadata(object), "finalizers").add("customresourcecleanup.apiextensions.k8s.io");
        }
    }

    private static void condition(ArrayNode conditions, String type, String reason, String message, String now) {
        conditions
                .addObject()
                .put("type", type)
                .put("status", "True")
                .put("reason", reason)
                .put("message", message)
                .put("lastTransitionTime", now);
    }

    @Override
    public List<FieldError> check(ObjectNode object, @Nullable ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        JsonNode spec = object.path("spec");
        String name = Json.text(spec, "names", "plural") + "." + Json.text(spec, "group");
        if (!Json.text(object, "metadata", "name").equals(name)) {
            errors.add(FieldError.invalid(
                    "metadata.name",
                    "\"" + Json.text(object, "metadata", "name") + "\"",
                    "must be spec.names.plural+\".\"+spec.group"));
        }
        int stored = 0;
        for (int i = 0; i < spec.path("versions").size(); i++) {
            JsonNode version = spec.path("versions").get(i);
            stored += version.path("storage").asBoolean(false) ? 1 : 0;
            JsonNode schema = Json.at(version, "schema", "openAPIV3Schema");
            String path = "spec.versions[" + i + "].schema.openAPIV3Schema";
            if (!schema.isObject()) {
                errors.add(FieldError.required(path, "schemas are required"));
            } else {
                errors.addAll(CelRules.compile(Schema.of(schema), path));
            }
        }
        if (stored != 1) {
            errors.add(FieldError.invalid(
                    "spec.versions", "\"array\"", "must have exactly one version marked as storage version"));
        }
        return errors;
    }
}
