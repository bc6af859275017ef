package io.kvcluster.local.api.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cel.common.CelValidationException;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.schema.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates every rule of a schema on a value and, for transition rules, on the value it replaces. */
public final class CelRules {
    private final List<FieldError> errors = new ArrayList<>();

    private CelRules() {}

    /** Whether the schema has any rule, at any depth. */
    public static boolean any(Schema schema) {
        return !schema.rules().isEmpty()
                || schema.properties().values().stream().anyMatch(CelRules::any)
                || schema.additional() != null && any(schema.additional())
                || schema.items() != null && any(schema.items());
    }

    /**
     * The rules that the value breaks.
     *
     * @param old the value before, or null when it is new; rules with {@code oldSelf} then do not apply
     */
    public static List<FieldError> check(JsonNode value, @Nullable JsonNode old, Schema schema) {
        CelRules rules = new CelRules();
        rules.walk(value, old, schema, "");
        return rules.errors;
    }

    /** The rules of a schema that are no valid expressions, named by their place in the schema. */
    public static List<FieldError> compile(Schema schema, String path) {
        List<FieldError> errors = new ArrayList<>();
        compile(schema, path, errors);
        return errors;
    }

    private static void compile(Schema schema, String path, List<FieldError> errors) {
        for (int i = 0; i < schema.rules().size(); i++) {
            Schema.Rule rule = schema.rules().get(i);
            try {
                CelPrograms.checkCondition(rule.rule());
            } catch (CelValidationException e) {
                errors.add(FieldError.invalid(
                        path + ".x-kubernetes-validations[" + i + "].rule",
                        "\"" + rule.rule() + "\"",
                        "compilation failed: " + e.getMessage()));
            }
        }
        schema.properties().forEach((name, property) -> compile(property, path + ".properties[" + name + "]", errors));
        Schema additional = schema.additional();
        if (additional != null) {
            compile(additional, path + ".additionalProperties", errors);
        }
        Schema items = schema.items();
        if (items != null) {
            compile(items, path + ".items", errors);
        }
    }

    private void walk(JsonNode value, @Nullable JsonNode old, Schema schema, String path) {
        if (value.isNull()) {
            return;
        }
        evaluate(value, old, schema, path);
        if (value instanceof ObjectNode object) {
            object.properties().forEach(field -> {
                String name = field.getKey();
                boolean declared = schema.declares(name);
                if (declared || schema.additional() != null) {
                    String here = declared ? (path.isEmpty() ? name : path + "." + name) : path + "[" + name + "]";
                    walk(field.getValue(), old == null ? null : old.get(name), schema.field(name), here);
                }
            });
        } else if (value instanceof ArrayNode list && schema.items() != null) {
            for (int i = 0; i < list.size(); i++) {
                walk(list.get(i), counterpart(list.get(i), old, schema), schema.item(), path + "[" + i + "]");
            }
        }
    }

    /** The old item that an item of a keyed list replaces; items of other lists cannot be matched. */
    private static @Nullable JsonNode counterpart(JsonNode item, @Nullable JsonNode old, Schema schema) {
        if (old == null || schema.listType() != Schema.ListType.MAP) {
            return null;
        }
        for (JsonNode candidate : old) {
            if (schema.listKeys().stream().allMatch(k -> item.path(k).equals(candidate.path(k)))) {
                return candidate;
            }
        }
        return null;
    }

    private void evaluate(JsonNode value, @Nullable JsonNode old, Schema schema, String path) {
        if (schema.rules().isEmpty()) {
            return;
        }
        Map<String, Object> variables = new HashMap<>();
        variables.put("self", CelValues.of(value, schema));
        if (old != null && !old.isNull()) {
            variables.put("oldSelf", CelValues.of(old, schema));
        }
        boolean hasOld = variables.containsKey("oldSelf");
        for (Schema.Rule rule : schema.rules()) {
            if (hasOld || !CelPrograms.refersToOldSelf(rule.rule())) {
                evaluate(rule, variables, schema, path);
            }
        }
    }

    private void evaluate(Schema.Rule rule, Map<String, Object> variables, Schema schema, String path) {
        String type = schema.type() == Schema.Type.INT_OR_STRING
                ? ""
                : schema.type().name().toLowerCase(Locale.ROOT);
        String field = path + rule.fieldPath();
        String shown = "\"" + type + "\"";
        try {
            if (!CelPrograms.holds(rule.rule(), variables)) {
                errors.add(broken(rule.reason(), field.isEmpty() ? "<nil>" : field, shown, message(rule, variables)));
            }
        } catch (CelPrograms.CelFailure e) {
            errors.add(FieldError.invalid(field, shown, e.getMessage() + " evaluating rule: " + ruleName(rule)));
        }
    }

    private static FieldError broken(String reason, String field, String shown, String message) {
        return switch (reason) {
            case "FieldValueForbidden" -> FieldError.forbidden(field, message);
            case "FieldValueRequired" -> FieldError.required(field, message);
            case "FieldValueDuplicate" -> FieldError.duplicate(field, shown);
            default -> FieldError.invalid(field, shown, message);
        };
    }

    private static String message(Schema.Rule rule, Map<String, Object> variables) {
        if (!rule.messageExpression().isEmpty()) {
            try {
                return CelPrograms.text(rule.messageExpression(), variables);
            } catch (CelPrograms.CelFailure e) {
                return ruleName(rule);
            }
        }
        return ruleName(rule);
    }

    private static String ruleName(Schema.Rule rule) {
        return rule.message().isEmpty()
                ? "failed rule: " + rule.rule()
                : rule.message().strip();
    }
}
