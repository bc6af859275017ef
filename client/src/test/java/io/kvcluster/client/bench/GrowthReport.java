package io.kvcluster.client.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvcluster.client.plot.LineChart;
import io.kvcluster.client.plot.Series;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What {@code build/bench-growth} measured, as a table and two plots: CPU of the servers for each operation over the number of nodes and
 * over the number of keys. Arguments: the directory for {@code growth.md}, {@code growth-nodes.svg} and {@code growth-keys.svg}, and the
 * result files of {@code kv bench}.
 */
final class GrowthReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private GrowthReport() {}

    /** One run. @param micros of CPU, of all servers, for each operation */
    private record Point(int nodes, int keys, double asked, double done, double micros, double p50, double p99) {
        static Point read(Path file) {
            try {
                JsonNode json = JSON.readTree(file.toFile());
                return new Point(
                        json.path("servers").size(),
                        json.path("plan").path("keys").asInt(),
                        json.path("plan").path("rate").asDouble(),
                        json.path("operationsPerSecond").asDouble(),
                        json.path("serverCpuMicrosPerOperation").asDouble(),
                        json.path("puts").path("micros").path("p50").asDouble(),
                        json.path("puts").path("micros").path("p99").asDouble());
            } catch (IOException e) {
                throw new UncheckedIOException(file.toString(), e);
            }
        }
    }

    public static void main(String... args) throws IOException {
        Path directory = Path.of(args[0]);
        List<Point> points =
                Arrays.stream(args).skip(1).map(Path::of).map(Point::read).toList();
        int fewestNodes = points.stream().mapToInt(Point::nodes).min().orElseThrow();
        int fewestKeys = points.stream().mapToInt(Point::keys).min().orElseThrow();
        List<Point> byNodes = points.stream()
                .filter(point -> point.keys() == fewestKeys)
                .sorted(Comparator.comparingInt(Point::nodes))
                .toList();
        List<Point> byKeys = points.stream()
                .filter(point -> point.nodes() == fewestNodes)
                .sorted(Comparator.comparingInt(Point::keys))
                .toList();
        String table = table(byNodes) + "\n" + table(byKeys);
        Files.writeString(directory.resolve("growth.md"), table);
        Files.writeString(
                directory.resolve("growth-nodes.svg"),
                plot(
                        "nodes",
                        byNodes,
                        byNodes.stream()
                                .map(point -> Integer.toString(point.nodes()))
                                .toList()));
        Files.writeString(
                directory.resolve("growth-keys.svg"),
                plot(
                        "keys",
                        byKeys,
                        byKeys.stream()
                                .map(point -> String.format(Locale.ROOT, "%,d", point.keys()))
                                .toList()));
        System.out.print(table);
    }

    private static String table(List<Point> points) {
        StringBuilder out = new StringBuilder(
                "| nodes | keys | op/s asked | op/s done | servers µs/op | of the first | puts p50 ms | p99 ms |\n"
                        + "|---|---|---|---|---|---|---|---|\n");
        for (Point point : points) {
            out.append(String.format(
                    Locale.ROOT,
                    "| %d | %,d | %,.0f | %,.0f | %.0f | %.2f | %.1f | %.1f |%n",
                    point.nodes(),
                    point.keys(),
                    point.asked(),
                    point.done(),
                    point.micros(),
                    point.micros() / points.getFirst().micros(),
                    point.p50() / 1e3,
                    point.p99() / 1e3));
        }
        return out.toString();
    }

    private static String plot(String what, List<Point> points, List<String> labels) {
        List<Double> x = new ArrayList<>();
        List<LineChart.XLabel> xLabels = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            x.add((double) i);
            xLabels.add(new LineChart.XLabel(i, labels.get(i)));
        }
        double first = points.getFirst().micros();
        List<Series> series = List.of(
                new Series("measured", x, points.stream().map(Point::micros).toList()),
                new Series(
                        "25 % above the first",
                        x, x.stream().map(_ -> first * 1.25).toList()));
        return LineChart.of("CPU of the servers for each operation", what, "µs", series)
                .withXLabels(xLabels)
                .svg();
    }
}
