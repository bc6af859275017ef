package io.kvcluster.local.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.resource.WriteOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One request with its answer: path segments, parameters, body, and the ways to answer. Used by one thread. */
final class Call {
    private static final int MAX_BODY_BYTES = 3 << 20;
    private static final Pattern BODY_TYPES = Pattern.compile("^$|^application/([\\w-]+\\+)?(json|yaml)|^\\*/\\*");
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

    private final HttpExchange exchange;
    private final List<String> path;
    private final Map<String, String> parameters = new HashMap<>();

    Call(HttpExchange exchange) {
        this.exchange = exchange;
        this.path = Arrays.stream(exchange.getRequestURI().getRawPath().split("/"))
                .filter(segment -> !segment.isEmpty())
                .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        String query = exchange.getRequestURI().getRawQuery();
        if (query != null) {
            for (String pair : query.split("&")) {
                String[] sides = pair.split("=", 2);
                parameters.put(decode(sides[0]), sides.length > 1 ? decode(sides[1]) : "");
            }
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    String method() {
        return exchange.getRequestMethod();
    }

    List<String> path() {
        return path;
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    boolean flag(String name) {
        String value = parameter(name);
        return value.equals("true") || value.equals("1");
    }

    String header(String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    String contentType() {
        return header("Content-Type");
    }

    boolean wantsTable() {
        return header("Accept").contains("as=Table");
    }

    /** The options of a write, from its parameters. */
    WriteOptions writeOptions() {
        WriteOptions.UnknownFields unknown = switch (parameter("fieldValidation")) {
            case "Strict" -> WriteOptions.UnknownFields.STRICT;
            case "Ignore" -> WriteOptions.UnknownFields.IGNORE;
            case "", "Warn" -> WriteOptions.UnknownFields.WARN;
            default ->
                throw ApiError.invalid(
                        new ApiError.About("meta.k8s.io", "options", "WriteOptions", ""),
                        List.of(FieldError.unsupported(
                                "fieldValidation",
                                "\"" + parameter("fieldValidation") + "\"",
                                "\"Ignore\", \"Strict\", \"Warn\"")));
        };
        return new WriteOptions(isDryRun(), manager(), flag("force"), unknown);
    }

    boolean isDryRun() {
        String dryRun = parameter("dryRun");
        if (!dryRun.isEmpty() && !dryRun.equals("All")) {
            throw ApiError.badRequest("dryRun: Unsupported value: \"" + dryRun + "\": supported values: \"All\"");
        }
        return !dryRun.isEmpty();
    }

    private String manager() {
        if (!parameter("fieldManager").isEmpty() || contentType().startsWith("application/apply-patch")) {
            return parameter("fieldManager");
        }
        return header("User-Agent").split("/", 2)[0];
    }

    /** The body as a JSON object, from JSON or YAML. */
    ObjectNode object() throws IOException {
        if (json() instanceof ObjectNode object) {
            return object;
        }
        throw ApiError.badRequest("the request body is not a JSON object");
    }

    /** The body as JSON; a missing node when there is none. */
    JsonNode json() throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw ApiError.tooLarge("Request entity too large: limit is " + MAX_BODY_BYTES);
        }
        if (contentType().startsWith(PROTOBUF)) {
            throw ApiError.unsupportedMediaType(
                    "this API server takes no protobuf, which typed commands such as \"kubectl create configmap\" send;"
                            + " write a YAML file and use \"kubectl apply -f\"");
        }
        if (body.length > 0 && !BODY_TYPES.matcher(contentType()).find()) {
            throw ApiError.unsupportedMediaType("the body of the request was in an unknown format - accepted media"
                    + " types include: application/json, application/yaml");
        }
        try {
            return contentType().contains("yaml") ? Json.parseYaml(body) : Json.parse(body);
        } catch (JsonProcessingException e) {
            throw ApiError.badRequest(
                    "the object provided is unrecognized (must be of type JSON or YAML): " + e.getOriginalMessage());
        }
    }

    void answer(int code, JsonNode body) throws IOException {
        answer(code, "application/json", Json.write(body));
    }

    void answer(int code, String contentType, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    void warn(String warning) {
        exchange.getResponseHeaders()
                .add("Warning", "299 - \"" + warning.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }

    /** Begins an answer of unknown length. */
    OutputStream stream(String contentType) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    void close() {
        exchange.close();
    }
}
