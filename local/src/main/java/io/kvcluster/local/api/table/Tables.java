package io.kvcluster.local.api.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import java.time.Instant;
import java.util.List;

/** Makes {@code meta.k8s.io/v1 Table} answers, as kubectl asks for. */
public final class Tables {
    /** What of the object each row carries: nothing, its metadata, or all of it. */
    public enum Include {
        NONE,
        METADATA,
        OBJECT;

        public static Include of(String parameter) {
            return switch (parameter) {
                case "None" -> NONE;
                case "Object" -> OBJECT;
                default -> METADATA;
            };
        }
    }

    private Tables() {}

    /** A table with one row for each object; {@code revision} is the resourceVersion of the table, or empty. */
    public static ObjectNode of(
            ResourceKind kind, List<ObjectNode> objects, String revision, Include include, Instant now) {
        List<Column> columns = Columns.of(kind);
        ObjectNode table = Json.object().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        ObjectNode metadata = table.putObject("metadata");
        if (!revision.isEmpty()) {
            metadata.put("resourceVersion", revision);
        }
        ArrayNode definitions = table.putArray("columnDefinitions");
        columns.forEach(column -> definitions
                .addObject()
                .put("name", column.name())
                .put("type", column.type())
                .put("format", column.format())
                .put("description", column.description())
                .put("priority", column.priority()));
        ArrayNode rows = table.putArray("rows");
        for (ObjectNode object : objects) {
            ObjectNode row = rows.addObject();
            ArrayNode cells = row.putArray("cells");
            columns.forEach(column -> cells.addPOJO(column.cell().of(object, now)));
            switch (include) {
                case NONE -> {}
                case METADATA -> row.set("object", partial(object));
                case OBJECT -> row.set("object", object);
            }
        }
        return table;
    }

    private static ObjectNode partial(JsonNode object) {
        ObjectNode partial = Json.object().put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
        partial.set("metadata", object.path("metadata"));
        return partial;
    }
}
