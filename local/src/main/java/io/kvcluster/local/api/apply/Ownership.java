package io.kvcluster.local.api.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Field ownership of one request: what server-side apply makes of an object, and what any other write does to the owners.
 * The rules are those of structured-merge-diff, which the real API server uses.
 *
 * @param manager name of the field manager
 * @param subresource empty, {@code status} or {@code scale}
 * @param time when, as in {@code metadata.managedFields}
 */
public record Ownership(ResourceKind kind, String manager, String subresource, String time) {
    private static final List<String> UNOWNED_METADATA = List.of(
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "clusterName",
            "generation",
            "managedFields",
            "resourceVersion");

    /**
     * Merges an applied configuration into an object and takes away what this manager applied before and does not any
     * more, unless somebody else owns it.
     *
     * @param live the object, or an empty one
     * @param force take over fields that others own
     * @throws ApiError 409 naming each field that another manager owns with another value
     */
    public ObjectNode apply(ObjectNode live, ObjectNode config, boolean force) {
        Schema schema = kind.schema();
        Managers managers = Managers.of(live);
        Managers.Manager me = new Managers.Manager(manager, Managers.Manager.APPLY, subresource, kind.apiVersion());
        FieldSet applied = owned(Fields.of(config, schema));
        ObjectNode result = (ObjectNode) merge(live, config, schema);
        FieldSet dropped = managers.fields(me).minus(applied);
        prune(result, dropped, managers.fieldsOfOthers(me).union(applied), schema);
        transfer(managers, me, Fields.between(live, result, schema), force);
        managers.set(me, applied, time);
        managers.writeTo(result);
        return result;
    }

    /** Gives this manager the fields in which the object differs from the one before; takes them from all others. */
    public void recordUpdate(ObjectNode before, ObjectNode after) {
        Managers managers = Managers.of(before);
        Managers.Manager me = new Managers.Manager(manager, Managers.Manager.UPDATE, subresource, kind.apiVersion());
        Fields.Difference difference = Fields.between(before, after, kind.schema());
        transfer(managers, me, difference, true);
        FieldSet mine = managers.fields(me).union(owned(difference.written())).minus(difference.removed());
        managers.set(me, mine, time);
        managers.writeTo(after);
    }

    private void transfer(Managers managers, Managers.Manager me, Fields.Difference difference, boolean force) {
        FieldSet written = difference.written();
        if (!force) {
            List<ApiError.FieldConflict> conflicts = new ArrayList<>();
            managers.forOthers(
                    me,
                    (other, fields) -> fields.and(written)
                            .paths()
                            .forEach(path -> conflicts.add(new ApiError.FieldConflict(describe(other), path))));
            if (!conflicts.isEmpty()) {
                throw ApiError.applyConflict(conflicts);
            }
        }
        managers.forOthers(me, (other, fields) -> {
            FieldSet rest = fields.minus(written).minus(difference.removed());
            if (!rest.equals(fields)) {
                managers.set(other, rest, time);
            }
        });
    }

    private static String describe(Managers.Manager other) {
        return "conflict with \"" + other.name() + "\""
                + (other.subresource().isEmpty() ? "" : " with subresource \"" + other.subresource() + "\"")
                + (other.isApply() ? "" : " using " + other.apiVersion());
    }

    /** Without the fields that nobody owns, and without those that this request cannot write. */
    private FieldSet owned(FieldSet fields) {
        FieldSet set = fields.without("f:apiVersion").without("f:kind").withoutMember("f:metadata");
        for (String name : UNOWNED_METADATA) {
            set = set.without("f:metadata", "f:" + name);
        }
        if (subresource.equals("status")) {
            return set.only("f:status");
        }
        return kind.hasStatus() ? set.without("f:status") : set;
    }

    private static JsonNode merge(JsonNode live, JsonNode config, Schema schema) {
        if (config instanceof ObjectNode wanted
                && live instanceof ObjectNode object
                && Fields.granular(wanted, schema)) {
            ObjectNode result = object.deepCopy();
            wanted.properties()
                    .forEach(field -> result.set(
                            field.getKey(),
                            merge(object.path(field.getKey()), field.getValue(), schema.field(field.getKey()))));
            return result;
        }
        if (config instanceof ArrayNode wanted
                && live instanceof ArrayNode list
                && Fields.granular(wanted, schema)
                && Fields.granular(list, schema)) {
            Map<String, JsonNode> items = Fields.elements(list, schema);
            Fields.elements(wanted, schema).forEach((element, item) -> {
                JsonNode was = items.get(element);
                items.put(element, was == null ? item : merge(was, item, schema.item()));
            });
            ArrayNode result = Json.array();
            items.values().forEach(result::add);
            return result;
        }
        return config.deepCopy();
    }

    /** Removes the fields of a set from a value, except those in, above or below the fields to keep. */
    private static void prune(JsonNode value, FieldSet drop, FieldSet keep, Schema schema) {
        if (value instanceof ObjectNode object) {
            drop.children().forEach((element, below) -> {
                String name = element.substring(2);
                JsonNode child = object.get(name);
                if (child != null
                        && gone(
                                child,
                                below,
                                keep.below(element),
                                schema.field(name),
                                schema.declares(name) && !name.equals("metadata"))) {
                    object.remove(name);
                }
            });
        } else if (value instanceof ArrayNode list && Fields.granular(list, schema)) {
            Map<String, JsonNode> items = Fields.elements(list, schema);
            drop.children().forEach((element, below) -> {
                JsonNode item = items.get(element);
                if (item != null && gone(item, below, keep.below(element), schema.item(), false)) {
                    items.remove(element);
                }
            });
            list.removeAll();
            items.values().forEach(list::add);
        }
    }

    /** A field of a structure goes with everything in it, defaults included, when nobody owns anything of it any more. */
    private static boolean gone(JsonNode child, FieldSet drop, FieldSet keep, Schema schema, boolean named) {
        if ((drop.isMember() || named) && keep.isEmpty()) {
            return true;
        }
        boolean wasEmpty = child.isEmpty();
        prune(child, drop, keep, schema);
        return child.isContainerNode() && child.isEmpty() && !wasEmpty && keep.isEmpty();
    }
}
