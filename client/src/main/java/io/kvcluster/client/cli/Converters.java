package io.kvcluster.client.cli;

import io.kvcluster.client.Address;
import io.kvcluster.client.KvClientConfig;
import io.kvcluster.client.Level;
import io.kvcluster.client.bulk.InputFormat;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** From arguments to values. */
final class Converters {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

    private Converters() {}

    static void register(CommandLine kv) {
        kv.registerConverter(Duration.class, Converters::duration);
        kv.registerConverter(Address.class, text -> checked(() -> Address.parse(text, KvClientConfig.DEFAULT_PORT)));
        kv.registerConverter(Level.class, text -> checked(() -> Level.parse(text)));
        kv.registerConverter(InputFormat.class, Converters::format);
    }

    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a duration such as 500ms, 5s, 2m, 1h or 7d");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private static InputFormat format(String text) {
        return Arrays.stream(InputFormat.values())
                .filter(format -> format.label().equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("format is '" + text + "', but must be one of "
                        + Arrays.stream(InputFormat.values())
                                .map(InputFormat::label)
                                .collect(Collectors.joining(", "))));
    }

    private static <T> T checked(java.util.function.Supplier<T> parse) {
        try {
            return parse.get();
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
