package io.kvcluster.local.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Strategic merge patch: as a merge patch, but lists that have a merge key are merged item by item, and the directives
 * {@code $patch}, {@code $deleteFromPrimitiveList}, {@code $setElementOrder} and {@code $retainKeys} are understood.
 */
public final class StrategicMergePatch {
    private static final String DIRECTIVE = "$patch";
    private static final String DELETE_FROM = "$deleteFromPrimitiveList/";
    private static final String ORDER = "$setElementOrder/";
    private static final String RETAIN = "$retainKeys";

    private StrategicMergePatch() {}

    /**
     * The patched object; neither argument is changed.
     *
     * @throws ApiError 400 when an item of a merged list lacks its key or a directive is unknown
     */
    public static ObjectNode apply(ObjectNode target, ObjectNode patch, Schema schema) {
        String directive = Json.text(patch, DIRECTIVE);
        ObjectNode result = switch (directive) {
            case "", "merge" -> target.deepCopy();
            case "replace", "delete" -> Json.object();
            default -> throw ApiError.badRequest("Unknown patch type '" + directive + "' in strategic merge patch");
        };
        retain(result, patch.path(RETAIN));
        patch.properties().forEach(change -> {
            String name = change.getKey();
            if (name.startsWith(DELETE_FROM)) {
                deleteFrom(result, name.substring(DELETE_FROM.length()), change.getValue());
            } else if (!name.startsWith("$")) {
                List<JsonNode> order = new ArrayList<>();
                patch.path(ORDER + name).forEach(order::add);
                set(result, name, change.getValue(), order, schema.field(name));
            }
        });
        return result;
    }

    private static void set(ObjectNode result, String name, JsonNode change, List<JsonNode> order, Schema schema) {
        JsonNode present = result.path(name);
        if (change.isNull()) {
            result.remove(name);
        } else if (change instanceof ObjectNode object) {
            result.set(name, apply(present instanceof ObjectNode was ? was : Json.object(), object, schema));
        } else if (change instanceof ArrayNode list && present instanceof ArrayNode was && schema.patchMerges()) {
            result.set(name, schema.patchKey().isEmpty() ? union(was, list, order) : merge(was, list, order, schema));
        } else if (change instanceof ArrayNode list) {
            result.set(name, withoutDirectives(list, schema));
        } else {
            result.set(name, change.deepCopy());
        }
    }

    private static ArrayNode union(ArrayNode present, ArrayNode change, List<JsonNode> order) {
        ArrayNode result = present.deepCopy();
        change.forEach(item -> {
            if (!contains(result, item)) {
                result.add(item);
            }
        });
        List<JsonNode> before = new ArrayList<>();
        present.forEach(before::add);
        return order.isEmpty() ? result : ordered(result, order, before);
    }

    private static boolean contains(ArrayNode list, JsonNode wanted) {
        for (JsonNode item : list) {
            if (item.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static ArrayNode merge(ArrayNode present, ArrayNode change, List<JsonNode> order, Schema schema) {
        Map<JsonNode, ObjectNode> items = new LinkedHashMap<>();
        present.forEach(item -> items.put(key(item, schema), (ObjectNode) item));
        List<JsonNode> before = new ArrayList<>(items.keySet());
        List<JsonNode> named = new ArrayList<>();
        order.forEach(item -> named.add(key(item, schema)));
        for (JsonNode item : change) {
            String directive = Json.text(item, DIRECTIVE);
            if (directive.equals("replace") && !item.has(schema.patchKey())) {
                items.clear();
            } else if (directive.equals("delete")) {
                items.remove(key(item, schema));
            } else {
                ObjectNode was = items.getOrDefault(key(item, schema), Json.object());
                items.put(key(item, schema), apply(was, (ObjectNode) item, schema.item()));
                if (order.isEmpty()) {
                    named.add(key(item, schema));
                }
            }
        }
        ArrayNode keys = Json.array();
        items.keySet().forEach(keys::add);
        ArrayNode result = Json.array();
        ordered(keys, named, before).forEach(key -> result.add(items.get(key)));
        return result;
    }

    private static ArrayNode withoutDirectives(ArrayNode list, Schema schema) {
        ArrayNode result = Json.array();
        for (JsonNode item : list) {
            if (!(item instanceof ObjectNode object)) {
                result.add(item);
            } else if (!Json.text(object, DIRECTIVE).equals("delete")
                    && !(object.size() == 1 && object.has(DIRECTIVE))) {
                result.add(apply(Json.object(), object, schema.item()));
            }
        }
        return result;
    }

    private static JsonNode key(JsonNode item, Schema schema) {
        JsonNode key = item.path(schema.patchKey());
        if (!key.isValueNode()) {
            throw ApiError.badRequest("map: " + item + " does not contain declared merge key: " + schema.patchKey());
        }
        return key;
    }

    private static void retain(ObjectNode result, JsonNode keys) {
        if (keys instanceof ArrayNode list) {
            List<String> kept = new ArrayList<>();
            list.forEach(key -> kept.add(key.asText()));
            result.retain(kept);
        }
    }

    private static void deleteFrom(ObjectNode result, String name, JsonNode gone) {
        if (result.get(name) instanceof ArrayNode list && gone instanceof ArrayNode values) {
            ArrayNode kept = Json.array();
            list.forEach(item -> {
                if (!contains(values, item)) {
                    kept.add(item);
                }
            });
            result.set(name, kept);
        }
    }

    /**
     * Puts the items that the patch names in its order, among the others: an item that is new comes as early as it can,
     * one that was there keeps its place among those that the patch does not name.
     */
    private static ArrayNode ordered(ArrayNode items, List<JsonNode> patchOrder, List<JsonNode> before) {
        List<JsonNode> named = new ArrayList<>();
        List<JsonNode> others = new ArrayList<>();
        List<JsonNode> keys = new ArrayList<>();
        items.forEach(keys::add);
        patchOrder.stream().filter(keys::contains).forEach(named::add);
        keys.stream().filter(key -> !named.contains(key)).forEach(others::add);
        ArrayNode result = Json.array();
        int next = 0;
        for (JsonNode other : others) {
            while (next < named.size() && before.indexOf(named.get(next)) < before.indexOf(other)) {
                result.add(named.get(next++));
            }
            result.add(other);
        }
        named.subList(next, named.size()).forEach(result::add);
        return result;
    }
}
