package io.kvcluster.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The document as its readers use it: which operation serves a request, and whether an answer is one that it describes. */
final class OpenApiDocument {
    private static final List<String> METHODS = List.of("get", "put", "post", "delete");

    private final JsonNode root;
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Set<String> answered = new TreeSet<>();

    OpenApiDocument(JsonNode root) {
        this.root = root;
    }

    JsonNode root() {
        return root;
    }

    /** "GET /nodes" and so on. */
    Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new TreeMap<>();
        root.get("paths")
                .properties()
                .forEach(path -> METHODS.forEach(method -> {
                    if (path.getValue().has(method)) {
                        operations.put(
                                method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey(),
                                path.getValue().get(method));
                    }
                }));
        return operations;
    }

    /** Own and shared ones, resolved. @param in query, header or path */
    List<JsonNode> parameters(String operation, String in) {
        List<JsonNode> found = new ArrayList<>();
        String path = operation.substring(operation.indexOf(' ') + 1);
        for (JsonNode list : List.of(
                root.get("paths").get(path).path("parameters"),
                operations().get(operation).path("parameters"))) {
            list.forEach(parameter -> {
                JsonNode resolved = resolve(parameter);
                if (resolved.get("in").textValue().equals(in)) {
                    found.add(resolved);
                }
            });
        }
        return found;
    }

    /** The answer has a documented status and content type, and a body that fits the schema. */
    void covers(String operation, RawHttp.Response answer) {
        JsonNode response = operations().get(operation).path("responses").path(Integer.toString(answer.status()));
        assertThat(response.isMissingNode())
                .as(operation + " answers " + answer.status() + ": " + answer.text())
                .isFalse();
        answered.add(operation + " " + answer.status());
        String type = answer.header("Content-Type").split(";", 2)[0];
        JsonNode content = resolve(response).path("content");
        assertThat(content.has(type)).as(operation + " answers " + type).isTrue();
        if (type.endsWith("json")) {
            fits(content.get(type).get("schema"), answer.json());
        }
    }

    void fits(JsonNode schema, JsonNode json) {
        assertThat(schema(schema).validate(json)).as(json.toPrettyString()).isEmpty();
    }

    boolean accepts(JsonNode schema, JsonNode json) {
        return schema(schema).validate(json).isEmpty();
    }

    /** What is promised and was never seen: "GET /nodes 503" and so on. */
    Set<String> neverAnswered() {
        Set<String> documented = new TreeSet<>();
        operations()
                .forEach((operation, node) -> node.get("responses")
                        .fieldNames()
                        .forEachRemaining(status -> documented.add(operation + " " + status)));
        documented.removeAll(answered);
        return documented;
    }

    JsonNode resolve(JsonNode node) {
        if (!node.has("$ref")) {
            return node;
        }
        JsonNode found = root.at(node.get("$ref").textValue().substring(1));
        assertThat(found.isMissingNode()).as(node.toString()).isFalse();
        return resolve(found);
    }

    /** Its references point into this document's components. */
    private Schema schema(JsonNode schema) {
        ObjectNode whole = HttpJson.newObject();
        whole.putArray("allOf").add(schema);
        whole.set("components", root.get("components"));
        return registry.getSchema(whole);
    }
}
