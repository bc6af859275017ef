package io.kvcluster.e2e.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * How many times slower than on idle processors this process runs because others work on the machine too. What is promised for idle
 * processors is expected so much later, or so much less of it. Our own work, that of the nodes included, is no excuse: while others take
 * less than {@link #OTHERS_SHARE} of the machine the answer is 1. Known on Linux only; elsewhere it is 1 as well.
 */
public final class Slowness implements AutoCloseable {
    static final double OTHERS_SHARE = 0.1;

    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long PAUSE_MILLIS = 90;
    /** USER_HZ, the same on every Linux that a JDK runs on. */
    private static final double TICKS_A_SECOND = 100;

    private static final Path PROCESSES = Path.of("/proc");

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ScheduledThreadPoolExecutor sampler = new ScheduledThreadPoolExecutor(1);
    private final LongAdder wallNanos = new LongAdder();
    private final LongAdder cpuNanos = new LongAdder();
    private final boolean known = Files.isReadable(PROCESSES.resolve("stat"));
    private final long beginNanos = System.nanoTime();
    private final double beginAll = known ? busySeconds() : 0;
    private final double beginOwn = known ? ownSeconds() : 0;

    /** From now on. */
    public static Slowness watch() {
        Slowness slowness = new Slowness();
        slowness.sampler.scheduleWithFixedDelay(slowness::burst, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return slowness;
    }

    private Slowness() {}

    /** Since the watch began; at least 1, and at least what {@code e2e.slowness} says. */
    public double factor() {
        if (!known) {
            return Settings.slowness();
        }
        double available =
                (System.nanoTime() - beginNanos) / 1e9 * Runtime.getRuntime().availableProcessors();
        double others = Math.max(0, busySeconds() - beginAll - (ownSeconds() - beginOwn));
        return Math.max(
                Settings.slowness(),
                factor(others / available, (double) wallNanos.sum() / Math.max(1, cpuNanos.sum())));
    }

    /**
     * @param othersShare of the machine's processors, 0..1
     * @param stretch how long work takes here for each second of a processor that it needs
     */
    static double factor(double othersShare, double stretch) {
        return othersShare < OTHERS_SHARE ? 1 : Math.max(1, stretch);
    }

    /** Works for a little while, and sees how long that takes. */
    private void burst() {
        long wall = System.nanoTime();
        long cpu = threads.getCurrentThreadCpuTime();
        long used = 0;
        while (used < BURST_NANOS) {
            used = threads.getCurrentThreadCpuTime() - cpu;
        }
        cpuNanos.add(used);
        wallNanos.add(System.nanoTime() - wall);
    }

    private static double busySeconds() {
        return busySeconds(read(PROCESSES.resolve("stat")));
    }

    /** Of all processors since boot, what a hypervisor took away included. @param stat the text of /proc/stat */
    static double busySeconds(String stat) {
        String[] fields = stat.lines().findFirst().orElseThrow().trim().split(" +");
        double ticks = 0;
        for (int i = 1; i < Math.min(fields.length, 9); i++) {
            if (i != 4 && i != 5) { // idle, and waiting for a disk
                ticks += Double.parseDouble(fields[i]);
            }
        }
        return ticks / TICKS_A_SECOND;
    }

    /** Of this process and its descendants, those that have ended included. */
    private static double ownSeconds() {
        return Stream.concat(
                        Stream.of(ProcessHandle.current()),
                        ProcessHandle.current().descendants())
                .mapToDouble(process -> processSeconds(read(PROCESSES.resolve(process.pid() + "/stat"))))
                .sum();
    }

    /** @param stat the text of /proc/PID/stat; empty: it has ended, and is counted by its parent */
    static double processSeconds(String stat) {
        if (stat.isEmpty()) {
            return 0;
        }
        // The name in brackets may hold blanks.
        List<String> fields =
                List.of(stat.substring(stat.lastIndexOf(')') + 1).trim().split(" +"));
        return fields.subList(11, 15).stream().mapToDouble(Double::parseDouble).sum() / TICKS_A_SECOND;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException ended) {
            return "";
        } catch (IOException e) {
            if (Files.exists(file)) {
                throw new UncheckedIOException(e);
            }
            return "";
        }
    }

    @Override
    public void close() {
        sampler.shutdownNow();
    }
}
