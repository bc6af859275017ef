package io.kvcluster.client.plot;

import java.util.List;
import java.util.Locale;

/**
 * Lines over a common x axis.
 *
 * @param logarithmicY for values above 0 that differ by orders of magnitude; values of 0 then sit at the bottom
 * @param xLabels at these x values instead of round ones, when not empty; the axis then runs from the first to the last
 */
public record LineChart(
        String title, String xLabel, String yLabel, boolean logarithmicY, List<XLabel> xLabels, List<Series> series) {
    private static final int MOST_MARKED = 60;

    /** What is written below the axis at a value. */
    public record XLabel(double at, String text) {}

    public LineChart {
        xLabels = List.copyOf(xLabels);
        series = List.copyOf(series);
    }

    public static LineChart of(String title, String xLabel, String yLabel, List<Series> series) {
        return new LineChart(title, xLabel, yLabel, false, List.of(), series);
    }

    public LineChart withLogarithmicY() {
        return new LineChart(title, xLabel, yLabel, true, xLabels, series);
    }

    public LineChart withXLabels(List<XLabel> labels) {
        return new LineChart(title, xLabel, yLabel, logarithmicY, labels, series);
    }

    public String svg() {
        Canvas canvas = new Canvas(title);
        canvas.legend(series.stream().map(Series::name).toList());
        Scale y = yScale();
        canvas.yAxis(y, yLabel);
        canvas.xLine(xLabel);
        Scale x = xScale();
        if (xLabels.isEmpty()) {
            x.ticks().forEach(tick -> canvas.xTick(x.pixel(tick), Scale.label(tick)));
        } else {
            xLabels.forEach(label -> canvas.xTick(x.pixel(label.at()), label.text()));
        }
        for (int i = 0; i < series.size(); i++) {
            draw(canvas, series.get(i), Canvas.colour(i), x, y);
        }
        return canvas.end();
    }

    private static void draw(Canvas canvas, Series line, String colour, Scale x, Scale y) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < line.x().size(); i++) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    x.pixel(line.x().get(i)),
                    y.pixel(line.y().get(i))));
        }
        canvas.add(
                "<polyline class=\"line\" stroke=\"%s\" points=\"%s\"/>",
                colour, points.toString().strip());
        if (line.x().size() > MOST_MARKED) {
            return;
        }
        for (int i = 0; i < line.x().size(); i++) {
            canvas.add(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s: %s</title></circle>",
                    x.pixel(line.x().get(i)),
                    y.pixel(line.y().get(i)),
                    colour,
                    Canvas.escape(line.name()),
                    Scale.label(line.y().get(i)));
        }
    }

    private Scale xScale() {
        double least = xs().min().orElse(0);
        double greatest = xs().max().orElse(1);
        return Scale.linear(least, greatest, false, Canvas.LEFT + 8, Canvas.RIGHT - 8);
    }

    private java.util.stream.DoubleStream xs() {
        return xLabels.isEmpty()
                ? series.stream().flatMap(line -> line.x().stream()).mapToDouble(Double::doubleValue)
                : xLabels.stream().mapToDouble(XLabel::at);
    }

    private Scale yScale() {
        double greatest = ys().max().orElse(1);
        double leastAbove = ys().filter(value -> value > 0).min().orElse(0);
        return logarithmicY && leastAbove > 0
                ? Scale.logarithmic(leastAbove, greatest, Canvas.BOTTOM, Canvas.TOP)
                : Scale.linear(0, Math.max(greatest, 0), true, Canvas.BOTTOM, Canvas.TOP);
    }

    private java.util.stream.DoubleStream ys() {
        return series.stream().flatMap(line -> line.y().stream()).mapToDouble(Double::doubleValue);
    }
}
