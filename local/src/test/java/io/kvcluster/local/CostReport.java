package io.kvcluster.local;

import io.kvcluster.local.OperatorCost.Sample;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;

/** The figures of {@link OperatorCost} as a table and a plot. */
final class CostReport {
    private CostReport() {}

    static String table(List<Sample> samples) {
        StringBuilder table = new StringBuilder("""
                | clusters | CPU a minute | CPU a cluster and minute | API calls a minute | reads | watches | writes | passes a minute | a pass | RSS |
                |---|---|---|---|---|---|---|---|---|---|
                """);
        samples.forEach(sample -> table.append(row(sample)).append('\n'));
        return table.toString();
    }

    static String row(Sample sample) {
        return String.format(
                Locale.ROOT,
                "| %d | %.0f ms (%.2f %%) | %.1f ms | %.1f | %.1f | %.1f | %.1f | %.0f | %.2f ms | %d MiB |",
                sample.clusters(),
                sample.cpuMillisInAMinute(),
                sample.cpuMillisInAMinute() / 600,
                sample.cpuMillisInAMinute() / sample.clusters(),
                sample.callsInAMinute(),
                sample.inAMinute(sample.asked().get("read")),
                sample.inAMinute(sample.asked().get("watch")),
                sample.inAMinute(sample.asked().get("write")),
                sample.inAMinute(sample.passes()),
                sample.passMillis(),
                sample.residentBytes() >> 20);
    }

    /** @param file without its ending, which is .svg */
    static void plot(List<Sample> samples, Path file) throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(760)
                .height(420)
                .title("An operator with settled clusters of three pods")
                .xAxisTitle("clusters")
                .yAxisTitle("CPU a minute, milliseconds")
                .build();
        chart.setYAxisGroupTitle(1, "API calls a minute");
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setLegendPosition(Styler.LegendPosition.InsideNW)
                .setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisGroupPosition(1, Styler.YAxisPosition.Right);
        chart.getStyler().setYAxisMin(0, 0.0).setYAxisMin(1, 0.0);
        double[] clusters = samples.stream().mapToDouble(Sample::clusters).toArray();
        line(chart, "CPU", clusters, samples.stream().mapToDouble(Sample::cpuMillisInAMinute), 0, new Color(0x2ca02c));
        line(
                chart,
                "API calls",
                clusters,
                samples.stream().mapToDouble(Sample::callsInAMinute),
                1,
                new Color(0x1f77b4));
        VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    }

    private static void line(XYChart chart, String name, double[] x, DoubleStream y, int axis, Color color) {
        XYSeries series = chart.addSeries(name, x, y.toArray());
        series.setYAxisGroup(axis);
        series.setLineColor(color);
        series.setMarkerColor(color);
    }
}
