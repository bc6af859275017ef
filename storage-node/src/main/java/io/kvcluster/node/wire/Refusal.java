package io.kvcluster.node.wire;

import io.kvcluster.node.command.Reason;

/**
 * Why a request was turned away before anything was done.
 *
 * @param field the part of the request that is wrong, as the client spells it; empty when the whole is
 * @param value what was given, shortened to {@link #VALUE_CHARACTERS}; empty when absent
 * @param limit the rule that it breaks: a bound, a form, or the values that are known; empty when there is none to name
 * @param message one sentence for people, that names all three
 */
public record Refusal(Reason reason, String field, String value, String limit, String message) {
    /** Longer values are cut: errors travel in headers, and a client knows what it sent. */
    public static final int VALUE_CHARACTERS = 64;

    public Refusal {
        value = shorten(value);
    }

    /** Printable and short: control characters as '?', the middle of long text left out. */
    public static String shorten(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < VALUE_CHARACTERS; i++) {
            char c = text.charAt(i);
            out.append(c < 0x20 || c == 0x7f || Character.isSurrogate(c) || c == '�' ? '?' : c);
        }
        return text.length() > VALUE_CHARACTERS ? out.substring(0, VALUE_CHARACTERS - 3) + "..." : out.toString();
    }

    /** The exception to throw; this form reads better at the place of the check. */
    public RefusedException refused() {
        return new RefusedException(this);
    }
}
