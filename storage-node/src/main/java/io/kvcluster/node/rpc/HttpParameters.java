package io.kvcluster.node.rpc;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Levels;
import io.kvcluster.node.wire.Refusal;
import io.kvcluster.node.wire.RefusedException;
import io.kvcluster.node.wire.RequestRules;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What query parameters, headers and JSON members mean, one function each; wrong ones are refused by name, value and rule. */
final class HttpParameters {
    static final String CONSISTENCY = "consistency";
    static final String TIMEOUT = "timeout";
    static final String KEY_ENCODING = "keyEncoding";
    static final String IF_VERSION = "if-version";
    static final String TTL = "ttl";
    static final String KEY = "key";

    private static final String BASE64URL = "base64url";

    private HttpParameters() {}

    static @Nullable ConsistencyLevel level(HttpQuery.Parameters query) {
        return query.text(CONSISTENCY).map(Levels::parse).orElse(null);
    }

    /** From the request's arrival, on the monotonic clock. */
    static long deadlineNanos(HttpQuery.Parameters query, long arrivedNanos) {
        long millis = query.text(TIMEOUT).map(HttpParameters::timeout).orElse(Limits.DEFAULT_DEADLINE_MILLIS);
        return arrivedNanos + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static long timeout(String text) {
        OptionalLong millis = HttpDuration.millis(text);
        if (millis.isEmpty() || millis.getAsLong() < 1 || millis.getAsLong() > Limits.MAX_DEADLINE_MILLIS) {
            throw refusal(
                    Reason.INVALID_PARAMETER,
                    TIMEOUT,
                    text,
                    "1ms.." + Limits.MAX_DEADLINE_MILLIS / 1000 + "s, " + HttpDuration.FORM);
        }
        return millis.getAsLong();
    }

    /** True when it is given; its form is checked although compare-and-set is not built. */
    static boolean ifVersion(HttpQuery.Parameters query) {
        Optional<String> given = query.text(IF_VERSION);
        if (given.isEmpty()) {
            return false;
        }
        try {
            if (given.get().startsWith("+")) {
                throw new NumberFormatException();
            }
            Long.parseUnsignedLong(given.get());
            return true;
        } catch (NumberFormatException e) {
            throw refusal(Reason.INVALID_IF_VERSION, IF_VERSION, given.get(), "a whole number from 0 to 2^64-1");
        }
    }

    /** A time to live in milliseconds, 0 for none given. @param field as the client calls it */
    static long ttlMillis(String field, Optional<String> given) {
        if (given.isEmpty()) {
            return 0;
        }
        OptionalLong millis = HttpDuration.millis(given.get());
        if (millis.isEmpty() || millis.getAsLong() == 0) {
            throw refusal(Reason.INVALID_TTL, field, given.get(), "more than 0, " + HttpDuration.FORM);
        }
        return RequestRules.ttlMillis(field, millis.getAsLong());
    }

    /** A key in a URL: percent-encoded UTF-8, or base64url when the query says so. */
    static Key keyInUrl(String encoded, boolean plusIsBlank, HttpQuery.Parameters query) {
        return keyInUrl(KEY, encoded, plusIsBlank, query);
    }

    /** @param field as the client calls it */
    static Key keyInUrl(String field, String encoded, boolean plusIsBlank, HttpQuery.Parameters query) {
        byte[] bytes = PercentDecoding.bytes(encoded, plusIsBlank)
                .orElseThrow(() -> badKey(field, encoded, "percent-encoded, each % with two hex digits"));
        return RequestRules.key(field, keyBytes(field, bytes, query.text(KEY_ENCODING)));
    }

    /** A key in JSON. @param field as the client calls it */
    static Key keyInJson(String field, String text, Optional<String> encoding) {
        return RequestRules.key(field, keyBytes(field, HttpJson.utf8(field, text), encoding));
    }

    private static byte[] keyBytes(String field, byte[] given, Optional<String> encoding) {
        if (encoding.isPresent()
                && !encoding.get().equals(BASE64URL)
                && !encoding.get().equals("utf-8")) {
            throw refusal(Reason.INVALID_PARAMETER, KEY_ENCODING, encoding.get(), "utf-8, " + BASE64URL);
        }
        String text = PercentDecoding.utf8(given)
                .orElseThrow(() -> badKey(
                        field,
                        Problem.BASE64URL.encodeToString(given),
                        "UTF-8; a binary key is given as base64url with keyEncoding=base64url"));
        if (encoding.isEmpty() || !encoding.get().equals(BASE64URL)) {
            return given;
        }
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw badKey(field, text, "base64url (RFC 4648, section 5), as keyEncoding says");
        }
    }

    /** A context token of an earlier answer, empty for none. @param field as the client calls it */
    static byte[] context(String field, Optional<String> text) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        try {
            return RequestRules.contextToken(field, Base64.getUrlDecoder().decode(text.get()));
        } catch (IllegalArgumentException e) {
            throw refusal(
                    Reason.INVALID_CONTEXT,
                    field,
                    text.get(),
                    "the context of an earlier answer, unchanged (base64url)");
        }
    }

    private static RefusedException badKey(String field, String value, String rule) {
        return refusal(Reason.INVALID_KEY_ENCODING, field, value, rule);
    }

    static RefusedException refusal(Reason reason, String field, String value, String rule) {
        return new Refusal(
                        reason,
                        field,
                        value,
                        rule,
                        field + " '" + Refusal.shorten(value) + "' is wrong: it must be " + rule)
                .refused();
    }
}
