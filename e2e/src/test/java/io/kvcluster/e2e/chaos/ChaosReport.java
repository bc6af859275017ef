package io.kvcluster.e2e.chaos;

import io.kvcluster.history.Operation;
import io.kvcluster.history.Outcome.Unknown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The run as a section of a page with tables and a plot, and as the last lines of its output. */
final class ChaosReport {
    private static final int MILLION = 1_000_000;
    private static final int PROBLEMS_SHOWN = 10;

    private final ChaosRun run;
    private final List<FaultFigures> figures;
    private final List<Problem> problems;
    private final Timeline timeline;
    private final String target;
    private final String command;

    ChaosReport(ChaosRun run, List<FaultFigures> figures, List<Problem> problems, String target, String command) {
        this.run = run;
        this.figures = List.copyOf(figures);
        this.problems = List.copyOf(problems);
        this.timeline = Timeline.of(run);
        this.target = target;
        this.command = command;
    }

    /** A section of chaos.md and chaos-TARGET.svg in this folder. @return the page */
    Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        String plot = "chaos-" + target + ".svg";
        TimelinePlot.write(timeline, run.faults(), folder.resolve(plot));
        return new ChaosPage(folder).write(target, section(plot));
    }

    private String section(String plot) {
        return """
                ## %s

                `%s`: %d s of faults, %d of them, on a machine with %d processors%s.
                %d operations, %d acknowledged, %.0f a second while no node was broken (median p99 of a second %.0f ms); %d refused or without
                answer, %d of unknown outcome (%.3f %%). %s %s

                | promise | broken |
                |---|---|
                %s

                | what | times | errors | of these unknown | lasted | first success | whole again | replicas equal | p99 meanwhile, ms |
                |---|---|---|---|---|---|---|---|---|
                %s

                ![throughput, latency and faults](%s)

                | keys | level | clients saw |
                |---|---|---|
                %s

                Clock faults are offsets up to 1.5 s either way, several jumps each. Mixed are pod templates%s; the program in both is the same.
                """.formatted(
                        target,
                        command,
                        run.length().toSeconds(),
                        run.faults().size(),
                        Runtime.getRuntime().availableProcessors(),
                        target.equals("local") ? " that ran the load, up to six nodes, operator and API server" : "",
                        operations(),
                        acknowledged(),
                        timeline.rateOutsideFaults(),
                        timeline.p99MillisOutsideFaults(),
                        operations() - acknowledged() - unknown(),
                        unknown(),
                        100.0 * unknown() / Math.max(1, operations()),
                        equality(),
                        shortfall(),
                        promises(),
                        faults(),
                        plot,
                        populations(),
                        target.equals("local") ? " with different names of the image" : "");
    }

    /** Which kinds were made too seldom to say much. */
    private String shortfall() {
        String fewer = Judge.fewerThanOften(run).entrySet().stream()
                .map(kind -> kind.getKey().label() + " " + kind.getValue())
                .collect(Collectors.joining(", "));
        String missing = java.util.Arrays.stream(FaultKind.values())
                .filter(kind -> !run.kinds().contains(kind))
                .map(FaultKind::label)
                .collect(Collectors.joining(", "));
        return (fewer.isEmpty()
                        ? "Every kind was made " + Judge.OFTEN + " times or more."
                        : "Made less than " + Judge.OFTEN + " times: " + fewer + ".")
                + (missing.isEmpty() ? "" : " Not made here: " + missing + ".");
    }

    private String equality() {
        boolean equal = problems.stream().noneMatch(problem -> problem.promise() == Problem.Promise.REPLICAS_EQUAL);
        return String.format(
                        Locale.ROOT,
                        equal
                                ? "All replicas equal %.1f s after the last operation."
                                : "Replicas still differ after %.1f s.",
                        run.equalAfter().toMillis() / 1e3)
                + " Of "
                + run.digests().partitions() + " partitions, compared by the roots of their Merkle trees, "
                + run.digests().differing().size() + " differ.";
    }

    private String promises() {
        return java.util.Arrays.stream(Problem.Promise.values())
                .map(promise -> "| " + promise.sentence() + " | "
                        + problems.stream()
                                .filter(problem -> problem.promise() == promise)
                                .count() + " |")
                .collect(Collectors.joining("\n"));
    }

    private String faults() {
        return run.kinds().stream()
                .map(kind -> row(
                        kind,
                        figures.stream()
                                .filter(each -> each.injected().kind() == kind)
                                .toList()))
                .collect(Collectors.joining("\n"));
    }

    private static String row(FaultKind kind, List<FaultFigures> of) {
        if (of.isEmpty()) {
            return "| " + kind.label() + " | 0 | | | | | | | |";
        }
        long[] p99 = of.stream()
                .mapToLong(each -> Math.round(each.p99Millis()))
                .sorted()
                .toArray();
        boolean breaks = kind.lane() == FaultKind.Lane.NODES;
        return "| %s | %d | %d | %d | %s | %s | %s | %s | %d, %d |"
                .formatted(
                        kind.label(),
                        of.size(),
                        of.stream().mapToLong(FaultFigures::failed).sum(),
                        of.stream().mapToLong(FaultFigures::unknown).sum(),
                        pair(of, FaultFigures::lasted, false),
                        pair(of, FaultFigures::firstSuccess, true),
                        pair(of, FaultFigures::whole, breaks),
                        pair(of, FaultFigures::equal, breaks),
                        p99[p99.length / 2],
                        p99[p99.length - 1]);
    }

    /** @param always who has none never came to it */
    private static String pair(
            List<FaultFigures> of, Function<FaultFigures, Optional<Duration>> value, boolean always) {
        long never =
                always ? of.stream().filter(each -> value.apply(each).isEmpty()).count() : 0;
        String pair = FaultFigures.middleAndMost(of, value)
                .map(times -> String.format(Locale.ROOT, "%.2f, %.2f", times[0], times[1]))
                .orElse("");
        return never == 0 ? pair : (pair + " (" + never + " never)").strip();
    }

    private String populations() {
        return run.populations().stream()
                .map(population -> "| %s, %d keys | %s | %d operations |"
                        .formatted(
                                population.name(),
                                population.history().operations().stream()
                                        .map(Operation::key)
                                        .distinct()
                                        .count(),
                                population.level().label(),
                                population.history().operations().size()))
                .collect(Collectors.joining("\n"));
    }

    private long operations() {
        return run.populations().stream()
                .mapToLong(population -> population.history().operations().size())
                .sum();
    }

    private long acknowledged() {
        return run.populations().stream()
                .flatMap(population -> population.history().operations().stream())
                .filter(Timeline::isAcknowledged)
                .count();
    }

    private long unknown() {
        return run.populations().stream()
                .flatMap(population -> population.history().operations().stream())
                .filter(operation -> operation.outcome() instanceof Unknown)
                .count();
    }

    /** What was shown, and where to look. */
    String lastWords(Path page, Path histories) {
        StringBuilder words = new StringBuilder();
        words.append(String.format(
                Locale.ROOT,
                "chaos: %d s, %d faults, %.2f million operations, %.0f/s while no node was broken, %d unknown%n",
                run.length().toSeconds(),
                run.faults().size(),
                (double) operations() / MILLION,
                timeline.rateOutsideFaults(),
                unknown()));
        for (Problem.Promise promise : Problem.Promise.values()) {
            long broken = problems.stream()
                    .filter(problem -> problem.promise() == promise)
                    .count();
            words.append("  ")
                    .append(broken == 0 ? "shown   " : "BROKEN  ")
                    .append(promise.sentence())
                    .append('\n');
        }
        problems.stream()
                .limit(PROBLEMS_SHOWN)
                .forEach(problem -> words.append("  ").append(problem).append('\n'));
        if (problems.size() > PROBLEMS_SHOWN) {
            words.append("  and ").append(problems.size() - PROBLEMS_SHOWN).append(" more problems\n");
        }
        words.append("  table and plot: ")
                .append(page.toAbsolutePath().normalize())
                .append('\n');
        words.append("  histories:      ").append(histories.toAbsolutePath().normalize());
        return words.toString();
    }
}
