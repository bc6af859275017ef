package io.kvcluster.client.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From values to pixels along one axis, with round ticks. */
final class Scale {
    private static final int FEWEST_TICKS = 4;

    private final boolean logarithmic;
    private final double low;
    private final double high;
    private final double from;
    private final double to;
    private final List<Double> ticks;

    private Scale(boolean logarithmic, double low, double high, double from, double to, List<Double> ticks) {
        this.logarithmic = logarithmic;
        this.low = low;
        this.high = high;
        this.from = from;
        this.to = to;
        this.ticks = ticks;
    }

    /** @param from pixel of the least value, {@code to} of the greatest */
    static Scale linear(double least, double greatest, boolean roundEnd, double from, double to) {
        double span = greatest - least > 0 ? greatest - least : Math.max(1, Math.abs(greatest));
        double step = step(span);
        double low = Math.floor(least / step + 1e-9) * step;
        double high = roundEnd ? Math.ceil((least + span) / step - 1e-9) * step : least + span;
        List<Double> ticks = new ArrayList<>();
        for (int i = 0; low + i * step <= high + step * 1e-6; i++) {
            ticks.add(low + i * step);
        }
        return new Scale(false, low, high, from, to, ticks);
    }

    /** Values must be above 0. */
    static Scale logarithmic(double least, double greatest, double from, double to) {
        double low = round(least, false);
        double high = round(greatest, true);
        if (high <= low) {
            high = low * 10;
        }
        boolean decadesOnly = Math.log10(high / low) > FEWEST_TICKS;
        List<Double> ticks = new ArrayList<>();
        for (int decade = (int) Math.floor(Math.log10(low)); Math.pow(10, decade) <= high * 1.0001; decade++) {
            for (int digit : decadesOnly ? new int[] {1} : new int[] {1, 2, 5}) {
                double tick = digit * Math.pow(10, decade);
                if (tick >= low * 0.9999 && tick <= high * 1.0001) {
                    ticks.add(tick);
                }
            }
        }
        return new Scale(true, low, high, from, to, ticks);
    }

    double pixel(double value) {
        double share = logarithmic
                ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
                : (value - low) / (high - low);
        return from + (to - from) * Math.clamp(share, 0, 1);
    }

    List<Double> ticks() {
        return ticks;
    }

    /** 1,500 -> 1.5k; 0.25 -> 0.25. */
    static String label(double value) {
        double size = Math.abs(value);
        if (size >= 1e6) {
            return trim(value / 1e6) + "M";
        }
        return size >= 1e3 ? trim(value / 1e3) + "k" : trim(value);
    }

    private static String trim(double value) {
        String text = String.format(Locale.ROOT, Math.abs(value) < 1 ? "%.3f" : "%.2f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    private static double step(double span) {
        double rough = span / FEWEST_TICKS;
        double decade = Math.pow(10, Math.floor(Math.log10(rough)));
        double digit = rough / decade;
        return decade * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
    }

    /** The next of 1, 2, 5 times a power of ten. */
    private static double round(double value, boolean up) {
        double decade = Math.pow(10, Math.floor(Math.log10(value) + 1e-9));
        double digit = value / decade;
        if (up) {
            return decade * (digit <= 1.0001 ? 1 : digit <= 2.0001 ? 2 : digit <= 5.0001 ? 5 : 10);
        }
        return decade * (digit < 1.9999 ? 1 : digit < 4.9999 ? 2 : 5);
    }
}
