package io.kvcluster.operator.console;

import io.kvcluster.operator.console.Problem.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request, by the rules of the storage nodes: one that is unknown, or given twice, is refused and not
 * ignored, and two keys never become one by lenient decoding.
 */
final class Query {
    static final int KEY_MAX_BYTES = 4096;

    private static final int PARAMETERS = 16;
    private static final String BASE64URL = "base64url";
    private static final Pattern BROKEN_PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");
    private static final Pattern NOT_OF_A_URL = Pattern.compile("[^\\x21-\\x7e]");

    private final Map<String, String> encoded;

    private Query(Map<String, String> encoded) {
        this.encoded = encoded;
    }

    /** @param known in the order in which errors list them */
    static Query of(@Nullable String raw, List<String> known) {
        Map<String, String> given = new LinkedHashMap<>();
        if (raw == null) {
            return new Query(given);
        }
        String allowed = known.isEmpty() ? "none" : String.join(", ", known);
        String[] pairs = raw.split("&", PARAMETERS + 1);
        if (pairs.length > PARAMETERS) {
            throw refusal("query", "at most " + PARAMETERS + " parameters", raw);
        }
        for (String pair : pairs) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (!known.contains(name)) {
                throw refusal("parameter", "one of those known here (" + allowed + ")", name);
            }
            if (given.put(name, equals < 0 ? "" : pair.substring(equals + 1)) != null) {
                throw refusal("parameter", "given once", name);
            }
        }
        return new Query(given);
    }

    /** A whole number; the rules of the spec say which ones are good. */
    Optional<Integer> number(String name) {
        Optional<String> text = text(name);
        if (text.isPresent() && !text.get().matches("[0-9]{1,9}")) {
            throw refusal(name, "a whole number of 1 to 9 digits", text.get());
        }
        return text.map(Integer::valueOf);
    }

    /** Names, separated by commas. */
    Optional<List<String>> names(String name) {
        Optional<String> text = text(name);
        if (text.isPresent() && text.get().isEmpty()) {
            throw refusal(name, "one name, or several separated by commas", "");
        }
        return text.map(list -> List.of(list.split(",", -1)));
    }

    private Optional<String> text(String name) {
        return encoded.containsKey(name) ? Optional.of(utf8(name, bytes(name))) : Optional.empty();
    }

    /** A key and how it was written. @param encoding base64url, or empty for UTF-8 */
    record Key(byte[] bytes, String text, Optional<String> encoding) {}

    /** Parameters key and keyEncoding. */
    Key key() {
        byte[] given = bytes("key");
        String text = utf8("key", given);
        Optional<String> encoding = Optional.ofNullable(encoded.get("keyEncoding"));
        if (encoding.isPresent() && !List.of("utf-8", BASE64URL).contains(encoding.get())) {
            throw refusal("keyEncoding", "utf-8, " + BASE64URL, encoding.get());
        }
        Optional<String> binary = encoding.filter(BASE64URL::equals);
        byte[] key = binary.isPresent() ? decoded(text) : given;
        if (key.length == 0) {
            throw Problem.of(Reason.KEY_EMPTY, "key", "", "1.." + KEY_MAX_BYTES + " bytes")
                    .refused();
        }
        if (key.length > KEY_MAX_BYTES) {
            throw Problem.of(Reason.KEY_TOO_LARGE, "key", text, "1.." + KEY_MAX_BYTES + " bytes")
                    .refused();
        }
        return new Key(key, text, binary);
    }

    /** Percent-decoded; a plus is a blank. */
    private byte[] bytes(String name) {
        String raw = encoded.getOrDefault(name, "");
        if (NOT_OF_A_URL.matcher(raw).find() || BROKEN_PERCENT.matcher(raw).find()) {
            throw Problem.of(Reason.INVALID_KEY_ENCODING, name, raw, "percent-encoded, each % with two hex digits")
                    .refused();
        }
        return java.net.URLDecoder.decode(raw, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String utf8(String name, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw Problem.of(
                            Reason.INVALID_KEY_ENCODING,
                            name,
                            encoded.getOrDefault(name, ""),
                            "UTF-8; a binary key is given as base64url with keyEncoding=base64url")
                    .refused();
        }
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException malformed) {
            throw Problem.of(
                            Reason.INVALID_KEY_ENCODING,
                            "key",
                            text,
                            "base64url (RFC 4648, section 5), as keyEncoding says")
                    .refused();
        }
    }

    private static Problem.Refused refusal(String field, String rule, String value) {
        return Problem.of(Reason.INVALID_PARAMETER, field, value, rule).refused();
    }
}
