package io.kvcluster.operator.console;

import java.util.LinkedHashMap;
import java.util.Map;

/** An HTTP answer. @param headers besides those that every answer has */
record Answer(int code, String contentType, byte[] body, Map<String, String> headers) {
    static Answer json(Object body) {
        return new Answer(200, "application/json", Json.bytes(body), Map.of());
    }

    static Answer text(String contentType, byte[] body) {
        return new Answer(200, contentType, body, Map.of());
    }

    static Answer redirect(String where) {
        return new Answer(302, "text/plain", new byte[0], Map.of("Location", where));
    }

    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(code, contentType, body, more);
    }
}
