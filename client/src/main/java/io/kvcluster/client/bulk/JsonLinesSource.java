package io.kvcluster.client.bulk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.Optional;

/**
 * One object a line: {@code {"key": "...", "value": "..."}}; {@code "encoding": "base64"} says that the value is base64,
 * {@code "keyEncoding": "base64"} that the key is. Blank lines are skipped.
 */
final class JsonLinesSource implements RecordSource {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Lines lines;

    JsonLinesSource(InputStream in) {
        this.lines = new Lines(in);
    }

    @Override
    public Optional<Entry> next() throws IOException {
        for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
            if (!new String(line.get(), ISO_8859_1).isBlank()) {
                return Optional.of(entry(line.get()));
            }
        }
        return Optional.empty();
    }

    private Entry entry(byte[] line) throws IOException {
        try {
            JsonNode json = JSON.readTree(line);
            return new Entry(bytes(json, "key", "keyEncoding"), bytes(json, "value", "encoding"));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            String why = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw new IOException("line " + lines.number() + ": " + why, e);
        }
    }

    private static ByteString bytes(JsonNode json, String field, String encodingField) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("field \"" + field + "\" must be a string");
        }
        String encoding = json.path(encodingField).asText("text");
        return switch (encoding) {
            case "text" -> ByteString.copyFromUtf8(value.textValue());
            case "base64" -> base64(value.textValue(), field);
            default ->
                throw new IllegalArgumentException(
                        "field \"" + encodingField + "\" is \"" + encoding + "\", but must be \"text\" or \"base64\"");
        };
    }

    private static ByteString base64(String text, String field) {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("field \"" + field + "\" is not base64", e);
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
