package io.kvcluster.node.simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** Many seeds on all processors, or one with its trace. */
final class SimRuns {
    /** Where the fixed seeds of the tests begin. */
    static final long FIRST_SEED = 1;

    private final Map<Mark, Integer> marks = new EnumMap<>(Mark.class);
    private final List<Simulation.Result> failures = new ArrayList<>();
    private long runs;
    private long operations;
    private long answered;
    private long unknown;
    private long virtualMillis;

    private SimRuns() {}

    /** Seeds {@code first} to {@code first + seeds - 1}. @param progress hears a line now and then */
    static SimRuns of(long first, long seeds, LongFunction<Simulation.Result> run, Consumer<String> progress) {
        SimRuns sum = new SimRuns();
        AtomicLong next = new AtomicLong(first);
        long began = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofPlatform().name("sim-" + i).start(() -> {
                for (long seed = next.getAndIncrement(); seed < first + seeds; seed = next.getAndIncrement()) {
                    sum.add(run.apply(seed), seeds, began, progress);
                }
            }));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }
        return sum;
    }

    private synchronized void add(Simulation.Result result, long seeds, long began, Consumer<String> progress) {
        runs++;
        operations += result.operations();
        answered += result.answered();
        unknown += result.unknown();
        virtualMillis += result.virtualMillis();
        result.marks().forEach(mark -> marks.merge(mark, 1, Integer::sum));
        if (result.violation().isPresent()) {
            failures.add(result);
            progress.accept(describe(result));
        }
        if (runs % Math.max(1, seeds / 20) == 0) {
            double minutes = (System.nanoTime() - began) / 60e9;
            progress.accept("%d of %d seeds, %.0f a minute, %d failed, %d of %d marks"
                    .formatted(runs, seeds, runs / minutes, failures.size(), marks.size(), Mark.values().length));
        }
    }

    static String describe(Simulation.Result failed) {
        return "seed " + failed.plan().seed() + " FAILED (" + failed.plan().summary() + ")\n  "
                + failed.violation().orElse("") + "\n  replay: make sim SEED="
                + failed.plan().seed();
    }

    List<Simulation.Result> failures() {
        return failures;
    }

    Set<Mark> unreached() {
        Set<Mark> all = EnumSet.allOf(Mark.class);
        all.removeAll(marks.keySet());
        return all;
    }

    long answered() {
        return answered;
    }

    String summary() {
        return "%d seeds, %d failed; %d operations, %.1f %% answered, %.1f %% unknown; %d s of virtual time%nmarks: %s%nnever reached: %s"
                .formatted(
                        runs,
                        failures.size(),
                        operations,
                        100.0 * answered / Math.max(1, operations),
                        100.0 * unknown / Math.max(1, operations),
                        virtualMillis / 1_000,
                        marks.entrySet().stream()
                                .map(mark -> mark.getKey() + " " + mark.getValue())
                                .collect(Collectors.joining(", ")),
                        unreached());
    }

    /** {@code SEEDS n [first]} runs many, {@code SEED x} replays one with its trace. */
    public static void main(String[] args) {
        if (args.length >= 2 && args[0].equals("SEED")) {
            Simulation.Result result = Simulation.traced(Long.parseLong(args[1]));
            result.trace().forEach(System.out::println);
            System.out.println(result.violation().isPresent() ? describe(result) : "seed " + args[1] + " is good");
            System.exit(result.violation().isPresent() ? 1 : 0);
        }
        if (args.length >= 2 && args[0].equals("FAULT")) {
            SimRuns found = of(FIRST_SEED, Long.parseLong(args[2]), SeededFault.valueOf(args[1])::run, line -> {});
            found.failures().stream().map(SimRuns::describe).limit(3).forEach(System.out::println);
            System.out.println(args[1] + ": " + found.failures().size() + " of " + args[2] + ", first "
                    + found.failures().stream()
                            .mapToLong(failed -> failed.plan().seed())
                            .min());
            System.exit(0);
        }
        if (args.length < 2 || !args[0].equals("SEEDS")) {
            System.err.println("usage: SEEDS n [first] | SEED x");
            System.exit(2);
        }
        long seeds = Long.parseLong(args[1]);
        long first = args.length > 2 ? Long.parseLong(args[2]) : FIRST_SEED;
        SimRuns runs = of(first, seeds, Simulation::run, System.out::println);
        System.out.println(runs.summary());
        System.exit(runs.failures().isEmpty() && runs.unreached().isEmpty() ? 0 : 1);
    }
}
