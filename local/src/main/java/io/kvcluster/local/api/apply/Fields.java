package io.kvcluster.local.api.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.schema.Schema;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which fields a value has, and how two values differ, after the rules of structured-merge-diff: maps and keyed lists are
 * looked into, atomic values count as one field.
 */
final class Fields {
    private Fields() {}

    /** The difference of two values, as paths. */
    record Difference(FieldSet added, FieldSet modified, FieldSet removed) {
        FieldSet written() {
            return added.union(modified);
        }
    }

    static FieldSet of(ObjectNode object, Schema schema) {
        FieldSet set = new FieldSet();
        collect(object, schema, set);
        return set;
    }

    private static void collect(JsonNode value, Schema schema, FieldSet into) {
        if (value instanceof ObjectNode object && granular(object, schema)) {
            object.properties().forEach(field -> collectField(field.getKey(), field.getValue(), schema, into));
        } else if (value instanceof ArrayNode list && granular(list, schema)) {
            elements(list, schema).forEach((element, item) -> {
                FieldSet child = into.at(element);
                collect(item, schema.item(), child);
                child.addSelf();
            });
        } else {
            into.addSelf();
        }
    }

    private static void collectField(String name, JsonNode value, Schema schema, FieldSet into) {
        FieldSet child = into.at("f:" + name);
        collect(value, schema.field(name), child);
        boolean emptyMap = value.isObject() && value.isEmpty();
        if (value.isNull() || emptyMap || !schema.declares(name)) {
            child.addSelf();
        }
    }

    static Difference between(ObjectNode old, ObjectNode next, Schema schema) {
        Difference difference = new Difference(new FieldSet(), new FieldSet(), new FieldSet());
        compare(old, next, schema, difference.added(), difference.modified(), difference.removed());
        return difference;
    }

    private static void compare(
            JsonNode old, JsonNode next, Schema schema, FieldSet added, FieldSet modified, FieldSet removed) {
        if (old instanceof ObjectNode was
                && next instanceof ObjectNode is
                && granular(was, schema)
                && granular(is, schema)) {
            for (String name : names(was, is)) {
                String element = "f:" + name;
                if (!was.has(name)) {
                    collectAll(is.get(name), schema.field(name), added.at(element));
                } else if (!is.has(name)) {
                    collectAll(was.get(name), schema.field(name), removed.at(element));
                } else {
                    compare(
                            was.get(name),
                            is.get(name),
                            schema.field(name),
                            added.at(element),
                            modified.at(element),
                            removed.at(element));
                }
            }
        } else if (old instanceof ArrayNode was && next instanceof ArrayNode is && granular(is, schema)) {
            compareItems(elements(was, schema), elements(is, schema), schema, added, modified, removed);
        } else if (!old.equals(next)) {
            modified.addSelf();
        }
    }

    private static void compareItems(
            Map<String, JsonNode> was,
            Map<String, JsonNode> is,
            Schema schema,
            FieldSet added,
            FieldSet modified,
            FieldSet removed) {
        Set<String> all = new TreeSet<>(was.keySet());
        all.addAll(is.keySet());
        for (String element : all) {
            JsonNode before = was.get(element);
            JsonNode after = is.get(element);
            if (before == null && after != null) {
                collectAll(after, schema.item(), added.at(element));
            } else if (after == null && before != null) {
                collectAll(before, schema.item(), removed.at(element));
            } else if (before != null && after != null) {
                compare(before, after, schema.item(), added.at(element), modified.at(element), removed.at(element));
            }
        }
    }

    /** The value itself and everything in it: what a difference lists of a value that is only on one side. */
    private static void collectAll(JsonNode value, Schema schema, FieldSet into) {
        into.addSelf();
        if (value instanceof ObjectNode object && granular(object, schema)) {
            object.properties()
                    .forEach(field ->
                            collectAll(field.getValue(), schema.field(field.getKey()), into.at("f:" + field.getKey())));
        } else if (value instanceof ArrayNode list && granular(list, schema)) {
            elements(list, schema).forEach((element, item) -> collectAll(item, schema.item(), into.at(element)));
        }
    }

    private static Set<String> names(ObjectNode a, ObjectNode b) {
        Set<String> names = new LinkedHashSet<>();
        a.fieldNames().forEachRemaining(names::add);
        b.fieldNames().forEachRemaining(names::add);
        return names;
    }

    static boolean granular(ObjectNode object, Schema schema) {
        return !schema.atomicMap();
    }

    static boolean granular(ArrayNode list, Schema schema) {
        return switch (schema.listType()) {
            case ATOMIC -> false;
            case SET -> true;
            case MAP -> allObjects(list);
        };
    }

    private static boolean allObjects(ArrayNode list) {
        for (JsonNode item : list) {
            if (!item.isObject()) {
                return false;
            }
        }
        return true;
    }

    /** The items of a set or keyed list by their path elements; of two with the same key the last counts. */
    static Map<String, JsonNode> elements(ArrayNode list, Schema schema) {
        Map<String, JsonNode> elements = new LinkedHashMap<>();
        for (JsonNode item : list) {
            elements.put(element(item, schema), item);
        }
        return elements;
    }

    private static String element(JsonNode item, Schema schema) {
        if (schema.listType() == Schema.ListType.SET) {
            return "v:" + item;
        }
        ObjectNode key = Json.object();
        for (String name : new TreeSet<>(schema.listKeys())) {
            JsonNode missing = schema.item().field(name).defaultValue();
            if (item.has(name)) {
                key.set(name, item.get(name));
            } else if (missing != null) {
                key.set(name, missing);
            }
        }
        return "k:" + key;
    }
}
