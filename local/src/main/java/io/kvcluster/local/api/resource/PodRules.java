package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.store.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pod starts as Pending; its spec stays as it is but for the image. */
final class PodRules implements KindRules {
    @Override
    public void complete(ObjectNode object, @Nullable ObjectNode old, Transaction tx) {
        ObjectNode spec = Json.child(object, "spec");
        PodTemplateRules.complete(spec);
        if (old == null) {
            if (!spec.has("serviceAccountName")) {
                spec.put("serviceAccountName", "default").put("serviceAccount", "default");
            }
            if (!spec.has("enableServiceLinks")) {
                spec.put("enableServiceLinks", true);
            }
            ObjectNode status = Json.child(object, "status");
            status.put("phase", "Pending").put("qosClass", qosClass(spec));
        }
    }

    private static String qosClass(JsonNode spec) {
        boolean any = false;
        boolean all = true;
        for (JsonNode container : spec.path("containers")) {
            JsonNode resources = container.path("resources");
            any |= !resources.path("requests").isEmpty()
                    || !resources.path("limits").isEmpty();
            boolean requestsEqualLimits =
                    !resources.has("requests") || resources.path("requests").equals(resources.path("limits"));
            all &= resources.path("limits").has("cpu")
                    && resources.path("limits").has("memory")
                    && requestsEqualLimits;
        }
        return !any ? "BestEffort" : all ? "Guaranteed" : "Burstable";
    }

    @Override
    public List<FieldError> check(ObjectNode object, @Nullable ObjectNode old) {
        List<FieldError> errors = PodTemplateRules.check(object.path("spec"), "spec");
        if (old != null && !frozen(object).equals(frozen(old))) {
            errors.add(FieldError.forbidden(
                    "spec",
                    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*]"
                            + ".image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing"
                            + " tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was"
                            + " previously negative)"));
        }
        return errors;
    }

    private static ObjectNode frozen(ObjectNode pod) {
        ObjectNode spec = Json.child(pod.deepCopy(), "spec");
        spec.remove(List.of("nodeName", "tolerations", "activeDeadlineSeconds"));
        spec.path("containers").forEach(c -> ((ObjectNode) c).remove("image"));
        spec.path("initContainers").forEach(c -> ((ObjectNode) c).remove("image"));
        return spec;
    }
}
