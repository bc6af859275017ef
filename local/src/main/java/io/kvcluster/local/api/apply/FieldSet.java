package io.kvcluster.local.api.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A set of field paths, as a tree. A path element is written as in {@code fieldsV1}: {@code f:name} for a field,
 * {@code k:{"name":"x"}} for an item of a keyed list, {@code v:"x"} for a value of a set. Mutable while it is built; used
 * by one thread.
 */
final class FieldSet {
    private static final FieldSet NOTHING = new FieldSet();

    private final TreeMap<String, FieldSet> children = new TreeMap<>();
    private boolean member;

    static FieldSet fromJson(JsonNode fields) {
        FieldSet set = new FieldSet();
        fields.properties().forEach(field -> {
            if (field.getKey().equals(".")) {
                set.member = true;
            } else {
                FieldSet child = fromJson(field.getValue());
                child.member |= child.children.isEmpty();
                set.children.put(field.getKey(), child);
            }
        });
        return set;
    }

    ObjectNode toJson() {
        ObjectNode fields = Json.object();
        children.forEach((element, child) -> {
            ObjectNode below = child.toJson();
            if (child.member && !child.children.isEmpty()) {
                below.putObject(".");
            }
            fields.set(element, below);
        });
        return fields;
    }

    boolean isMember() {
        return member;
    }

    void addSelf() {
        member = true;
    }

    /** The subtree under an element, created when it is absent. */
    FieldSet at(String element) {
        return children.computeIfAbsent(element, e -> new FieldSet());
    }

    /** The subtree under an element, or an empty one. */
    FieldSet below(String element) {
        return children.getOrDefault(element, NOTHING);
    }

    Map<String, FieldSet> children() {
        return children;
    }

    boolean isEmpty() {
        return !member && children.values().stream().allMatch(FieldSet::isEmpty);
    }

    FieldSet union(FieldSet other) {
        FieldSet result = new FieldSet();
        result.addAll(this);
        result.addAll(other);
        return result;
    }

    void addAll(FieldSet other) {
        member |= other.member;
        other.children.forEach((element, child) -> at(element).addAll(child));
    }

    FieldSet minus(FieldSet other) {
        FieldSet result = new FieldSet();
        result.member = member && !other.member;
        children.forEach((element, child) -> {
            FieldSet rest = child.minus(other.below(element));
            if (!rest.isEmpty()) {
                result.children.put(element, rest);
            }
        });
        return result;
    }

    FieldSet and(FieldSet other) {
        FieldSet result = new FieldSet();
        result.member = member && other.member;
        children.forEach((element, child) -> {
            FieldSet both = child.and(other.below(element));
            if (!both.isEmpty()) {
                result.children.put(element, both);
            }
        });
        return result;
    }

    /** This set without one path; what lies below it stays. */
    FieldSet withoutMember(String element) {
        FieldSet result = new FieldSet();
        result.addAll(this);
        FieldSet child = result.children.get(element);
        if (child != null) {
            child.member = false;
        }
        return result.compacted();
    }

    /** This set without an element of its root and everything below it. */
    FieldSet without(String... path) {
        FieldSet result = new FieldSet();
        result.addAll(this);
        FieldSet here = result;
        for (int i = 0; i < path.length - 1; i++) {
            FieldSet next = here.children.get(path[i]);
            if (next == null) {
                return result;
            }
            here = next;
        }
        here.children.remove(path[path.length - 1]);
        return result.compacted();
    }

    /** Only an element of the root and what is below it. */
    FieldSet only(String element) {
        FieldSet result = new FieldSet();
        FieldSet child = children.get(element);
        if (child != null) {
            result.at(element).addAll(child);
        }
        return result;
    }

    private FieldSet compacted() {
        children.values().forEach(FieldSet::compacted);
        children.values().removeIf(FieldSet::isEmpty);
        return this;
    }

    /** Every path in the form of conflict messages: {@code .spec.containers[name="x"].image}. */
    List<String> paths() {
        List<String> paths = new ArrayList<>();
        collect("", paths);
        return paths;
    }

    private void collect(String prefix, List<String> paths) {
        children.forEach((element, child) -> {
            if (child.member) {
                paths.add(prefix + shown(element));
            }
        });
        children.forEach((element, child) -> child.collect(prefix + shown(element), paths));
    }

    private static String shown(String element) {
        String rest = element.substring(2);
        return switch (element.charAt(0)) {
            case 'f' -> "." + rest;
            case 'k' -> {
                StringBuilder keys = new StringBuilder();
                parse(rest)
                        .properties()
                        .forEach(key -> keys.append(keys.isEmpty() ? "" : ",")
                                .append(key.getKey())
                                .append('=')
                                .append(key.getValue()));
                yield "[" + keys + "]";
            }
            default -> "[=" + rest + "]";
        };
    }

    static JsonNode parse(String json) {
        try {
            return Json.parse(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException("path element is no JSON: " + json, e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldSet set && member == set.member && children.equals(set.children);
    }

    @Override
    public int hashCode() {
        return children.hashCode() * 31 + Boolean.hashCode(member);
    }
}
