package io.kvcluster.node.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * CPU and allocations per operation beside those of a committed file ("make bench-regression"). A machine is faster or slower than
 * another, and than itself an hour ago; so CPU is compared as a multiple of {@link CalibrationBench} in the same run. Ends with 1 when
 * something costs more than it did: {@code Regression FILE}; {@code Regression FILE write} keeps what it finds.
 */
public final class Regression {
    private static final double MORE_CPU = 1.4;
    private static final double MORE_BYTES = 1.1;
    /** Below that a change of bytes is the measurement's. */
    private static final double SOME_BYTES = 32;

    private static final String CALIBRATION = CalibrationBench.class.getSimpleName() + ".calibration";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** What an operation costs. */
    record Cost(double cpuMicros, double allocatedBytes) {}

    private Regression() {}

    public static void main(String[] arguments) throws IOException, RunnerException {
        Path file = Path.of(arguments[0]);
        boolean write = arguments.length > 1 && arguments[1].equals("write");
        if (!write && !Files.exists(file)) {
            System.out.println(file + " does not exist: \"make bench-regression KEEP=write\" makes it");
            System.exit(2);
        }
        Map<String, Cost> now = measure();
        if (write) {
            Files.writeString(file, JSON.writeValueAsString(now) + "\n");
            System.out.println("written: " + file);
            return;
        }
        Map<String, Cost> before = JSON.readValue(file.toFile(), new TypeReference<TreeMap<String, Cost>>() {});
        System.exit(compare(before, now) ? 0 : 1);
    }

    private static Map<String, Cost> measure() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("io\\.kvcluster\\.node\\..*Bench\\.")
                        .forks(1)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.seconds(2))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.seconds(1))
                        .addProfiler(GCProfiler.class)
                        .addProfiler(CpuProfiler.class)
                        .build())
                .run();
        Map<String, Cost> costs = new TreeMap<>();
        for (RunResult result : results) {
            String[] name = result.getParams().getBenchmark().split("\\.");
            costs.put(
                    name[name.length - 2] + "." + name[name.length - 1],
                    new Cost(
                            round(secondary(result, CpuProfiler.LABEL) / 1_000, 10_000),
                            round(secondary(result, "gc.alloc.rate.norm"), 1)));
        }
        return costs;
    }

    /** The median: an iteration in which the machine did something else says nothing of the code. */
    private static double secondary(RunResult result, String label) {
        return result.getSecondaryResults().get(label).getStatistics().getPercentile(50);
    }

    private static double round(double value, int parts) {
        return (double) Math.round(value * parts) / parts;
    }

    /** False when something costs more than it did. A benchmark that only one side knows is named. */
    static boolean compare(Map<String, Cost> before, Map<String, Cost> now) {
        double speed =
                now.get(CALIBRATION).cpuMicros() / before.get(CALIBRATION).cpuMicros();
        boolean good = true;
        for (Map.Entry<String, Cost> each : now.entrySet()) {
            Cost was = before.get(each.getKey());
            Cost is = each.getValue();
            String verdict = verdict(was, is, speed);
            good &= !verdict.startsWith("MORE");
            System.out.printf(
                    Locale.ROOT,
                    "%-32s CPU %9.3f us, was %9.3f; allocated %7.0f bytes, was %7.0f  %s%n",
                    each.getKey(),
                    is.cpuMicros(),
                    was == null ? Double.NaN : was.cpuMicros() * speed,
                    is.allocatedBytes(),
                    was == null ? Double.NaN : was.allocatedBytes(),
                    verdict);
        }
        for (String gone : before.keySet()) {
            if (!now.containsKey(gone)) {
                System.out.println(gone + " is not measured any more");
                good = false;
            }
        }
        return good;
    }

    /** @param speed how much slower this machine is than the one of the file */
    static String verdict(Cost was, Cost is, double speed) {
        if (was == null) {
            return "new";
        }
        if (is.allocatedBytes() > was.allocatedBytes() * MORE_BYTES + SOME_BYTES) {
            return "MORE ALLOCATED";
        }
        if (is.cpuMicros() > was.cpuMicros() * speed * MORE_CPU) {
            return "MORE CPU";
        }
        return "";
    }
}
