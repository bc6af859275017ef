package io.kvcluster.operator.console;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Why there is no answer, in the form that storage nodes use (RFC 9457). @param more members: field, value, limit, leader */
record Problem(Reason reason, String detail, Map<String, Object> more) {
    private static final int SHOWN = 64;

    /** The names are part of the interface; those that storage nodes know too mean the same there. */
    enum Reason {
        KEY_EMPTY(400),
        KEY_TOO_LARGE(400),
        INVALID_KEY_ENCODING(400),
        INVALID_PARAMETER(400),
        NOT_POSSIBLE(400),
        CLUSTER_NOT_NAMED(400),
        CLUSTER_NOT_FOUND(404),
        UNKNOWN_PATH(404),
        METHOD_NOT_ALLOWED(405),
        UNHEALTHY(503),
        STARTING(503),
        STANDBY(503),
        NO_RING(503),
        OVERLOADED(503);

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    static Problem of(Reason reason, String detail) {
        return new Problem(reason, detail, Map.of());
    }

    /** Names field, value and rule. */
    static Problem of(Reason reason, String field, String value, String rule) {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("field", field);
        more.put("value", shortened(value));
        more.put("limit", rule);
        return new Problem(reason, field + " '" + shortened(value) + "' is wrong: it must be " + rule, more);
    }

    Refused refused() {
        return new Refused(this);
    }

    Answer answer() {
        String name = reason.name().toLowerCase(Locale.ROOT);
        String title = name.replace('_', ' ');
        boolean retryable = reason.code() == 503;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "urn:kvcluster:problem:" + name.replace('_', '-'));
        json.put("title", Character.toUpperCase(title.charAt(0)) + title.substring(1));
        json.put("status", reason.code());
        json.put("detail", detail);
        json.put("reason", reason.name());
        json.putAll(more);
        json.put("retryable", retryable);
        Answer answer = new Answer(reason.code(), "application/problem+json", Json.bytes(json), Map.of());
        return retryable ? answer.with("Retry-After", "1") : answer;
    }

    private static String shortened(String value) {
        return value.length() <= SHOWN ? value : value.substring(0, SHOWN) + "… (" + value.length() + " characters)";
    }

    /** Carries a problem out of the middle of an endpoint. */
    static final class Refused extends RuntimeException {
        private final transient Problem problem;

        private Refused(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }
}
