package io.kvcluster.client.plot;

import java.util.List;
import java.util.Locale;

/** One chart's SVG text under construction: frame, axes and legend, that all charts share. */
final class Canvas {
    static final int WIDTH = 720;
    static final int HEIGHT = 320;
    static final double LEFT = 64;
    static final double RIGHT = WIDTH - 20;
    static final double TOP = 64;
    static final double BOTTOM = HEIGHT - 52;

    /** Told apart also by those who do not see all colours (Okabe and Ito). */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#7f7f7f");

    private static final String STYLE = """
            <style>
            .kvplot{--ink:#1f2933;--soft:#6b7785;--grid:#e4e8ec;--paper:#fff;font:12px system-ui,sans-serif}
            @media (prefers-color-scheme:dark){.kvplot{--ink:#e6e9ec;--soft:#9aa5b1;--grid:#323a43;--paper:#1b2127}}
            .kvplot .paper{fill:var(--paper)} .kvplot text{fill:var(--soft)} .kvplot .title{fill:var(--ink);font-size:15px;font-weight:600}
            .kvplot .name{fill:var(--ink)} .kvplot .grid{stroke:var(--grid)} .kvplot .axis{stroke:var(--soft)}
            .kvplot .line{fill:none;stroke-width:2;stroke-linejoin:round}
            </style>
            """;

    private final StringBuilder svg = new StringBuilder();

    Canvas(String title) {
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"kvplot\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">%n",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT));
        svg.append("<title>").append(escape(title)).append("</title>\n").append(STYLE);
        add("<rect class=\"paper\" width=\"%d\" height=\"%d\" rx=\"8\"/>", WIDTH, HEIGHT);
        add("<text class=\"title\" x=\"16\" y=\"26\">%s</text>", escape(title));
    }

    static String colour(int series) {
        return COLOURS.get(series % COLOURS.size());
    }

    void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    void legend(List<String> names) {
        double x = 16;
        for (int i = 0; i < names.size(); i++) {
            add("<rect x=\"%.1f\" y=\"38\" width=\"12\" height=\"4\" rx=\"2\" fill=\"%s\"/>", x, colour(i));
            add("<text class=\"name\" x=\"%.1f\" y=\"45\">%s</text>", x + 17, escape(names.get(i)));
            x += 36 + names.get(i).length() * 6.8;
        }
    }

    void yAxis(Scale scale, String label) {
        for (double tick : scale.ticks()) {
            double y = scale.pixel(tick);
            add("<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, RIGHT, y, y);
            add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8, y + 4, Scale.label(tick));
        }
        add(
                "<text x=\"14\" y=\"%.1f\" text-anchor=\"middle\" transform=\"rotate(-90 14 %.1f)\">%s</text>",
                (TOP + BOTTOM) / 2, (TOP + BOTTOM) / 2, escape(label));
    }

    void xLine(String label) {
        add("<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, RIGHT, BOTTOM, BOTTOM);
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                (LEFT + RIGHT) / 2, BOTTOM + 40, escape(label));
    }

    void xTick(double x, String label) {
        add("<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x, BOTTOM, BOTTOM + 4);
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>", x, BOTTOM + 19, escape(label));
    }

    String end() {
        return svg.append("</svg>\n").toString();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
