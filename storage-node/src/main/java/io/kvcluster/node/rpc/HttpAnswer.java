package io.kvcluster.node.rpc;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What goes back: all of it, for answers are small or bounded.
 *
 * @param close the connection ends after it, because the rest of the request was not read or nothing more is taken
 */
record HttpAnswer(int status, String contentType, byte[] body, Map<String, String> headers, boolean close) {
    static HttpAnswer json(int status, byte[] body) {
        return new HttpAnswer(status, "application/json", body, Map.of(), false);
    }

    HttpAnswer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new HttpAnswer(status, contentType, body, more, close);
    }

    HttpAnswer closing() {
        return new HttpAnswer(status, contentType, body, headers, true);
    }
}
