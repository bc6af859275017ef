package io.kvcluster.local.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Brings an object into the shape of its schema: unknown fields and stray nulls go, defaults come. Changes in place. */
public final class Shaping {
    private Shaping() {}

    /**
     * Removes every field that the schema does not know.
     *
     * @return the paths of the removed fields, in the order in which they were found
     */
    public static List<String> prune(ObjectNode object, Schema schema) {
        List<String> unknown = new ArrayList<>();
        prune(object, schema, "", unknown);
        return unknown;
    }

    private static void prune(JsonNode value, Schema schema, String path, List<String> unknown) {
        if (value instanceof ObjectNode object) {
            boolean open = schema.keepsUnknown() || schema.type() == Schema.Type.ANY && schema.additional() == null;
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                String here = path.isEmpty() ? name : path + "." + name;
                boolean known = schema.declares(name)
                        || schema.additional() != null
                        || schema.embedsResource()
                                && List.of("apiVersion", "kind", "metadata").contains(name);
                if (known || open) {
                    prune(object.get(name), schema.field(name), here, unknown);
                } else {
                    object.remove(name);
                    unknown.add(here);
                }
            }
        } else if (value instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                prune(list.get(i), schema.item(), path + "[" + i + "]", unknown);
            }
        }
    }

    /** Removes nulls of fields that may not be null (a default takes their place), then adds missing defaults. */
    public static void applyDefaults(JsonNode value, Schema schema) {
        if (value instanceof ObjectNode object) {
            dropNulls(object, schema);
            schema.properties().forEach((name, property) -> {
                JsonNode missing = property.defaultValue();
                if (missing != null && !object.has(name)) {
                    object.set(name, missing.deepCopy());
                }
            });
            object.properties().forEach(field -> applyDefaults(field.getValue(), schema.field(field.getKey())));
        } else if (value instanceof ArrayNode list) {
            list.forEach(item -> applyDefaults(item, schema.item()));
        }
    }

    private static void dropNulls(ObjectNode object, Schema schema) {
        List<String> nulls = new ArrayList<>();
        object.properties().forEach(field -> {
            Schema property = schema.field(field.getKey());
            boolean known = schema.declares(field.getKey()) || schema.additional() != null;
            if (field.getValue().isNull() && known && !property.nullable() && !property.keepsUnknown()) {
                nulls.add(field.getKey());
            }
        });
        object.remove(nulls);
    }
}
