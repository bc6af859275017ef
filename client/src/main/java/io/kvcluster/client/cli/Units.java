package io.kvcluster.client.cli;

import java.time.Duration;
import java.util.Locale;

/** Numbers for people. */
final class Units {
    private static final String BAR = "█";

    private Units() {}

    static String count(double number) {
        return String.format(Locale.ROOT, number < 100 ? "%,.1f" : "%,.0f", number);
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Without digits that say nothing: 99.9, 50. */
    static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }

    static String bytes(double bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }

    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 7200) {
            return seconds / 60 + "m" + (seconds % 60 == 0 ? "" : seconds % 60 + "s");
        }
        return seconds < 172_800 ? seconds / 3600 + "h" + seconds % 3600 / 60 + "m" : seconds / 86_400 + "d";
    }

    /** Microseconds as milliseconds. */
    static String millis(double micros) {
        return String.format(Locale.ROOT, "%.2f ms", micros / 1000);
    }

    /** @param fraction 0..1 */
    static String bar(double fraction, int width) {
        int full = (int) Math.round(Math.clamp(fraction, 0, 1) * width);
        return BAR.repeat(full) + "·".repeat(width - full);
    }

    /** How far something is, at the beginning of a progress line. @param fraction 0..1 */
    static String progress(double fraction) {
        return bar(fraction, 20) + String.format(Locale.ROOT, " %3.0f%%  ", fraction * 100);
    }
}
