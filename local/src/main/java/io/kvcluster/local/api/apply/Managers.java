package io.kvcluster.local.api.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Who owns which fields of one object: {@code metadata.managedFields}. Used by one thread. */
final class Managers {
    /** One owner: the same name owns separately by apply and by update, and through each subresource. */
    record Manager(String name, String operation, String subresource, String apiVersion) {
        static final String APPLY = "Apply";
        static final String UPDATE = "Update";

        boolean isApply() {
            return operation.equals(APPLY);
        }
    }

    private record Owned(FieldSet fields, String time) {}

    private final Map<Manager, Owned> owned = new LinkedHashMap<>();

    static Managers of(ObjectNode object) {
        Managers managers = new Managers();
        for (JsonNode entry : Json.at(object, "metadata", "managedFields")) {
            Manager manager = new Manager(
                    Json.text(entry, "manager"),
                    Json.text(entry, "operation"),
                    Json.text(entry, "subresource"),
                    Json.text(entry, "apiVersion"));
            managers.owned.put(manager, new Owned(FieldSet.fromJson(entry.path("fieldsV1")), Json.text(entry, "time")));
        }
        return managers;
    }

    FieldSet fields(Manager manager) {
        Owned found = owned.get(manager);
        return found == null ? new FieldSet() : found.fields();
    }

    /** Everything owned by managers other than the given one. */
    FieldSet fieldsOfOthers(Manager manager) {
        FieldSet all = new FieldSet();
        owned.forEach((other, its) -> {
            if (!other.equals(manager)) {
                all.addAll(its.fields());
            }
        });
        return all;
    }

    void forOthers(Manager manager, BiConsumer<Manager, FieldSet> action) {
        new LinkedHashMap<>(owned).forEach((other, its) -> {
            if (!other.equals(manager)) {
                action.accept(other, its.fields());
            }
        });
    }

    /** Sets what a manager owns; its time moves only when that changes, and a manager that owns nothing is forgotten. */
    void set(Manager manager, FieldSet fields, String now) {
        if (fields.isEmpty()) {
            owned.remove(manager);
        } else if (!fields(manager).equals(fields)) {
            owned.put(manager, new Owned(fields, now));
        }
    }

    void writeTo(ObjectNode object) {
        ObjectNode metadata = Json.metadata(object);
        metadata.remove("managedFields");
        if (owned.isEmpty()) {
            return;
        }
        List<Map.Entry<Manager, Owned>> entries = new ArrayList<>(owned.entrySet());
        entries.sort(Comparator.<Map.Entry<Manager, Owned>, String>comparing(
                        e -> e.getKey().operation())
                .thenComparing(e -> e.getValue().time())
                .thenComparing(e -> e.getKey().name()));
        ArrayNode list = metadata.putArray("managedFields");
        entries.forEach(entry -> list.add(toJson(entry.getKey(), entry.getValue())));
    }

    private static ObjectNode toJson(Manager manager, Owned its) {
        ObjectNode entry = Json.object()
                .put("manager", manager.name())
                .put("operation", manager.operation())
                .put("apiVersion", manager.apiVersion())
                .put("time", its.time())
                .put("fieldsType", "FieldsV1");
        entry.set("fieldsV1", its.fields().toJson());
        if (!manager.subresource().isEmpty()) {
            entry.put("subresource", manager.subresource());
        }
        return entry;
    }
}
