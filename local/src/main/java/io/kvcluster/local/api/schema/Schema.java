package io.kvcluster.local.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A structural schema, read from the OpenAPI form that a CustomResourceDefinition carries. Built-in kinds are given the
 * same form ({@link ModelSchemas}), so that defaulting, pruning, validation, patches and field ownership know only one
 * kind of schema. Immutable.
 */
public final class Schema {
    /** The JSON type a value must have. ANY stands where the schema names none. */
    public enum Type {
        OBJECT,
        ARRAY,
        STRING,
        INTEGER,
        NUMBER,
        BOOLEAN,
        INT_OR_STRING,
        ANY
    }

    /** How a list merges: as a whole, as a set of scalars, or item by item with keys. */
    public enum ListType {
        ATOMIC,
        SET,
        MAP
    }

    /** A rule of {@code x-kubernetes-validations}. Absent texts are empty. */
    public record Rule(
            String rule,
            String message,
            String messageExpression,
            String reason,
            String fieldPath,
            boolean optionalOldSelf) {}

    /** A schema that says nothing: every value is fine and unknown fields are kept. */
    public static final Schema ANYTHING = new Schema(com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
            .objectNode()
            .put("x-kubernetes-preserve-unknown-fields", true));

    private final JsonNode source;
    private final Type type;
    private final Map<String, Schema> properties = new TreeMap<>();
    private final @Nullable Schema additional;
    private final @Nullable Schema items;
    private final List<String> required = new ArrayList<>();
    private final List<String> listKeys = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();

    private Schema(JsonNode source) {
        this.source = source;
        this.type = typeOf(source);
        source.path("properties").properties().forEach(p -> properties.put(p.getKey(), new Schema(p.getValue())));
        JsonNode more = source.path("additionalProperties");
        this.additional = more.isObject() ? new Schema(more) : more.asBoolean(false) ? anything() : null;
        this.items = source.path("items").isObject() ? new Schema(source.path("items")) : null;
        source.path("required").forEach(name -> required.add(name.asText()));
        source.path("x-kubernetes-list-map-keys").forEach(name -> listKeys.add(name.asText()));
        source.path("x-kubernetes-validations").forEach(rule -> rules.add(ruleOf(rule)));
    }

    private static Schema anything() {
        return new Schema(com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                .objectNode()
                .put("x-kubernetes-preserve-unknown-fields", true));
    }

    /** Reads the schema of a whole object; metadata, apiVersion and kind are known even when it does not name them. */
    public static Schema ofObject(JsonNode openApi, Schema metadata) {
        Schema schema = new Schema(openApi);
        Schema text = new Schema(com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                .objectNode()
                .put("type", "string"));
        schema.properties.put("apiVersion", text);
        schema.properties.put("kind", text);
        schema.properties.put("metadata", metadata);
        return schema;
    }

    public static Schema of(JsonNode openApi) {
        return new Schema(openApi);
    }

    private static Type typeOf(JsonNode source) {
        if (source.path("x-kubernetes-int-or-string").asBoolean(false)) {
            return Type.INT_OR_STRING;
        }
        return switch (source.path("type").asText("").toLowerCase(Locale.ROOT)) {
            case "object" -> Type.OBJECT;
            case "array" -> Type.ARRAY;
            case "string" -> Type.STRING;
            case "integer" -> Type.INTEGER;
            case "number" -> Type.NUMBER;
            case "boolean" -> Type.BOOLEAN;
            default -> Type.ANY;
        };
    }

    private static Rule ruleOf(JsonNode rule) {
        return new Rule(
                rule.path("rule").asText(""),
                rule.path("message").asText(""),
                rule.path("messageExpression").asText(""),
                rule.path("reason").asText(""),
                rule.path("fieldPath").asText(""),
                rule.path("optionalOldSelf").asBoolean(false));
    }

    public Type type() {
        return type;
    }

    public Map<String, Schema> properties() {
        return Collections.unmodifiableMap(properties);
    }

    /** The schema of map values, when the object is a map. */
    public @Nullable Schema additional() {
        return additional;
    }

    public @Nullable Schema items() {
        return items;
    }

    /** The schema of a field of an object: declared, of map values, or one that says nothing. */
    public Schema field(String name) {
        Schema declared = properties.get(name);
        if (declared != null) {
            return declared;
        }
        return additional != null ? additional : ANYTHING;
    }

    public Schema item() {
        return items != null ? items : ANYTHING;
    }

    public boolean declares(String name) {
        return properties.containsKey(name);
    }

    public List<String> required() {
        return Collections.unmodifiableList(required);
    }

    public List<Rule> rules() {
        return Collections.unmodifiableList(rules);
    }

    public boolean nullable() {
        return source.path("nullable").asBoolean(false);
    }

    public boolean keepsUnknown() {
        return source.path("x-kubernetes-preserve-unknown-fields").asBoolean(false);
    }

    public boolean embedsResource() {
        return source.path("x-kubernetes-embedded-resource").asBoolean(false);
    }

    public boolean atomicMap() {
        return source.path("x-kubernetes-map-type").asText("").equals("atomic");
    }

    public ListType listType() {
        return switch (source.path("x-kubernetes-list-type").asText("")) {
            case "set" -> ListType.SET;
            case "map" -> ListType.MAP;
            default -> ListType.ATOMIC;
        };
    }

    public List<String> listKeys() {
        return Collections.unmodifiableList(listKeys);
    }

    /** The key by which strategic merge matches items, or the empty string when it replaces the list. */
    public String patchKey() {
        return source.path("x-kubernetes-patch-merge-key").asText("");
    }

    /** Whether strategic merge adds to the list (of scalars, or by {@link #patchKey()}) instead of replacing it. */
    public boolean patchMerges() {
        return source.path("x-kubernetes-patch-strategy").asText("").contains("merge");
    }

    public @Nullable JsonNode defaultValue() {
        return source.get("default");
    }

    /** The OpenAPI form this was read from; not to be changed. */
    public JsonNode source() {
        return source;
    }

    /** All properties by name with their OpenAPI form, for publishing; not to be changed. */
    public ObjectNode openApi() {
        ObjectNode copy = source.deepCopy();
        if (type == Type.OBJECT && !properties.isEmpty()) {
            Map<String, JsonNode> all = new LinkedHashMap<>();
            properties.forEach((name, schema) -> all.put(name, schema.source));
            copy.putObject("properties").setAll(all);
        }
        return copy;
    }
}
