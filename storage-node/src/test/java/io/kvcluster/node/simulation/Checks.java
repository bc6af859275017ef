package io.kvcluster.node.simulation;

import io.kvcluster.history.History;
import io.kvcluster.history.HistoryJudge;
import io.kvcluster.history.Linearizability;
import io.kvcluster.history.NoInventedValues;
import io.kvcluster.history.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides from what clients saw whether every level kept its promise. The first violation is the answer. */
final class Checks {
    private static final HistoryJudge REGISTERS = new HistoryJudge(new NoInventedValues(), new Linearizability());
    private static final HistoryJudge VALUES = new HistoryJudge(new NoInventedValues());

    private final List<SimOperation> operations;
    private final Set<String> damaged;
    private final long clockSlackNanos;

    /**
     * @param damaged machines on whose disks something was lost or turned: what was promised there alone may be gone
     * @param clockSlackNanos by so much stamps may be ahead of, or behind, the world
     */
    Checks(List<SimOperation> operations, Set<String> damaged, long clockSlackNanos) {
        this.operations = operations;
        this.damaged = damaged;
        this.clockSlackNanos = clockSlackNanos;
    }

    Optional<String> violation() {
        Map<String, List<SimOperation>> byKey = new LinkedHashMap<>();
        for (SimOperation operation : operations) {
            byKey.computeIfAbsent(operation.key, _ -> new ArrayList<>()).add(operation);
        }
        return byKey.entrySet().stream()
                .flatMap(each -> checksOf(KeyKind.of(each.getKey())).stream()
                        .map(check -> check.violation(each.getValue()))
                        .flatMap(Optional::stream))
                .findFirst();
    }

    private List<KeyCheck> checksOf(KeyKind kind) {
        return switch (kind) {
            case REGISTER -> List.of(judged(REGISTERS));
            case EXPIRING -> List.of(judged(VALUES), new ExpiryCheck(clockSlackNanos));
            case EVENTUAL -> List.of(judged(VALUES), new VersionOrderCheck(damaged.isEmpty()));
            case ANY -> List.of(judged(VALUES), new VersionOrderCheck(damaged.isEmpty()), new OneDiskCheck(damaged));
            case SIBLINGS -> List.of(new SiblingsCheck());
            case SET -> List.of(new SetCheck());
        };
    }

    private static KeyCheck judged(HistoryJudge judge) {
        return operations -> {
            HistoryJudge.Judgement judgement = judge.judge(new History(
                    operations.stream().map(SimOperation::forHistory).toList()));
            return judgement.passed()
                    ? Optional.empty()
                    : judgement.verdicts().values().stream()
                            .filter(verdict -> !verdict.holds())
                            .map(Verdict::toString)
                            .findFirst();
        };
    }
}
