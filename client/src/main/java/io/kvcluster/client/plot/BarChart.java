package io.kvcluster.client.plot;

import java.util.List;

/**
 * Bars side by side in groups: group i has {@code values.get(s).get(i)} for each named part s.
 *
 * @param values by part, then by group
 */
public record BarChart(
        String title, String yLabel, List<String> groups, List<String> parts, List<List<Double>> values) {
    private static final double WIDEST = 64;

    public BarChart {
        groups = List.copyOf(groups);
        parts = List.copyOf(parts);
        values = values.stream().map(List::copyOf).toList();
        if (values.size() != parts.size()) {
            throw new IllegalArgumentException(parts.size() + " parts have " + values.size() + " lists of values");
        }
        for (List<Double> part : values) {
            if (part.size() != groups.size()) {
                throw new IllegalArgumentException(groups.size() + " groups have " + part.size() + " values");
            }
        }
    }

    public String svg() {
        Canvas canvas = new Canvas(title);
        if (parts.size() > 1) {
            canvas.legend(parts);
        }
        double greatest = values.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        Scale y = Scale.linear(0, greatest, true, Canvas.BOTTOM, Canvas.TOP);
        canvas.yAxis(y, yLabel);
        canvas.xLine("");
        double room = (Canvas.RIGHT - Canvas.LEFT) / Math.max(1, groups.size());
        double width = Math.min(WIDEST, room * 0.7 / Math.max(1, parts.size()));
        for (int group = 0; group < groups.size(); group++) {
            double middle = Canvas.LEFT + room * (group + 0.5);
            canvas.xTick(middle, groups.get(group));
            for (int part = 0; part < parts.size(); part++) {
                bar(canvas, y, middle + (part - parts.size() / 2.0) * width, width, part, group);
            }
        }
        return canvas.end();
    }

    private void bar(Canvas canvas, Scale y, double x, double width, int part, int group) {
        double value = values.get(part).get(group);
        double top = y.pixel(value);
        canvas.add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>%s, %s: %s</title></rect>",
                x + 1,
                top,
                Math.max(1, width - 2),
                Canvas.BOTTOM - top,
                Canvas.colour(part),
                Canvas.escape(groups.get(group)),
                Canvas.escape(parts.get(part)),
                Scale.label(value));
        canvas.add(
                "<text class=\"name\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                x + width / 2, top - 5, Scale.label(value));
    }
}
