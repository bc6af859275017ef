package io.kvcluster.e2e.chaos;

import io.kvcluster.e2e.chaos.Problem.Promise;
import io.kvcluster.e2e.chaos.Replicas.Copy;
import io.kvcluster.history.Action;
import io.kvcluster.history.History;
import io.kvcluster.history.HistoryJudge;
import io.kvcluster.history.NoInventedValues;
import io.kvcluster.history.Operation;
import io.kvcluster.history.Outcome.Unknown;
import io.kvcluster.history.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks for broken promises. What the disks hold in the end counts as read by one client more, after everything: so a lost write is a
 * history that has no order. At the weaker levels writes are ordered by their versions, not by time: there the newest acknowledged
 * version, or a newer one, must be what every replica has.
 */
final class Judge {
    private static final double MOST_UNKNOWN = 0.01;
    /** A run that long makes each kind that often; a shorter one only says of which kinds it made fewer. */
    static final Duration LONG = Duration.ofMinutes(30);

    static final int OFTEN = 5;
    private static final int LEAST_CLIENTS = 10;
    private static final int LEAST_KEYS = 50;
    private static final int EXAMPLES = 5;

    private final double leastRate;
    // Each proves itself on the known-bad histories, or throws.
    private final HistoryJudge registers = HistoryJudge.linearizable();
    private final HistoryJudge weaker = new HistoryJudge(new NoInventedValues());

    /** @param leastRate acknowledged operations a second outside faults */
    Judge(double leastRate) {
        this.leastRate = leastRate;
    }

    /** Empty: all is well. */
    List<Problem> problems(ChaosRun run) {
        List<Problem> problems = new ArrayList<>();
        for (Population population : run.populations()) {
            histories(run, population, problems);
            newest(run, population, problems);
        }
        equal(run, problems);
        digests(run, problems);
        run.flaws().forEach(flaw -> problems.add(new Problem(Promise.RING_WHOLE, flaw)));
        problems.addAll(run.stuck());
        faults(run, problems);
        clients(run, problems);
        load(run, problems);
        unknown(run, problems);
        return problems;
    }

    // --- promises

    private void histories(ChaosRun run, Population population, List<Problem> problems) {
        History whole = withFinalReads(population, run.copies());
        HistoryJudge judge = population.isRegister() ? registers : weaker;
        judge.judge(whole).verdicts().forEach((check, verdict) -> {
            if (!verdict.holds()) {
                problems.add(
                        new Problem(promise(verdict, population), population.name() + ", " + check + ": " + verdict));
            }
        });
    }

    private static Promise promise(Verdict verdict, Population population) {
        if (!(verdict instanceof Verdict.Violated violated)) {
            return Promise.LINEARIZABLE;
        }
        return switch (violated.violations().getFirst().anomaly()) {
            case VALUE_FROM_NOWHERE, READ_OF_THE_FUTURE, NOT_APPLIED_SEEN -> Promise.NOTHING_INVENTED;
            case LOST_WRITE -> Promise.NOTHING_LOST;
            case RESURRECTED_DELETE -> Promise.NOTHING_RESURRECTED;
            case STALE_READ, NON_MONOTONIC_READ -> Promise.NOTHING_STALE;
            case SPLIT_VALUE, NOT_LINEARIZABLE -> Promise.LINEARIZABLE;
        };
    }

    /** Where replicas differ there is no one end; that they do is judged elsewhere. */
    private static History withFinalReads(Population population, Map<String, List<Copy>> copies) {
        List<Operation> all = new ArrayList<>(population.history().operations());
        long id = all.stream().mapToLong(Operation::id).max().orElse(0);
        long end = all.stream().mapToLong(Operation::completedNanos).max().orElse(0);
        Set<String> keys = new HashSet<>();
        all.forEach(operation -> keys.add(operation.key()));
        for (String key : keys) {
            List<Copy> held = copies.getOrDefault(key, List.of());
            if (!held.isEmpty() && Replicas.areEqual(held)) {
                Copy copy = held.getFirst();
                all.add(new Operation(
                        ++id,
                        "every disk",
                        key,
                        Action.get(),
                        copy.isAbsent()
                                ? io.kvcluster.history.Outcome.absent()
                                : io.kvcluster.history.Outcome.found(copy.value()),
                        end + 1,
                        end + 2));
            }
        }
        return new History(all);
    }

    /** Lost is what no replica has. */
    private static void newest(ChaosRun run, Population population, List<Problem> problems) {
        Map<String, List<Operation>> unknown = unknownWrites(population.history());
        population.newest().forEach((key, write) -> {
            List<Copy> answers = run.copies().getOrDefault(key, List.of()).stream()
                    .filter(copy -> copy.problem().isEmpty())
                    .toList();
            boolean mayBeAbsent = write.isDelete()
                    || unknown.getOrDefault(key, List.of()).stream()
                            .anyMatch(operation -> operation.action() instanceof Action.Delete);
            boolean kept = answers.stream()
                    .anyMatch(copy -> copy.isAbsent() ? mayBeAbsent : copy.version() >= write.version());
            if (!kept) {
                problems.add(new Problem(
                        write.isDelete() ? Promise.NOTHING_RESURRECTED : Promise.NOTHING_LOST,
                        population.name() + ": " + write + " of " + key + " was acknowledged, but replicas have "
                                + answers));
            }
        });
    }

