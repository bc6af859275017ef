package io.kvcluster.local.api.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.json.Json;
import java.time.Instant;
import java.util.function.Function;

/** One column of a table. Priority 0 is always shown, 1 with {@code -o wide}. */
record Column(String name, String type, String format, String description, int priority, Cell cell) {
    /** What an object shows in a column at a time; a text, number or boolean. */
    @FunctionalInterface
    interface Cell {
        Object of(JsonNode object, Instant now);
    }

    static Column named() {
        return new Column(
                "Name",
                "string",
                "name",
                "Name must be unique within a namespace.",
                0,
                (object, now) -> Json.text(object, "metadata", "name"));
    }

    static Column aged() {
        return new Column(
                "Age",
                "string",
                "",
                "Time since creation.",
                0,
                (object, now) -> Age.since(Json.text(object, "metadata", "creationTimestamp"), now));
    }

    static Column text(String name, Function<JsonNode, Object> cell) {
        return new Column(name, "string", "", "", 0, (object, now) -> cell.apply(object));
    }

    static Column wide(String name, Function<JsonNode, Object> cell) {
        return new Column(name, "string", "", "", 1, (object, now) -> cell.apply(object));
    }
}
