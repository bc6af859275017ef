package io.kvcluster.node.rpc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.wire.Levels;
import java.util.Base64;

/**
 * Outcomes as JSON. Versions are strings: they use more of their 64 bits than a JSON number keeps in JavaScript (protobuf's own
 * JSON writes them so too).
 */
final class HttpResults {
    private HttpResults() {}

    static void key(Key key, ObjectNode json) {
        PercentDecoding.utf8(key.bytes()).ifPresentOrElse(text -> json.put("key", text), () -> {
            json.put("key", Problem.BASE64URL.encodeToString(key.bytes()));
            json.put("keyEncoding", "base64url");
        });
    }

    static void written(Outcome.Applied applied, ObjectNode json) {
        json.put("version", version(applied.version()));
        json.put("context", Problem.BASE64URL.encodeToString(applied.contextToken()));
        service(applied.service(), json);
    }

    static void read(Outcome.Read read, Outcome.Version shown, ObjectNode json) {
        value(shown.value(), json);
        json.put("version", version(shown.version()));
        json.put("context", Problem.BASE64URL.encodeToString(read.contextToken()));
        if (read.siblings().size() > 1) {
            ArrayNode siblings = json.putArray("siblings");
            for (Outcome.Version sibling : read.siblings()) {
                ObjectNode each = siblings.addObject();
                if (sibling.deleted()) {
                    each.put("deleted", true);
                } else {
                    value(sibling.value(), each);
                }
                each.put("version", version(sibling.version()));
            }
        }
        service(read.service(), json);
    }

    static String version(long version) {
        return Long.toUnsignedString(version);
    }

    private static void value(byte[] value, ObjectNode json) {
        PercentDecoding.utf8(value).ifPresentOrElse(text -> json.put("value", text), () -> {
            json.put("value", Base64.getEncoder().encodeToString(value));
            json.put("encoding", "base64");
        });
    }

    private static void service(Outcome.Service service, ObjectNode json) {
        json.put("consistency", Levels.name(service.level()));
        json.put("node", service.node());
        json.put("replicas", service.replicas());
    }
}
