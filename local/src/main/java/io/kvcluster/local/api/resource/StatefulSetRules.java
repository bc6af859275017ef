package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.select.LabelSelector;
import io.kvcluster.local.api.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks of a StatefulSet that its users run into: selector and template agree, and most of the spec is final. */
final class StatefulSetRules implements KindRules {
    private static final List<String> MUTABLE = List.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

    @Override
    public void complete(ObjectNode object, @Nullable ObjectNode old, Transaction tx) {
        ObjectNode spec = Json.child(object, "spec");
        if (spec.path("template").path("spec") instanceof ObjectNode podSpec) {
            PodTemplateRules.complete(podSpec);
        }
        ObjectNode strategy = Json.child(spec, "updateStrategy");
        if (Json.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Json.child(strategy, "rollingUpdate");
            if (!rolling.has("partition")) {
                rolling.put("partition", 0);
            }
        }
        for (JsonNode claim : spec.path("volumeClaimTemplates")) {
            Json.child((ObjectNode) claim, "status").put("phase", "Pending");
            ((ObjectNode) claim).put("kind", "PersistentVolumeClaim").put("apiVersion", "v1");
        }
        if (old == null) {
            Json.child(object, "status").put("replicas", 0).put("availableReplicas", 0);
        }
    }

    @Override
    public List<FieldError> check(ObjectNode object, @Nullable ObjectNode old) {
        JsonNode spec = object.path("spec");
        List<FieldError> errors = new ArrayList<>();
        if (spec.path("replicas").asInt() < 0) {
            errors.add(FieldError.invalid(
                    "spec.replicas", spec.path("replicas").asText(), "must be greater than or equal to 0"));
        }
        if (!spec.has("selector")) {
            errors.add(FieldError.required("spec.selector"));
        } else if (!LabelSelector.of(spec.path("selector")).test(spec.path("template"))) {
            errors.add(FieldError.invalid(
                    "spec.template.metadata.labels",
                    Json.at(spec, "template", "metadata", "labels").toString(),
                    "`selector` does not match template `labels`"));
        }
        errors.addAll(PodTemplateRules.check(withClaims(spec), "spec.template.spec"));
        if (old != null && !frozen(object).equals(frozen(old))) {
            errors.add(FieldError.forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
                            + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
                            + " 'minReadySeconds' are forbidden"));
        }
        return errors;
    }

    /** The pod spec with a volume for each claim template, as the pods will have. */
    private static JsonNode withClaims(JsonNode spec) {
        if (!(Json.at(spec, "template", "spec") instanceof ObjectNode found)) {
            return Json.object();
        }
        ObjectNode podSpec = found.deepCopy();
        for (JsonNode claim : spec.path("volumeClaimTemplates")) {
            Json.childArray(podSpec, "volumes").addObject().put("name", Json.text(claim, "metadata", "name"));
        }
        return podSpec;
    }

    private static ObjectNode frozen(ObjectNode set) {
        ObjectNode spec = Json.child(set.deepCopy(), "spec");
        spec.remove(MUTABLE);
        return spec;
    }
}
