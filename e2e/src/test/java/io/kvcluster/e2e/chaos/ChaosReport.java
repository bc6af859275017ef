package io.kvcluster.e2e.chaos;

import io.kvcluster.history.Operation;
import io.kvcluster.history.Outcome.Unknown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The run as a page with a table and a plot, and as the last lines of its output. */
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

    /** chaos-TARGET.md and chaos-TARGET.svg in this folder. @return the page */
    Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        String name = "chaos-" + target;
        TimelinePlot.write(timeline, run.faults(), folder.resolve(name));
        Path page = folder.resolve(name + ".md");
        Files.writeString(page, page(name));
        return page;
    }

    private String page(String name) {
        return """
                # Chaos on real processes (%s)

                `%s`: %d s of traffic, %d faults, one node broken at a time, on a machine with %d processors that ran the load, three
                nodes, operator and API server. %d operations, %d acknowledged, %.0f a second outside faults (median p99 of a second %.0f ms);
                %d refused or without answer, %d of unknown outcome (%.3f %%). %s

                | promise | broken |
                |---|---|
                %s

                | fault | times | failed | unknown | first success, s | p99 meanwhile, ms | replicas equal after, s |
                |---|---|---|---|---|---|---|
                %s

                Failed and unknown are sums until 5 s after each fault, or the next one. The other figures are the middle one and the worst: the first success of a hot
                key whose first replica is the broken node, from the beginning of the fault; the time from the end of the fault until each replica had
                all that was acknowledged during it ("never": not before the clients stopped).

                ![throughput, latency and faults](%s.svg)

                | keys | level | clients saw |
                |---|---|---|
                %s

                Histories are judged by the checkers of module `history`, which first reject the known-bad histories; what the disks hold in the end counts
                as reads after everything else. Clock faults are offsets up to 1.5 s either way, several jumps each.
                """.formatted(
                        target,
                        command,
                        run.length().toSeconds(),
                        run.faults().size(),
                        Runtime.getRuntime().availableProcessors(),
                        operations(),
                        acknowledged(),
                        timeline.rateOutsideFaults(),
                        timeline.p99MillisOutsideFaults(),
                        operations() - acknowledged() - unknown(),
                        unknown(),
                        100.0 * unknown() / Math.max(1, operations()),
                        equality(),
                        promises(),
                        faults(),
                        name,
                        populations());
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
            return "| " + kind.label() + " | 0 | | | | | |";
        }
        return "| %s | %d | %d | %d | %s, %s | %s, %s | %s, %s |"
                .formatted(
                        kind.label(),
                        of.size(),
                        of.stream().mapToLong(FaultFigures::failed).sum(),
                        of.stream().mapToLong(FaultFigures::unknown).sum(),
                        number(FaultFigures.median(of, FaultFigures::firstSuccessSeconds)),
                        number(of.stream()
                                .mapToDouble(FaultFigures::firstSuccessSeconds)
                                .max()
                                .orElseThrow()),
                        whole(FaultFigures.median(of, FaultFigures::p99Millis)),
                        whole(of.stream()
                                .mapToDouble(FaultFigures::p99Millis)
                                .max()
                                .orElseThrow()),
                        number(FaultFigures.median(of, FaultFigures::timeToEqualSeconds)),
                        number(of.stream()
                                .mapToDouble(FaultFigures::timeToEqualSeconds)
                                .max()
                                .orElseThrow()));
    }

    private static String number(double value) {
        return Double.isInfinite(value) ? "never" : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
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
                "chaos: %d s, %d faults, %.2f million operations, %.0f/s outside faults, %d unknown%n",
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
