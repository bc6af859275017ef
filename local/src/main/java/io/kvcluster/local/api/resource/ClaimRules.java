package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.store.ObjectKey;
import io.kvcluster.local.api.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A volume claim states its size and access; later only the size changes, and only upwards. */
final class ClaimRules implements KindRules {
    @Override
    public void complete(ObjectNode object, @Nullable ObjectNode old, Transaction tx) {
        if (old == null) {
            Json.child(object, "status").put("phase", "Pending");
        } else if (isBound(old) && grows(object, old) && !mayGrow(old, tx)) {
            throw ApiError.forbidden(
                    new ApiError.About(
                            "", "persistentvolumeclaims", "PersistentVolumeClaim", Json.text(old, "metadata", "name")),
                    "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must"
                            + " support resize");
        }
    }

    private static boolean isBound(ObjectNode claim) {
        return Json.text(claim, "status", "phase").equals("Bound");
    }

    private static boolean grows(ObjectNode claim, ObjectNode old) {
        String size = size(claim);
        return !size.isEmpty() && amount(size).compareTo(amount(size(old))) > 0;
    }

    /** As the API server's admission decides: by the class that made the volume. */
    private static boolean mayGrow(ObjectNode claim, Transaction tx) {
        return tx.get(new ObjectKey("storageclasses.storage.k8s.io", "", Json.text(claim, "spec", "storageClassName")))
                .filter(storageClass ->
                        storageClass.path("allowVolumeExpansion").asBoolean(false))
                .isPresent();
    }

    @Override
    public List<FieldError> check(ObjectNode object, @Nullable ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        JsonNode spec = object.path("spec");
        if (spec.path("accessModes").isEmpty()) {
            errors.add(FieldError.required("spec.accessModes", "at least 1 access mode is required"));
        }
        String size = size(object);
        if (size.isEmpty()) {
            errors.add(FieldError.required("spec.resources[storage]"));
        }
        if (old != null && isBound(old)) {
            if (!frozen(object).equals(frozen(old))) {
                errors.add(FieldError.forbidden(
                        "spec",
                        "spec is immutable after creation except resources.requests and volumeAttributesClassName for"
                                + " bound claims"));
            } else if (!size.isEmpty() && amount(size).compareTo(amount(size(old))) < 0) {
                errors.add(FieldError.forbidden(
                        "spec.resources.requests.storage", "field can not be less than status.capacity"));
            }
        }
        return errors;
    }

    private static String size(JsonNode claim) {
        return Json.text(claim, "spec", "resources", "requests", "storage");
    }

    private static java.math.BigDecimal amount(String size) {
        return Quantity.getAmountInBytes(Quantity.parse(size));
    }

    private static ObjectNode frozen(ObjectNode claim) {
        ObjectNode spec = Json.child(claim.deepCopy(), "spec");
        Json.child(Json.child(spec, "resources"), "requests").remove("storage");
        return spec;
    }
}
