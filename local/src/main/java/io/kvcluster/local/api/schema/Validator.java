package io.kvcluster.local.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.FieldError;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Checks a value against a structural schema and words what is wrong as kube-apiserver does. A general JSON schema
 * library is not used here because the sentences and their order are the interface: scripts and tests compare them.
 */
public final class Validator {
    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private final List<FieldError> errors = new ArrayList<>();

    private Validator() {}

    /** Everything wrong with the value, ordered by field name; empty when nothing is. */
    public static List<FieldError> validate(JsonNode value, Schema schema) {
        return validate(value, schema, "");
    }

    public static List<FieldError> validate(JsonNode value, Schema schema, String path) {
        Validator validator = new Validator();
        validator.check(value, schema, path);
        return validator.errors;
    }

    private void check(JsonNode value, Schema schema, String path) {
        if (value.isNull()) {
            if (!schema.nullable() && schema.type() != Schema.Type.ANY) {
                errors.add(FieldError.type(path, "null", expected(schema)));
            }
            return;
        }
        if (!hasType(value, schema.type())) {
            errors.add(FieldError.type(path, typeName(value), expected(schema)));
            return;
        }
        checkEnum(value, schema.source(), path);
        checkCombinations(value, schema.source(), path);
        switch (value) {
            case ObjectNode object -> checkObject(object, schema, path);
            case ArrayNode list -> checkList(list, schema, path);
            default -> checkScalar(value, schema.source(), path);
        }
    }

    private void checkObject(ObjectNode object, Schema schema, String path) {
        JsonNode rules = schema.source();
        if (rules.has("maxProperties")
                && object.size() > rules.path("maxProperties").asInt()) {
            errors.add(FieldError.tooMany(
                    path, object.size(), rules.path("maxProperties").asInt()));
        }
        if (rules.has("minProperties")
                && object.size() < rules.path("minProperties").asInt()) {
            errors.add(FieldError.invalid(
                    path,
                    String.valueOf(object.size()),
                    path + " in body should have at least "
                            + rules.path("minProperties").asInt() + " properties"));
        }
        for (String name : schema.required()) {
            if (!object.has(name)) {
                errors.add(FieldError.required(join(path, name)));
            }
        }
        object.properties().stream().sorted(Map.Entry.comparingByKey()).forEach(field -> {
            Schema property = schema.field(field.getKey());
            if (property != Schema.ANYTHING) {
                check(field.getValue(), property, join(path, field.getKey()));
            }
        });
    }

    private void checkList(ArrayNode list, Schema schema, String path) {
        JsonNode rules = schema.source();
        if (rules.has("maxItems") && list.size() > rules.path("maxItems").asInt()) {
            errors.add(
                    FieldError.tooMany(path, list.size(), rules.path("maxItems").asInt()));
        }
        if (rules.has("minItems") && list.size() < rules.path("minItems").asInt()) {
            errors.add(FieldError.invalid(
                    path,
                    String.valueOf(list.size()),
                    path + " in body should have at least "
                            + rules.path("minItems").asInt() + " items"));
        }
        for (int i = 0; i < list.size(); i++) {
            check(list.get(i), schema.item(), path + "[" + i + "]");
        }
        Set<JsonNode> seen = new HashSet<>();
        for (int i = 0; i < list.size() && schema.listType() != Schema.ListType.ATOMIC; i++) {
            JsonNode key = schema.listType() == Schema.ListType.SET ? list.get(i) : keyOf(list.get(i), schema);
            if (!seen.add(key)) {
                errors.add(FieldError.duplicate(path + "[" + i + "]", key.toString()));
            }
        }
    }

    private static ObjectNode keyOf(JsonNode item, Schema schema) {
        ObjectNode key = io.kvcluster.local.api.json.Json.object();
        for (String name : schema.listKeys()) {
            if (item.has(name)) {
                key.set(name, item.get(name));
            }
        }
        return key;
    }

    private void checkScalar(JsonNode value, JsonNode rules, String path) {
        if (value.isTextual()) {
            checkText(value.asText(), rules, path);
        } else if (value.isNumber()) {
            checkNumber(value, rules, path);
        }
    }

    private void checkText(String text, JsonNode rules, String path) {
        String quoted = quote(text);
        int length = text.codePointCount(0, text.length());
        String pattern = rules.path("pattern").asText("");
        if (rules.has("maxLength") && length > rules.path("maxLength").asInt()) {
            errors.add(FieldError.tooLong(path, rules.path("maxLength").asInt()));
        } else if (rules.has("minLength") && length < rules.path("minLength").asInt()) {
            errors.add(FieldError.invalid(
                    path,
                    quoted,
                    path + " in body should be at least "
                            + rules.path("minLength").asInt() + " chars long"));
        } else if (!pattern.isEmpty()
                && !PATTERNS.computeIfAbsent(pattern, Pattern::compile)
                        .matcher(text)
                        .find()) {
            errors.add(FieldError.invalid(path, quoted, path + " in body should match '" + pattern + "'"));
        }
        if (rules.path("format").asText("").equals("date-time") && !isDateTime(text)) {
            errors.add(FieldError.invalid(path, quoted, path + " in body must be of type date-time: " + quoted));
        }
    }

