package io.kvcluster.operator.console;

import java.util.Map;

/**
 * An HTTP answer.
 *
 * @param body bytes as they are, anything else becomes JSON
 */
record Answer(int code, String contentType, Object body) {
    static Answer ok(Object body) {
        return new Answer(200, "application/json", body);
    }

    /** RFC 9457. */
    static Answer problem(int code, String reason, String detail) {
        return new Answer(
                code,
                "application/problem+json",
                Map.of("status", code, "title", reason, "reason", reason, "detail", detail));
    }
}
