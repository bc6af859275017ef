package io.kvcluster.history;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Judges histories with checks that have first been proven: a judge cannot be made from a check that accepts a shipped
 * bad history it should reject, rejects a good one, or that no shipped bad history tests at all. Immutable.
 */
public final class HistoryJudge {
    private final List<HistoryCheck> checks;

    /** @throws IllegalStateException when a check fails on the known histories; the message says which and how */
    public HistoryJudge(HistoryCheck... checks) {
        this.checks = List.of(checks);
        this.checks.forEach(HistoryJudge::prove);
    }

    /** For operations at {@code quorum} and {@code all}. */
    public static HistoryJudge linearizable() {
        return new HistoryJudge(new NoInventedValues(), new Linearizability());
    }

    /**
     * For weaker levels after convergence.
     *
     * @param convergedNanos reads invoked from then on must see every acknowledged write
     */
    public static HistoryJudge convergent(long convergedNanos) {
        return new HistoryJudge(new NoInventedValues(), new NoLostWrites(convergedNanos));
    }

    public Judgement judge(History history) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        checks.forEach(check -> verdicts.put(check.name(), check.check(history)));
        return new Judgement(verdicts);
    }

    /**
     * Verdicts by name of the check, in the order of the checks.
     *
     * @param verdicts at least one
     */
    public record Judgement(Map<String, Verdict> verdicts) {
        public boolean passed() {
            return verdicts.values().stream().allMatch(Verdict::holds);
        }

        @Override
        public String toString() {
            return verdicts.entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + entry.getValue())
                    .collect(Collectors.joining("\n"));
        }
    }

    static void prove(HistoryCheck given) {
        HistoryCheck check = given.forKnownHistories();
        int rejected = 0;
        for (KnownHistory known : KnownHistory.all()) {
            Verdict verdict = check.check(known.history());
            if (known.rejectedBy().contains(check.name())) {
                rejected++;
                demand(verdict instanceof Verdict.Violated, check, known, verdict, "accepts the known-bad history");
            } else if (!known.isBad()) {
                demand(verdict.holds(), check, known, verdict, "rejects the known-good history");
            }
        }
        if (rejected == 0) {
            throw new IllegalStateException(
                    "check '" + check.name() + "' is tested by no known-bad history: its verdicts prove nothing");
        }
    }

    private static void demand(boolean right, HistoryCheck check, KnownHistory known, Verdict verdict, String what) {
        if (!right) {
            throw new IllegalStateException("check '" + check.name() + "' " + what + " '" + known.name() + "' ("
                    + known.about() + "): " + verdict);
        }
    }
}