    private void checkNumber(JsonNode value, JsonNode rules, String path) {
        BigDecimal number = value.decimalValue();
        if (rules.has("maximum")) {
            BigDecimal most = rules.path("maximum").decimalValue();
            boolean open = rules.path("exclusiveMaximum").asBoolean(false);
            if (number.compareTo(most) > 0 || open && number.compareTo(most) == 0) {
                bound(value, path, open ? "less than " : "less than or equal to ", most);
            }
        }
        if (rules.has("minimum")) {
            BigDecimal least = rules.path("minimum").decimalValue();
            boolean open = rules.path("exclusiveMinimum").asBoolean(false);
            if (number.compareTo(least) < 0 || open && number.compareTo(least) == 0) {
                bound(value, path, open ? "greater than " : "greater than or equal to ", least);
            }
        }
        if (rules.has("multipleOf")
                && number.remainder(rules.path("multipleOf").decimalValue()).signum() != 0) {
            bound(value, path, "a multiple of ", rules.path("multipleOf").decimalValue());
        }
        boolean tooWide =
                rules.path("format").asText("").equals("int32") && value.isIntegralNumber() && !value.canConvertToInt();
        if (tooWide) {
            errors.add(FieldError.invalid(path, value.asText(), path + " in body must be of type int32: " + value));
        }
    }

    private void bound(JsonNode value, String path, String relation, BigDecimal limit) {
        errors.add(FieldError.invalid(
                path, value.asText(), path + " in body should be " + relation + limit.toPlainString()));
    }

    private void checkEnum(JsonNode value, JsonNode rules, String path) {
        JsonNode allowed = rules.path("enum");
        if (!allowed.isArray()) {
            return;
        }
        for (JsonNode one : allowed) {
            if (one.equals(value)) {
                return;
            }
        }
        String supported = StreamSupport.stream(allowed.spliterator(), false)
                .map(one -> quote(one.asText()))
                .collect(Collectors.joining(", "));
        errors.add(FieldError.unsupported(path, quote(value.asText()), supported));
    }

    private void checkCombinations(JsonNode value, JsonNode rules, String path) {
        for (JsonNode part : rules.path("allOf")) {
            check(value, Schema.of(part), path);
        }
        int any = matches(value, rules.path("anyOf"), path);
        if (rules.path("anyOf").isArray() && any == 0) {
            combination(value, path, "must validate at least one schema (anyOf)");
        }
        int one = matches(value, rules.path("oneOf"), path);
        if (rules.path("oneOf").isArray() && one != 1) {
            combination(
                    value,
                    path,
                    "must validate one and only one schema (oneOf). "
                            + (one == 0 ? "Found none valid" : "Found " + one + " valid alternatives"));
        }
        if (rules.path("not").isObject()
                && validate(value, Schema.of(rules.path("not")), path).isEmpty()) {
            combination(value, path, "must not validate the schema (not)");
        }
    }

    private void combination(JsonNode value, String path, String why) {
        errors.add(FieldError.invalid(path, shown(value), "\"" + path + "\" " + why));
    }

    private static int matches(JsonNode value, JsonNode alternatives, String path) {
        int matching = 0;
        for (JsonNode alternative : alternatives) {
            if (validate(value, Schema.of(alternative), path).isEmpty()) {
                matching++;
            }
        }
        return matching;
    }

    private static boolean hasType(JsonNode value, Schema.Type type) {
        return switch (type) {
            case OBJECT -> value.isObject();
            case ARRAY -> value.isArray();
            case STRING -> value.isTextual();
            case INTEGER -> isInteger(value);
            case NUMBER -> value.isNumber();
            case BOOLEAN -> value.isBoolean();
            case INT_OR_STRING -> value.isTextual() || isInteger(value);
            case ANY -> true;
        };
    }

    private static boolean isInteger(JsonNode value) {
        return value.isIntegralNumber()
                || value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
    }

    private static String expected(Schema schema) {
        return schema.type() == Schema.Type.INT_OR_STRING
                ? "integer,string"
                : schema.source().path("type").asText();
    }

    private static String typeName(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT, POJO -> "object";
            case ARRAY -> "array";
            case STRING, BINARY -> "string";
            case NUMBER -> isInteger(value) ? "integer" : "number";
            case BOOLEAN -> "boolean";
            case NULL, MISSING -> "null";
        };
    }

    private static boolean isDateTime(String text) {
        try {
            OffsetDateTime.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    static String shown(JsonNode value) {
        return value.isObject() ? "\"object\"" : value.isArray() ? "\"array\"" : value.toString();
    }

    private static String quote(String text) {
        return com.fasterxml.jackson.databind.node.TextNode.valueOf(text).toString();
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
