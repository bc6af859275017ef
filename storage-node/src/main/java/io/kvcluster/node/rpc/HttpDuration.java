package io.kvcluster.node.rpc;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as URLs and JSON write them: {@code 250ms}, {@code 2s}, {@code 5m}, {@code 12h}, {@code 7d}. */
final class HttpDuration {
    static final String FORM = "a number and ms, s, m, h or d, e.g. 2s";

    private static final Pattern PATTERN = Pattern.compile("(\\d{1,10})(ms|s|m|h|d)");

    private HttpDuration() {}

    /** Empty when it is no duration. Cannot overflow: 10 digits of days are below 2^63 milliseconds. */
    static OptionalLong millis(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long unit = switch (matcher.group(2)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
        };
        return OptionalLong.of(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
    }
}
