package io.kvcluster.node.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Refusal;
import io.kvcluster.node.wire.RefusedException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** JSON bodies, read strictly: UTF-8, one value, no member twice, none that is unknown, strings where strings belong. */
final class HttpJson {
    static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxNameLength(256)
                            .maxNumberLength(100)
                            .maxStringLength(RpcLimits.BODY_BYTES)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private HttpJson() {}

    /** @param known the members that it may have, in the order in which errors list them */
    static ObjectNode object(byte[] body, List<String> known) {
        if (body.length == 0) {
            throw invalid("body", "", "a JSON object with " + String.join(", ", known), "the body is empty");
        }
        String text = PercentDecoding.utf8(body)
                .orElseThrow(
                        () -> invalid(
                                "body",
                                "",
                                "UTF-8",
                                "the body is no UTF-8; bytes are sent with Content-Type application/octet-stream, or in base64"));
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw invalid("body", "", "JSON", "the body is no JSON that is taken here: " + reason(e));
        }
        return object("body", node, known);
    }

    static ObjectNode object(String field, JsonNode node, List<String> known) {
        if (!(node instanceof ObjectNode object)) {
            throw invalid(
                    field,
                    kind(node),
                    "a JSON object",
                    field + " is " + kind(node) + "; it must be a JSON object with " + String.join(", ", known));
        }
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw invalid(
                        field + "." + Refusal.shorten(name),
                        "",
                        String.join(", ", known),
                        field + " has an unknown member '" + Refusal.shorten(name) + "'; the members are "
                                + String.join(", ", known));
            }
        }
        return object;
    }

    /** @param path of the object, for errors */
    static String requiredText(String path, ObjectNode object, String name) {
        return text(path, object, name)
                .orElseThrow(() -> invalid(
                        path + "." + name, "", "a string", path + "." + name + " is missing; it must be a string"));
    }

    static Optional<String> text(String path, ObjectNode object, String name) {
        JsonNode node = object.get(name);
        if (node == null) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw invalid(
                    path + "." + name,
                    kind(node),
                    "a string",
                    path + "." + name + " is " + kind(node) + "; it must be a string");
        }
        return Optional.of(node.textValue());
    }

    /** The bytes of a string; an escaped lone surrogate has none. */
    static byte[] utf8(String field, String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] out = new byte[bytes.remaining()];
            bytes.get(out);
            return out;
        } catch (CharacterCodingException e) {
            throw invalid(
                    field,
                    "",
                    "Unicode text",
                    field + " has a surrogate without its pair; binary values are sent in base64");
        }
    }

    static byte[] write(ObjectNode object) {
        try {
            return MAPPER.writeValueAsBytes(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings and numbers can be written", e);
        }
    }

    static ObjectNode newObject() {
        return MAPPER.createObjectNode();
    }

    static RefusedException invalid(String field, String value, String limit, String message) {
        return new Refusal(Reason.INVALID_BODY, field, value, limit, message).refused();
    }

    /** Without the document, class names and locations of sources. */
    private static String reason(JsonProcessingException e) {
        var location = e.getLocation();
        String at =
                location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
        return Refusal.shorten(e.getOriginalMessage()) + at;
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL -> "null";
            case MISSING, BINARY, POJO -> "nothing";
        };
    }
}
