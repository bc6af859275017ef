package io.kvcluster.local.api.select;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** A field selector such as {@code metadata.name=x,status.phase!=Running}, on the fields that each kind supports. */
public final class FieldSelector implements Predicate<JsonNode> {
    private static final Set<String> INVOLVED = Set.of(
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type");
    private static final Map<String, Set<String>> SUPPORTED = Map.of(
            "pods",
            Set.of(
                    "spec.nodeName",
                    "spec.restartPolicy",
                    "spec.schedulerName",
                    "spec.serviceAccountName",
                    "status.phase",
                    "status.podIP",
                    "status.nominatedNodeName"),
            "events",
            INVOLVED,
            "secrets",
            Set.of("type"),
            "namespaces",
            Set.of("status.phase"),
            "nodes",
            Set.of("spec.unschedulable"));

    private record Term(String[] path, String value, boolean equal) {}

    private final List<Term> terms;

    private FieldSelector(List<Term> terms) {
        this.terms = terms;
    }

    public static FieldSelector everything() {
        return new FieldSelector(List.of());
    }

    /**
     * Reads a selector for a collection such as {@code pods}.
     *
     * @throws ApiError 400 when it is malformed or names a field that the kind does not support
     */
    public static FieldSelector parse(String text, String resource) {
        List<Term> terms = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (part.isBlank()) {
                continue;
            }
            boolean equal = !part.contains("!=");
            String[] sides = part.split("!=|==|=", 2);
            if (sides.length < 2) {
                throw ApiError.badRequest("invalid selector: '" + text + "'; can't understand '" + part + "'");
            }
            String field = sides[0].strip();
            boolean known = field.equals("metadata.name")
                    || field.equals("metadata.namespace")
                    || SUPPORTED.getOrDefault(resource, Set.of()).contains(field);
            if (!known) {
                throw ApiError.badRequest("field label not supported: " + field);
            }
            String path = field.equals("source") ? "source.component" : field;
            terms.add(new Term(path.split("\\."), sides[1].strip(), equal));
        }
        return new FieldSelector(terms);
    }

    @Override
    public boolean test(JsonNode object) {
        return terms.stream().allMatch(t -> Json.text(object, t.path()).equals(t.value()) == t.equal());
    }
}
