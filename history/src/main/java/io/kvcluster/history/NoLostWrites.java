package io.kvcluster.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * From a moment on, no read is older than the writes that were acknowledged before it began: neither a put nor a delete
 * is lost. Give the moment when faults have stopped and the cluster has converged, or the beginning for levels whose
 * read and write quorums overlap. Weaker than linearizable: concurrent operations may be seen in any order.
 */
public final class NoLostWrites implements HistoryCheck {
    private final long fromNanos;

    /** @param fromNanos reads invoked earlier are not judged; Long.MIN_VALUE judges all */
    public NoLostWrites(long fromNanos) {
        this.fromNanos = fromNanos;
    }

    @Override
    public String name() {
        return "no lost write";
    }

    @Override
    public HistoryCheck forKnownHistories() {
        return new NoLostWrites(Long.MIN_VALUE);
    }

    @Override
    public Verdict check(History history) {
        List<Violation> violations = new ArrayList<>();
        history.byKey().forEach((key, operations) -> check(key, operations, violations));
        return Verdict.of(history, violations);
    }

    private void check(String key, List<Operation> operations, List<Violation> violations) {
        Register register = Register.of(key, operations);
        Latest writes = Latest.of(
                operations.stream().filter(Operation::isAcknowledgedWrite).toList());
        for (Register.Cluster cluster : register.clusters()) {
            for (Operation read : cluster.reads()) {
                newerThan(cluster.put().effectBy(), read, writes)
                        .ifPresent(newer -> violations.add(replaced(read, cluster, newer)));
            }
        }
        Latest puts = Latest.of(operations.stream()
                .filter(operation -> operation.isAcknowledgedWrite() && operation.action() instanceof Action.Put)
                .toList());
        NavigableMap<Long, Long> deletedBy = latestDelete(register.deletes());
        for (Operation read : register.absentReads()) {
            Map.Entry<Long, Long> delete = deletedBy.floorEntry(read.completedNanos());
            long emptyBy = delete == null ? Long.MIN_VALUE : delete.getValue();
            newerThan(emptyBy, read, puts)
                    .ifPresent(put -> violations.add(Violation.of(
                            Anomaly.LOST_WRITE,
                            "read found nothing although a put was acknowledged before, and no delete came after it",
                            read,
                            put)));
        }
    }

    private Optional<Operation> newerThan(long seenEffectBy, Operation read, Latest writes) {
        return read.invokedNanos() < fromNanos
                ? Optional.empty()
                : writes.completedBefore(read.invokedNanos()).filter(write -> write.invokedNanos() > seenEffectBy);
    }

    private static Violation replaced(Operation read, Register.Cluster cluster, Operation newer) {
        boolean deleted = newer.action() instanceof Action.Delete;
        return Violation.of(
                deleted ? Anomaly.RESURRECTED_DELETE : Anomaly.STALE_READ,
                "read returned " + cluster.value() + " although a later " + (deleted ? "delete" : "put")
                        + " was acknowledged before the read began",
                read,
                cluster.put(),
                newer);
    }

    /** For each invocation time of a delete: the largest effect time of the deletes invoked until then. */
    private static NavigableMap<Long, Long> latestDelete(List<Operation> deletes) {
        NavigableMap<Long, Long> latest = new TreeMap<>();
        long effectBy = Long.MIN_VALUE;
        for (Operation delete : deletes) {
            effectBy = Math.max(effectBy, delete.effectBy());
            latest.put(delete.invokedNanos(), effectBy);
        }
        return latest;
    }

    /** For each completion time: the acknowledged write that was invoked last among those completed by then. */
    private record Latest(NavigableMap<Long, Operation> byCompletion) {
        static Latest of(List<Operation> writes) {
            NavigableMap<Long, Operation> latest = new TreeMap<>();
            Operation newest = null;
            for (Operation write : writes.stream()
                    .sorted(Comparator.comparingLong(Operation::completedNanos))
                    .toList()) {
                newest = newest == null || write.invokedNanos() > newest.invokedNanos() ? write : newest;
                latest.put(write.completedNanos(), newest);
            }
            return new Latest(latest);
        }

        Optional<Operation> completedBefore(long nanos) {
            return Optional.ofNullable(byCompletion.lowerEntry(nanos)).map(Map.Entry::getValue);
        }
    }
}
