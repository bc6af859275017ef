package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Refusal;
import io.kvcluster.node.wire.RefusedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The query, still encoded. A parameter that is unknown, or given twice, is refused and not ignored: a misspelt {@code
 * ?consistancy=quorum} would otherwise be answered at another level.
 */
record HttpQuery(String raw) {
    private static final int PARAMETERS = 16;

    /** @param known by the endpoint, in the order in which errors list them */
    Parameters read(List<String> known) {
        Map<String, String> given = new LinkedHashMap<>();
        if (raw.isEmpty()) {
            return new Parameters(given);
        }
        String[] pairs = raw.split("&", PARAMETERS + 1);
        if (pairs.length > PARAMETERS) {
            throw refusal(
                    "query",
                    pairs.length + "",
                    "has more than " + PARAMETERS + " parameters",
                    PARAMETERS + " parameters");
        }
        for (String pair : pairs) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = text(pair, equals < 0 ? pair : pair.substring(0, equals));
            if (!known.contains(name)) {
                throw refusal(name, "", "is not known here", known.isEmpty() ? "none" : String.join(", ", known));
            }
            if (given.put(name, equals < 0 ? "" : pair.substring(equals + 1)) != null) {
                throw refusal(name, "", "is given more than once", "once");
            }
        }
        return new Parameters(given);
    }

    private static String text(String pair, String encoded) {
        return PercentDecoding.bytes(encoded, true)
                .flatMap(PercentDecoding::utf8)
                .orElseThrow(() -> refusal(pair, "", "is no percent-encoded UTF-8", "percent-encoded UTF-8"));
    }

    private static RefusedException refusal(String name, String value, String what, String limit) {
        String shown = Refusal.shorten(name);
        return new Refusal(
                        Reason.INVALID_PARAMETER,
                        shown,
                        value,
                        limit,
                        "query parameter '" + shown + "' " + what + " (allowed: " + limit + ")")
                .refused();
    }

    /** Parameters that are known and given once. */
    record Parameters(Map<String, String> encoded) {
        /** Decoded; '+' is a blank, as forms and libraries write it. */
        Optional<String> text(String name) {
            return Optional.ofNullable(encoded.get(name)).map(value -> HttpQuery.text(name, value));
        }

        /** Still percent-encoded. */
        Optional<String> raw(String name) {
            return Optional.ofNullable(encoded.get(name));
        }
    }
}
