package io.kvcluster.e2e.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Throughput and latency over time, and below them a row for each kind of fault with a bar for each time. Seconds are taken together
 * where there are more than pixels, so that hours take no more bytes than minutes.
 */
final class TimelinePlot {
    private static final int MOST_POINTS = 300;
    private static final int WIDTH = 1_100;
    private static final int LEFT = 170;
    private static final int RIGHT = WIDTH - 20;
    private static final int PANEL = 150;
    private static final int GAP = 30;
    private static final int TOP = 44;
    private static final int ROW = 15;
    private static final List<Integer> STEPS = List.of(10, 20, 30, 60, 120, 300, 600, 1_200, 3_600, 7_200);
    private static final int MOST_TICKS = 14;
    private static final String STYLE = """
            <style>
            .chaos{--ink:#1f2933;--soft:#6b7785;--grid:#e4e8ec;--paper:#fff;font:12px system-ui,sans-serif}
            @media (prefers-color-scheme:dark){.chaos{--ink:#e6e9ec;--soft:#9aa5b1;--grid:#323a43;--paper:#1b2127}}
            .chaos .paper{fill:var(--paper)} .chaos text{fill:var(--soft)} .chaos .title{fill:var(--ink);font-size:15px;font-weight:600}
            .chaos .grid{stroke:var(--grid)} .chaos polyline{fill:none;stroke-width:1.5;stroke-linejoin:round}
            .chaos .rate{stroke:#009e73} .chaos .bad{stroke:#d55e00} .chaos .p99{stroke:#8c6bb1}
            .chaos .nodes{fill:#d55e00} .chaos .control_plane{fill:#0072b2} .chaos .changes{fill:#009e73}
            </style>
            """;

    private final StringBuilder svg = new StringBuilder();
    private final Timeline timeline;
    private final List<Timeline.Second> seconds;
    private final int binSeconds;

    private TimelinePlot(Timeline timeline) {
        this.timeline = timeline;
        this.seconds = timeline.seconds();
        this.binSeconds = Math.max(1, (seconds.size() + MOST_POINTS - 1) / MOST_POINTS);
    }

    static void write(Timeline timeline, List<Injected> faults, Path file) throws IOException {
        Files.writeString(file, new TimelinePlot(timeline).draw(faults));
    }

    private String draw(List<Injected> faults) {
        List<FaultKind> kinds = java.util.Arrays.stream(FaultKind.values())
                .filter(kind -> faults.stream().anyMatch(fault -> fault.kind() == kind))
                .toList();
        int rows = TOP + 2 * (PANEL + GAP);
        int bottom = rows + kinds.size() * ROW;
        int height = bottom + 40;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chaos\" role=\"img\" viewBox=\"0 0 %d %d\">",
                WIDTH, height);
        add("<title>Throughput, latency and faults</title>");
        svg.append(STYLE);
        add("<rect class=\"paper\" width=\"%d\" height=\"%d\" rx=\"8\"/>", WIDTH, height);
        add(
                "<text class=\"title\" x=\"16\" y=\"26\">Operations and latency, %s, and what was broken or changed</text>",
                binSeconds == 1 ? "second by second" : binSeconds + " s by " + binSeconds + " s");
        time(bottom);
        double most = highest(Timeline.Second::acknowledged);
        panel(TOP, "acknowledged a second", most);
        line("rate", TOP, most, average(Timeline.Second::acknowledged));
        line("bad", TOP, most, average(Timeline.Second::failed));
        int below = TOP + PANEL + GAP;
        double slowest = highest(Timeline.Second::p99Millis);
        panel(below, "p99, ms", slowest);
        line("p99", below, slowest, worst(Timeline.Second::p99Millis));
        for (int i = 0; i < kinds.size(); i++) {
            row(kinds.get(i), rows + i * ROW, faults);
        }
        return svg.append("</svg>\n").toString();
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private double x(double second) {
        return LEFT + (RIGHT - LEFT) * Math.clamp(second / Math.max(1, seconds.size()), 0.0, 1.0);
    }

    private void time(int bottom) {
        int step = STEPS.stream()
                .filter(each -> seconds.size() / each <= MOST_TICKS)
                .findFirst()
                .orElse(STEPS.getLast());
        for (int second = 0; second <= seconds.size(); second += step) {
            add(
                    "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
                    x(second), x(second), TOP, bottom);
            add("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d s</text>", x(second), bottom + 20, second);
        }
    }

    private double highest(ToDoubleFunction<Timeline.Second> value) {
        return Math.max(1, seconds.stream().mapToDouble(value).max().orElse(1));
    }

    private void panel(int top, String label, double most) {
        add("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", LEFT, RIGHT, top, top);
        add("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", LEFT, RIGHT, top + PANEL, top + PANEL);
        add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f</text>", LEFT - 8, top + 4, most);
        add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>", LEFT - 8, top + PANEL + 4);
        add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 8, top + PANEL / 2, label);
    }

    private double[] average(ToDoubleFunction<Timeline.Second> value) {
        return bins(bin -> bin.stream().mapToDouble(value).average().orElse(0));
    }

    private double[] worst(ToDoubleFunction<Timeline.Second> value) {
        return bins(bin -> bin.stream().mapToDouble(value).max().orElse(0));
    }

    private double[] bins(ToDoubleFunction<List<Timeline.Second>> of) {
        double[] bins = new double[(seconds.size() + binSeconds - 1) / binSeconds];
        for (int i = 0; i < bins.length; i++) {
            bins[i] = of.applyAsDouble(seconds.subList(i * binSeconds, Math.min(seconds.size(), (i + 1) * binSeconds)));
        }
        return bins;
    }

    private void line(String style, int top, double most, double[] values) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            points.append(String.format(
                    Locale.ROOT, "%.1f,%.1f ", x((i + 0.5) * binSeconds), top + PANEL * (1 - values[i] / most)));
        }
        add("<polyline class=\"%s\" points=\"%s\"/>", style, points.toString().strip());
    }

    private void row(FaultKind kind, int top, List<Injected> faults) {
        add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 8, top + ROW - 3, kind.label());
        String style = kind.lane().name().toLowerCase(Locale.ROOT);
        for (Injected injected : faults) {
            if (injected.kind() == kind) {
                double from = x(timeline.at(injected.fault().fromNanos()));
                double to = x(timeline.at(injected.fault().toNanos()));
                add(
                        "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                        style, from, top + 3, Math.max(1.5, to - from), ROW - 4);
            }
        }
    }
}
