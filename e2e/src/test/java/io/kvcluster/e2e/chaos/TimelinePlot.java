package io.kvcluster.e2e.chaos;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Throughput and latency over time, with a band for each fault. */
final class TimelinePlot {
    private static final int WIDTH = 1_400;
    private static final int HEIGHT = 560;
    private static final List<Color> BANDS = List.of(
            new Color(0xd62728),
            new Color(0x9467bd),
            new Color(0x1f77b4),
            new Color(0x17becf),
            new Color(0xbcbd22),
            new Color(0x8c564b),
            new Color(0xff7f0e),
            new Color(0x7f7f7f));
    private static final int TRANSLUCENT = 90;

    private TimelinePlot() {}

    /** @param file without its ending, which is .svg */
    static void write(Timeline timeline, List<Injected> faults, Path file) throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Acknowledged operations and their latency, second by second")
                .xAxisTitle("seconds")
                .yAxisTitle("operations a second")
                .build();
        chart.setYAxisGroupTitle(1, "p99, milliseconds");
        chart.getStyler()
                .setPlotGridVerticalLinesVisible(false)
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisGroupPosition(1, Styler.YAxisPosition.Right);
        chart.getStyler().setYAxisMin(0, 0.0).setYAxisMin(1, 0.0);

        List<Timeline.Second> seconds = timeline.seconds();
        int top = seconds.stream().mapToInt(Timeline.Second::acknowledged).max().orElse(1);
        bands(chart, timeline, faults, top);
        double[] time = new double[seconds.size()];
        for (int i = 0; i < time.length; i++) {
            time[i] = i + 0.5;
        }
        line(
                chart,
                "acknowledged",
                time,
                seconds.stream().mapToDouble(Timeline.Second::acknowledged).toArray(),
                new Color(0x2ca02c),
                0);
        line(
                chart,
                "failed or unknown",
                time,
                seconds.stream().mapToDouble(Timeline.Second::failed).toArray(),
                Color.BLACK,
                0);
        line(
                chart,
                "p99",
                time,
                seconds.stream().mapToDouble(Timeline.Second::p99Millis).toArray(),
                new Color(0x555599),
                1);
        VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    }

    private static void bands(XYChart chart, Timeline timeline, List<Injected> faults, int top) {
        for (FaultKind kind : FaultKind.values()) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (Injected injected : faults) {
                if (injected.kind() == kind) {
                    double from = timeline.at(injected.fault().fromNanos());
                    double to =
                            Math.max(from + 0.3, timeline.at(injected.fault().toNanos()));
                    x.addAll(List.of(from, from, to, to));
                    y.addAll(List.of(0.0, (double) top, (double) top, 0.0));
                }
            }
            if (!x.isEmpty()) {
                Color color = BANDS.get(kind.ordinal());
                XYSeries series = chart.addSeries(kind.label(), x, y);
                series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area);
                series.setMarker(SeriesMarkers.NONE);
                series.setLineWidth(0);
                series.setLineColor(color);
                series.setFillColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), TRANSLUCENT));
            }
        }
    }

    private static void line(XYChart chart, String name, double[] x, double[] y, Color color, int axis) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(color);
        series.setLineWidth(1.4f);
        series.setYAxisGroup(axis);
    }
}
