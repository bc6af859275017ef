package io.kvcluster.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One client's reads of a key do not go back: after it saw a value it sees none that had certainly been replaced by it,
 * nor nothing without a delete that may have come later.
 */
public final class MonotonicReads implements HistoryCheck {
    @Override
    public String name() {
        return "monotonic reads";
    }

    @Override
    public Verdict check(History history) {
        List<Violation> violations = new ArrayList<>();
        history.byKey().forEach((key, operations) -> check(key, operations, violations));
        return Verdict.of(history, violations);
    }

    private record Seen(Operation put, Operation read) {}

    private static void check(String key, List<Operation> operations, List<Violation> violations) {
        Register register = Register.of(key, operations);
        Map<Operation, Operation> putOf = new HashMap<>();
        register.clusters().forEach(cluster -> cluster.reads().forEach(read -> putOf.put(read, cluster.put())));
        Map<String, Seen> newest = new HashMap<>();
        for (Operation read : operations) {
            Optional<Seen> before = Optional.ofNullable(newest.get(read.client()))
                    .filter(seen -> seen.read().precedes(read));
            Operation put = putOf.get(read);
            if (put != null) {
                before.filter(seen -> put.effectBy() < seen.put().invokedNanos())
                        .ifPresent(seen -> violations.add(Violation.of(
                                Anomaly.NON_MONOTONIC_READ,
                                "client " + read.client() + " read an older value after a newer one",
                                read,
                                put,
                                seen.put(),
                                seen.read())));
                newest.merge(
                        read.client(),
                        new Seen(put, read),
                        (old, now) -> now.put().invokedNanos() >= old.put().invokedNanos() ? now : old);
            } else if (read.outcome() instanceof Outcome.Absent) {
                before.filter(seen -> noDeleteBetween(seen.put(), read, register.deletes()))
                        .ifPresent(seen -> violations.add(Violation.of(
                                Anomaly.NON_MONOTONIC_READ,
                                "client " + read.client()
                                        + " found nothing after it had read a value, without a delete",
                                read,
                                seen.put(),
                                seen.read())));
            }
        }
    }

    private static boolean noDeleteBetween(Operation put, Operation read, List<Operation> deletes) {
        return deletes.stream()
                .noneMatch(delete ->
                        delete.invokedNanos() <= read.completedNanos() && delete.effectBy() >= put.invokedNanos());
    }
}
