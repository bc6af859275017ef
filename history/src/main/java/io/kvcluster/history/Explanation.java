package io.kvcluster.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * From a key whose operations have no order to the few that show it. First the shortest prefix in time that is already
 * impossible; then everything is left out that may be left out without making a legal history illegal (reads, unread
 * puts, deletes that explain no read) as long as the rest stays impossible.
 */
final class Explanation {
    private final String key;
    private final int stateLimit;
    private final Map<Long, Operation> originals = new HashMap<>();
    private List<Operation> core;

    private Explanation(String key, List<Operation> operations, int stateLimit) {
        this.key = key;
        this.stateLimit = stateLimit;
        this.core = operations;
        operations.forEach(operation -> originals.put(operation.id(), operation));
    }

    static Violation of(String key, List<Operation> operations, int stateLimit) {
        Explanation explanation = new Explanation(key, operations, stateLimit);
        explanation.cutToShortestPrefix();
        explanation.leaveOut(Operation::isAnsweredRead);
        explanation.leaveOut(explanation::isUnreadPut);
        explanation.leaveOutIdleDeletes();
        return explanation.violation();
    }

    private void cutToShortestPrefix() {
        long[] ends = core.stream()
                .mapToLong(Operation::completedNanos)
                .sorted()
                .distinct()
                .toArray();
        int low = 0;
        int high = ends.length - 1; // the whole is impossible
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Linearizability.impossible(key, prefix(ends[middle]), stateLimit)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        List<Operation> prefix = prefix(ends[low]);
        if (Linearizability.impossible(key, prefix, stateLimit)) {
            core = prefix;
        }
    }

    private List<Operation> prefix(long end) {
        List<Operation> prefix = new ArrayList<>();
        for (Operation operation : core) {
            if (operation.completedNanos() <= end) {
                prefix.add(operation);
            } else if (operation.invokedNanos() <= end && operation.isWrite() && !operation.wasNotApplied()) {
                prefix.add(new Operation(
                        operation.id(),
                        operation.client(),
                        operation.key(),
                        operation.action(),
                        Outcome.unknown("running"),
                        operation.invokedNanos(),
                        end));
            }
        }
        return prefix;
    }

    /** Delta debugging with halving chunks. */
    private void leaveOut(Predicate<Operation> mayGo) {
        int chunk = Math.max(1, core.size() / 2);
        while (true) {
            List<Operation> candidates = core.stream().filter(mayGo).toList();
            for (int from = 0; from < candidates.size(); from += chunk) {
                Set<Operation> gone =
                        new HashSet<>(candidates.subList(from, Math.min(candidates.size(), from + chunk)));
                List<Operation> rest = core.stream()
                        .filter(operation -> !gone.contains(operation))
                        .toList();
                if (Linearizability.impossible(key, rest, stateLimit)) {
                    core = rest;
                }
            }
            if (chunk == 1) {
                return;
            }
            chunk /= 2;
        }
    }

    private boolean isUnreadPut(Operation operation) {
        return operation.action() instanceof Action.Put(String value)
                && core.stream()
                        .noneMatch(
                                other -> other.outcome() instanceof Outcome.Found(String seen) && seen.equals(value));
    }

    /** A delete that no read of nothing can have seen is only a burden; without such reads all deletes are. */
    private void leaveOutIdleDeletes() {
        Register register = Register.of(key, core);
        leaveOut(operation -> operation.action() instanceof Action.Delete
                && register.absentReads().stream().noneMatch(read -> mayExplain(operation, read, register)));
    }

    private static boolean mayExplain(Operation delete, Operation read, Register register) {
        return !read.precedes(delete)
                && register.clusters().stream()
                        .noneMatch(cluster ->
                                delete.effectBy() < cluster.heldTo() && cluster.heldFrom() < read.invokedNanos());
    }

    private Violation violation() {
        Register register = Register.of(key, core);
        List<Operation> shown = core.stream()
                .map(operation -> originals.getOrDefault(operation.id(), operation))
                .toList();
        boolean lost = register.absentReads().stream().anyMatch(read -> nothingExplains(read, register));
        return lost
                ? new Violation(
                        Anomaly.LOST_WRITE, key, "read found nothing, and no delete can explain it in any order", shown)
                : new Violation(
                        Anomaly.NOT_LINEARIZABLE, key, "no order of these operations explains their answers", shown);
    }

    private static boolean nothingExplains(Operation read, Register register) {
        boolean neverEmpty = register.clusters().stream().anyMatch(cluster -> cluster.heldFrom() < read.invokedNanos());
        return neverEmpty && register.deletes().stream().noneMatch(delete -> mayExplain(delete, read, register));
    }
}
