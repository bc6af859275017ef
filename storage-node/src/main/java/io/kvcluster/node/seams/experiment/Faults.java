package io.kvcluster.node.seams.experiment;

import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The faults that a node suffers at the moment, as its fault file says. The file has lines {@code name=value}; what it does not
 * name is healthy.
 *
 * @param clockOffsetMillis {@code clock.offset-millis}: added to the wall clock; a change is a jump
 * @param clockDriftPpm {@code clock.drift-ppm}: by how much the wall clock runs too fast, from the moment this was read
 * @param cut {@code peers.cut}: which way nothing gets through
 * @param delayMillis {@code peers.delay-millis}: how much longer each frame takes, each way
 * @param hosts {@code peers.hosts}: which peers cut and delay are about, by address; empty, written {@code *}: all
 * @param freeBytes {@code disk.free-bytes}: the disk has no more than this to give; empty: what it really has
 */
record Faults(
        long clockOffsetMillis,
        long clockDriftPpm,
        Cut cut,
        long delayMillis,
        Set<String> hosts,
        OptionalLong freeBytes) {
    private static final long LARGEST_OFFSET_MILLIS = 86_400_000;
    private static final long LARGEST_DRIFT_PPM = 500_000;
    private static final long LONGEST_DELAY_MILLIS = 60_000;

    static final Faults NONE = new Faults(0, 0, Cut.NONE, 0, Set.of(), OptionalLong.empty());

    private static final Set<String> NAMES = new TreeSet<>(Set.of(
            "clock.offset-millis",
            "clock.drift-ppm",
            "peers.cut",
            "peers.delay-millis",
            "peers.hosts",
            "disk.free-bytes"));

    enum Cut {
        NONE,
        /** What the node sends is lost. */
        TO,
        /** What is sent to the node is lost. */
        FROM,
        BOTH
    }

    Faults {
        hosts = Set.copyOf(hosts);
    }

    /** @throws IllegalArgumentException with a sentence that names field, value and rule */
    static Faults parse(String text) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(text));
        } catch (IOException impossible) {
            throw new IllegalArgumentException("the fault file cannot be read: " + impossible.getMessage());
        }
        for (String name : lines.stringPropertyNames()) {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException(name + " is no fault: known are " + NAMES);
            }
        }
        return new Faults(
                number(lines, "clock.offset-millis", -LARGEST_OFFSET_MILLIS, LARGEST_OFFSET_MILLIS),
                number(lines, "clock.drift-ppm", -LARGEST_DRIFT_PPM, LARGEST_DRIFT_PPM),
                cut(lines.getProperty("peers.cut", "none").strip()),
                number(lines, "peers.delay-millis", 0, LONGEST_DELAY_MILLIS),
                hosts(lines.getProperty("peers.hosts", "*").strip()),
                lines.containsKey("disk.free-bytes")
                        ? OptionalLong.of(number(lines, "disk.free-bytes", 0, Long.MAX_VALUE))
                        : OptionalLong.empty());
    }

    private static long number(Properties lines, String name, long min, long max) {
        String value = lines.getProperty(name, "0").strip();
        try {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notOne) {
            // said below, together with what is out of range
        }
        throw new IllegalArgumentException(
                name + " is \"" + value + "\": it must be a whole number from " + min + " to " + max);
    }

    private static Cut cut(String value) {
        return Arrays.stream(Cut.values())
                .filter(cut -> cut.name().toLowerCase(Locale.ROOT).equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "peers.cut is \"" + value + "\": it must be none, to, from or both"));
    }

    private static Set<String> hosts(String value) {
        if (value.equals("*")) {
            return Set.of();
        }
        Set<String> hosts =
                Arrays.stream(value.split(",", -1)).map(String::strip).collect(Collectors.toSet());
        if (hosts.contains("") || hosts.contains("*")) {
            throw new IllegalArgumentException(
                    "peers.hosts is \"" + value + "\": it must be * or addresses with commas between them");
        }
        return hosts;
    }

    boolean losesTo(String host) {
        return (cut == Cut.TO || cut == Cut.BOTH) && concerns(host);
    }

    boolean losesFrom(String host) {
        return (cut == Cut.FROM || cut == Cut.BOTH) && concerns(host);
    }

    /** Nothing that needs an answer comes about. */
    boolean separates(String host) {
        return cut != Cut.NONE && concerns(host);
    }

    long delayNanos(String host) {
        return concerns(host) ? delayMillis * 1_000_000 : 0;
    }

    private boolean concerns(String host) {
        return hosts.isEmpty() || hosts.contains(host);
    }
}
