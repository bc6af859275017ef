package io.kvcluster.node.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Many seeds on all processors, or one with its trace. */
final class SimRuns {
    /** Where the fixed seeds of the tests begin. */
    static final long FIRST_SEED = 1;

    private final Kind kind;
    private final Map<Mark, Integer> marks = new EnumMap<>(Mark.class);
    private final List<Simulation.Result> failures = new ArrayList<>();
    private long runs;
    private long operations;
    private long answered;
    private long unknown;
    private long virtualMillis;
    private long epochs;

    private SimRuns(Kind kind) {
        this.kind = kind;
    }

    /** The two simulations of a seed. */
    enum Kind {
        /** The members stay as they are. */
        STILL(Mark.still()) {
            @Override
            Simulation.Result run(long seed, boolean traced) {
                return traced ? Simulation.traced(seed) : Simulation.run(seed);
            }
        },
        /** Members come, go, are given up and replaced. */
        MOVING(Mark.moves()) {
            @Override
            Simulation.Result run(long seed, boolean traced) {
                return MovingSimulation.run(seed, MoveFault.NONE, traced);
            }
        };

        private final Set<Mark> marks;

        Kind(Set<Mark> marks) {
            this.marks = marks;
        }

        abstract Simulation.Result run(long seed, boolean traced);
    }

    /** Seeds {@code first} to {@code first + seeds - 1}. @param progress hears a line now and then */
    static SimRuns of(
            Kind kind, long first, long seeds, LongFunction<Simulation.Result> run, Consumer<String> progress) {
        SimRuns sum = new SimRuns(kind);
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
        epochs += result.epochs();
        result.marks().stream().filter(kind.marks::contains).forEach(mark -> marks.merge(mark, 1, Integer::sum));
        if (result.violation().isPresent()) {
            failures.add(result);
            progress.accept(result.describe());
        }
        if (runs % Math.max(1, seeds / 20) == 0) {
            double minutes = (System.nanoTime() - began) / 60e9;
            progress.accept("%d of %d seeds, %.0f a minute, %d failed, %d of %d marks"
                    .formatted(runs, seeds, runs / minutes, failures.size(), marks.size(), kind.marks.size()));
        }
    }

    List<Simulation.Result> failures() {
        return failures;
    }

    Set<Mark> unreached() {
        Set<Mark> all = EnumSet.copyOf(kind.marks);
        all.removeAll(marks.keySet());
        return all;
    }

    long answered() {
        return answered;
    }

    long epochs() {
        return epochs;
    }

    String summary() {
        return "%s: %d seeds, %d failed; %d operations, %.1f %% answered, %.1f %% unknown; %d rings; %d s of virtual time%nmarks: %s%nnever reached: %s"
                .formatted(
                        kind,
                        runs,
                        failures.size(),
                        operations,
                        100.0 * answered / Math.max(1, operations),
                        100.0 * unknown / Math.max(1, operations),
                        epochs,
                        virtualMillis / 1_000,
                        marks.entrySet().stream()
                                .map(mark -> mark.getKey() + " " + mark.getValue())
                                .collect(Collectors.joining(", ")),
                        unreached());
    }

    /** {@code KINDS SEEDS n [first]} runs many, {@code KIND SEED x} replays one with its trace, {@code KINDS FAULTS n} counts what is missed. */
    public static void main(String[] args) {
        if (args.length < 3) {
            System.err.println("usage: STILL|MOVING|STILL,MOVING  SEEDS n [first] | SEED x | FAULTS n [name]");
            System.exit(2);
        }
        List<Kind> kinds = Stream.of(args[0].split(",")).map(Kind::valueOf).toList();
        long number = Long.parseLong(args[2]);
        boolean good = true;
        for (Kind kind : kinds) {
            good &= switch (args[1]) {
                case "SEEDS" -> many(kind, args.length > 3 ? Long.parseLong(args[3]) : FIRST_SEED, number);
                case "SEED" -> replay(kind, number);
                case "FAULTS" -> faults(kind, number, args.length > 3 ? args[3] : "");
                default -> throw new IllegalArgumentException(args[1] + ": must be SEEDS, SEED or FAULTS");
            };
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean many(Kind kind, long first, long seeds) {
        SimRuns runs = of(kind, first, seeds, seed -> kind.run(seed, false), System.out::println);
        System.out.println(runs.summary());
        return runs.failures().isEmpty() && runs.unreached().isEmpty();
    }

    private static boolean replay(Kind kind, long seed) {
        Simulation.Result result = kind.run(seed, true);
        result.trace().forEach(System.out::println);
        System.out.println(result.violation().isPresent() ? result.describe() : "seed " + seed + " is good");
        return result.violation().isEmpty();
    }

    /** Of each rule that is taken away: how many seeds show that a promise is broken. */
    private static boolean faults(Kind kind, long seeds, String only) {
        Map<String, LongFunction<Simulation.Result>> faults = new LinkedHashMap<>();
        switch (kind) {
            case STILL -> Stream.of(SeededFault.values()).forEach(fault -> faults.put(fault.name(), fault::run));
            case MOVING ->
                Stream.of(MoveFault.values())
                        .filter(fault -> fault != MoveFault.NONE)
                        .forEach(fault -> faults.put(fault.name(), seed -> MovingSimulation.run(seed, fault, false)));
        }
        faults.keySet().removeIf(name -> !only.isEmpty() && !name.equals(only));
        faults.forEach((name, run) -> {
            SimRuns runs = of(kind, FIRST_SEED, seeds, run, _ -> {});
            List<Simulation.Result> caught = runs.failures().stream()
                    .sorted(Comparator.comparing(result -> result.plan().seed()))
                    .toList();
            System.out.printf(
                    "| %s | %d | %s |%n",
                    name,
                    caught.size(),
                    caught.isEmpty() ? "" : caught.getFirst().plan().seed());
            caught.stream()
                    .limit(2)
                    .map(result -> result.violation().orElse(""))
                    .forEach(System.err::println);
        });
        return true;
    }
}
