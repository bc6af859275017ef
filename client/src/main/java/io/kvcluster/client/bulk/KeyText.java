package io.kvcluster.client.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.util.Base64;

/** Keys as text: UTF-8 where they are that, else base64 with a field that says so. */
public final class KeyText {
    private KeyText() {}

    /** For people; not reversible for binary keys that look like text. */
    public static String of(ByteString key) {
        return key.isValidUtf8()
                ? key.toStringUtf8()
                : "base64:" + Base64.getEncoder().encodeToString(key.toByteArray());
    }

    public static void write(ObjectNode json, ByteString key) {
        write(json, "key", "keyEncoding", key);
    }

    public static void write(ObjectNode json, String field, String encodingField, ByteString bytes) {
        if (bytes.isValidUtf8()) {
            json.put(field, bytes.toStringUtf8());
        } else {
            json.put(field, Base64.getEncoder().encodeToString(bytes.toByteArray()))
                    .put(encodingField, "base64");
        }
    }

    static ByteString read(JsonNode json) {
        return read(json, "key", "keyEncoding");
    }

    static ByteString read(JsonNode json, String field, String encodingField) {
        JsonNode key = json.path(field);
        if (!key.isTextual()) {
            throw new IllegalArgumentException("field \"" + field + "\" must be a string");
        }
        return json.path(encodingField).asText("").equals("base64")
                ? ByteString.copyFrom(Base64.getDecoder().decode(key.textValue()))
                : ByteString.copyFromUtf8(key.textValue());
    }
}