    private static Map<String, List<Operation>> unknownWrites(History history) {
        Map<String, List<Operation>> unknown = new HashMap<>();
        for (Operation operation : history.operations()) {
            if (operation.outcome() instanceof Unknown) {
                unknown.computeIfAbsent(operation.key(), _ -> new ArrayList<>()).add(operation);
            }
        }
        return unknown;
    }

    private static void equal(ChaosRun run, List<Problem> problems) {
        List<Map.Entry<String, List<Copy>>> differing = run.copies().entrySet().stream()
                .filter(entry -> !Replicas.areEqual(entry.getValue()))
                .toList();
        if (!differing.isEmpty()) {
            problems.add(new Problem(
                    Promise.REPLICAS_EQUAL,
                    differing.size() + " of " + run.copies().size() + " keys differ after "
                            + run.equalAfter().toSeconds() + " s, for example "
                            + differing.stream().limit(EXAMPLES).toList()));
        }
    }

    private static void digests(ChaosRun run, List<Problem> problems) {
        if (!run.digests().isEqual()) {
            problems.add(new Problem(Promise.REPLICAS_EQUAL, "whole partitions by their digests: " + run.digests()));
        }
    }

    // --- what a run must show to mean anything

    private static void faults(ChaosRun run, List<Problem> problems) {
        if (run.length().compareTo(LONG) >= 0) {
            fewerThanOften(run)
                    .forEach((kind, made) -> problems.add(new Problem(
                            Promise.FAULTS_OFTEN, kind.label() + " was made " + made + " times, not " + OFTEN)));
        }
    }

    /** How often those kinds were made of which a run that means something makes more. */
    static Map<FaultKind, Long> fewerThanOften(ChaosRun run) {
        Map<FaultKind, Long> fewer = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : run.kinds()) {
            long made =
                    run.faults().stream().filter(fault -> fault.kind() == kind).count();
            if (made < OFTEN) {
                fewer.put(kind, made);
            }
        }
        return fewer;
    }

    /** Some population of registers has that many clients on so few keys that they meet. */
    private static void clients(ChaosRun run, List<Problem> problems) {
        boolean enough = run.populations().stream()
                .filter(Population::isRegister)
                .map(population -> population.history().operations())
                .anyMatch(operations -> operations.stream()
                                        .map(Operation::client)
                                        .distinct()
                                        .count()
                                >= LEAST_CLIENTS
                        && operations.stream().map(Operation::key).distinct().count() >= LEAST_KEYS
                        && haveUniqueValues(operations));
        if (!enough) {
            problems.add(new Problem(
                    Promise.CLIENTS_ENOUGH,
                    "no population at quorum has " + LEAST_CLIENTS + " clients on " + LEAST_KEYS
                            + " keys with values of which none is put twice"));
        }
    }

    private static boolean haveUniqueValues(List<Operation> operations) {
        Set<String> values = new HashSet<>();
        return operations.stream()
                .filter(operation -> operation.action() instanceof Action.Put)
                .allMatch(operation -> values.add(operation.key() + "=" + ((Action.Put) operation.action()).value()));
    }

    private void load(ChaosRun run, List<Problem> problems) {
        double rate = Timeline.of(run).rateOutsideFaults();
        if (rate < leastRate) {
            problems.add(new Problem(
                    Promise.LOAD_ENOUGH,
                    Math.round(rate) + " operations a second were acknowledged, not " + Math.round(leastRate)));
        }
    }

    private static void unknown(ChaosRun run, List<Problem> problems) {
        long all = 0;
        List<Operation> unknown = new ArrayList<>();
        for (Population population : run.populations()) {
            all += population.history().operations().size();
            population.history().operations().stream()
                    .filter(operation -> operation.outcome() instanceof Unknown)
                    .forEach(unknown::add);
        }
        if (unknown.size() > MOST_UNKNOWN * all) {
            problems.add(new Problem(Promise.UNKNOWN_RARE, unknown.size() + " of " + all + " outcomes are unknown"));
        }
        List<Operation> inexcusable = unknown.stream()
                .filter(operation ->
                        run.faults().stream().noneMatch(fault -> fault.excuses(operation.completedNanos())))
                .toList();
        if (!inexcusable.isEmpty()) {
            problems.add(new Problem(
                    Promise.UNKNOWN_RARE,
                    inexcusable.size() + " outcomes are unknown far from any fault, for example "
                            + inexcusable.stream().limit(EXAMPLES).toList()));
        }
    }
}
