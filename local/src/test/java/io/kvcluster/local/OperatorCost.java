package io.kvcluster.local;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * What settled clusters cost an operator: CPU of its process, requests to the API server, passes and memory, each in a minute. The
 * operator is a process of its own with the settings of its image; API server and nodes are in this one.
 *
 * <p>Arguments: folder of the plot, seconds measured for each number of clusters, seconds of warm-up, numbers of clusters.
 */
final class OperatorCost {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration CALM = Duration.ofSeconds(5);

    private final FakeFleet fleet;
    private final Process operator;
    private final URI metrics;
    private final HttpClient http = HttpClient.newHttpClient();

    /** @param cpuMillis of the operator */
    record Sample(
            int clusters,
            double seconds,
            double cpuMillis,
            Map<String, Long> asked,
            double passes,
            double passMillis,
            long residentBytes) {
        double inAMinute(double figure) {
            return figure * 60 / seconds;
        }

        double cpuMillisInAMinute() {
            return inAMinute(cpuMillis);
        }

        double callsInAMinute() {
            return inAMinute(asked.values().stream().mapToLong(Long::longValue).sum());
        }
    }

    private OperatorCost(FakeFleet fleet, Process operator, int port) {
        this.fleet = fleet;
        this.operator = operator;
        this.metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
    }

    public static void main(String[] arguments) throws Exception {
        Path plot = Path.of(arguments[0]);
        int seconds = Integer.parseInt(arguments[1]);
        int warmUp = Integer.parseInt(arguments[2]);
        List<Integer> counts =
                Stream.of(arguments).skip(3).map(Integer::valueOf).sorted().toList();
        Path folder = Files.createTempDirectory("operator-cost");
        try (FakeFleet fleet = new FakeFleet(folder, counts.getLast())) {
            int port = freePort();
            Process operator = start(fleet, folder, port);
            try {
                new OperatorCost(fleet, operator, port).measure(counts, seconds, warmUp, plot);
            } finally {
                operator.destroy();
                operator.waitFor();
            }
        } finally {
            delete(folder);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }

    /** As docker/operator-entrypoint.sh does, in a container of 384 MiB. */
    private static Process start(FakeFleet fleet, Path folder, int port) throws IOException {
        Path kubeconfig = folder.resolve("kubeconfig");
        Kubeconfig.write(kubeconfig, fleet.url());
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.kvcluster.operator.OperatorMain");
        builder.environment()
                .putAll(Map.of(
                        "KUBECONFIG", kubeconfig.toString(),
                        "KV_NODE_IMAGE", "node:1",
                        "KV_LEADER_ELECTION",
                                "false", // the embedded API server does not tell of rights, which election asks first
                        "KV_HTTP_ADDRESS", "127.0.0.1",
                        "KV_HTTP_PORT", String.valueOf(port)));
        return builder.redirectErrorStream(true)
                .redirectOutput(
                        Path.of(System.getProperty("operator.log", "/dev/null")).toFile())
                .start();
    }

    private void measure(List<Integer> counts, int seconds, int warmUp, Path plot) throws Exception {
        List<Sample> samples = new ArrayList<>();
        int there = 0;
        for (int count : counts) {
            long begun = System.nanoTime();
            fleet.create(there, count);
            until(() -> fleet.inPhase("Ready") == count, count + " clusters are ready");
            System.out.printf(Locale.ROOT, "%d clusters are ready after %.1f s%n", count, since(begun));
            calm();
            if (there == 0) {
                Thread.sleep(Duration.ofSeconds(warmUp));
            }
            there = count;
            Sample sample = sample(count, seconds);
            System.out.println(CostReport.row(sample));
            samples.add(sample);
        }
        System.out.println();
        System.out.print(CostReport.table(samples));
        CostReport.plot(samples, plot);
    }

    /** Nothing is written any more. */
    private void calm() throws InterruptedException {
        long before;
        do {
            before = fleet.writes();
            Thread.sleep(CALM);
        } while (fleet.writes() != before);
    }

    private Sample sample(int clusters, int seconds) throws Exception {
        Map<String, Long> before = fleet.asked();
        double passes = metric("kvcluster_operator_reconcile_duration_seconds_count");
        double passing = metric("kvcluster_operator_reconcile_duration_seconds_sum");
        long cpu = cpuMillis();
        long begun = System.nanoTime();
        Thread.sleep(Duration.ofSeconds(seconds));
        long used = cpuMillis() - cpu;
        double took = since(begun);
        Map<String, Long> asked = fleet.asked();
        asked.replaceAll((what, count) -> count - before.getOrDefault(what, 0L));
        double done = metric("kvcluster_operator_reconcile_duration_seconds_count") - passes;
        double in = metric("kvcluster_operator_reconcile_duration_seconds_sum") - passing;
        return new Sample(clusters, took, used, asked, done, done == 0 ? 0 : 1000 * in / done, residentBytes());
    }

    private long cpuMillis() {
        return operator.toHandle().info().totalCpuDuration().orElseThrow().toMillis();
    }

    private long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(operator.pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("the operator has no VmRSS");
    }

    private double metric(String name) throws Exception {
        return http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private void until(BooleanSupplier holds, String what) throws InterruptedException {
        long begun = System.nanoTime();
        while (!holds.getAsBoolean()) {
            if (!operator.isAlive() || since(begun) > PATIENCE.toSeconds()) {
                throw new IllegalStateException("it never came to pass that " + what
                        + (operator.isAlive() ? "" : ": the operator ended with " + operator.exitValue()));
            }
            Thread.sleep(100);
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
