package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.cel.CelRules;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.schema.Schema;
import io.kvcluster.local.api.schema.Shaping;
import io.kvcluster.local.api.schema.Validator;
import io.kvcluster.local.api.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What every object passes before it is stored: unknown fields, defaults, the kind's own rules, schema and CEL rules. */
final class Admission {
    private Admission() {}

    /**
     * Removes unknown fields. Changes the object.
     *
     * @return warnings about them, when the request asked for warnings
     * @throws ApiError 400 about unknown fields when the request is strict, or about a field of the wrong type
     */
    static List<String> decode(ObjectNode object, ResourceKind kind, WriteOptions options) {
        List<String> unknown = Shaping.prune(object, kind.schema()).stream()
                .map(path -> "unknown field \"" + path + "\"")
                .toList();
        if (!unknown.isEmpty() && options.unknownFields() == WriteOptions.UnknownFields.STRICT) {
            throw undecodable(kind, "strict decoding error: " + unknown.stream().collect(Collectors.joining(", ")));
        }
        if (!kind.custom()) {
            Validator.validate(withoutNulls(object, kind), kind.schema()).stream()
                    .findFirst()
                    .ifPresent(error -> {
                        throw undecodable(kind, error.toString());
                    });
        }
        return options.unknownFields() == WriteOptions.UnknownFields.WARN ? unknown : List.of();
    }

    private static ObjectNode withoutNulls(ObjectNode object, ResourceKind kind) {
        ObjectNode copy = object.deepCopy();
        Shaping.applyDefaults(copy, kind.schema());
        return copy;
    }

    private static ApiError undecodable(ResourceKind kind, String why) {
        return ApiError.badRequest(kind.kind() + " in version \"" + kind.version() + "\" cannot be handled as a "
                + kind.kind() + ": " + why);
    }

    /**
     * Completes and checks the object. Changes it.
     *
     * @throws ApiError 422 with everything that is wrong
     */
    static void admit(ObjectNode object, @Nullable ObjectNode old, ResourceKind kind, Transaction tx) {
        Schema schema = kind.schema();
        MetadataRules.dropEmpty(object);
        Shaping.applyDefaults(object, schema);
        KindRules rules = KindRules.of(kind.resource());
        rules.complete(object, old, tx);
        List<FieldError> errors = new ArrayList<>(MetadataRules.check(object, kind));
        if (old != null) {
            errors.addAll(MetadataRules.checkFinalizers(object, old));
        }
        if (kind.custom()) {
            errors.addAll(Validator.validate(object, schema));
            errors.addAll(Scaling.check(kind, object));
            checkRules(object, old, schema, errors);
        }
        errors.addAll(rules.check(object, old));
        if (!errors.isEmpty()) {
            throw ApiError.invalid(kind.about(Json.text(object, "metadata", "name")), errors);
        }
    }

    private static void checkRules(
            ObjectNode object, @Nullable ObjectNode old, Schema schema, List<FieldError> errors) {
        if (!CelRules.any(schema)) {
            return;
        }
        if (errors.stream().anyMatch(error -> error.kind().blocksRules())) {
            errors.add(FieldError.invalid(
                    "<nil>",
                    "null",
                    "some validation rules were not checked because the object was invalid; correct the existing errors"
                            + " to complete validation"));
        } else {
            errors.addAll(CelRules.check(object, old, schema));
        }
    }
}
