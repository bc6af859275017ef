package io.kvcluster.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One key's operations sorted by what they mean. Not applied writes and unanswered reads are gone, and so are puts of
 * unknown outcome that nobody read: an order that contains such a put is still legal without it.
 *
 * @param clusters each put with the reads that returned its value
 * @param deletes applied and unknown
 * @param unexplained reads whose value cannot have come from a put; they are in no cluster
 */
record Register(
        String key,
        List<Cluster> clusters,
        List<Operation> deletes,
        List<Operation> absentReads,
        List<Violation> unexplained) {

    /**
     * @param effectBy the put has taken effect by then: it was acknowledged, or read
     * @param first the operation that ends first: the value has held by then
     * @param last the operation that starts last: the value still holds then, or later
     */
    record Cluster(Operation put, List<Operation> reads, long effectBy, Operation first, Operation last) {
        static Cluster of(Operation put, List<Operation> reads) {
            Operation first = put;
            Operation last = put;
            for (Operation read : reads) {
                first = read.effectBy() < first.effectBy() ? read : first;
                last = read.invokedNanos() > last.invokedNanos() ? read : last;
            }
            return new Cluster(put, reads, first.effectBy(), first, last);
        }

        /** Begin of the time in which the value certainly held, when {@link #isForward}. */
        long heldFrom() {
            return first.effectBy();
        }

        long heldTo() {
            return last.invokedNanos();
        }

        /** Some operation of it precedes another; otherwise all of it may have happened at one instant. */
        boolean isForward() {
            return heldFrom() < heldTo();
        }

        String value() {
            return put.action() instanceof Action.Put(String value) ? value : "";
        }
    }

    static Register of(String key, List<Operation> operations) {
        Map<String, Operation> puts = new HashMap<>();
        Map<String, List<Operation>> reads = new HashMap<>();
        List<Operation> deletes = new ArrayList<>();
        List<Operation> absentReads = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation.action() instanceof Action.Put(String value)) {
                puts.put(value, operation);
            } else if (operation.action() instanceof Action.Delete && !operation.wasNotApplied()) {
                deletes.add(operation);
            } else if (operation.outcome() instanceof Outcome.Absent) {
                absentReads.add(operation);
            }
        }
        List<Violation> unexplained = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation.outcome() instanceof Outcome.Found(String value)) {
                Operation put = puts.get(value);
                if (put == null) {
                    unexplained.add(Violation.of(
                            Anomaly.VALUE_FROM_NOWHERE, "read returned " + value + ", which nobody put", operation));
                } else if (put.wasNotApplied()) {
                    unexplained.add(Violation.of(
                            Anomaly.NOT_APPLIED_SEEN,
                            "read returned " + value + ", whose put had ended not applied",
                            operation,
                            put));
                } else if (operation.completedNanos() < put.invokedNanos()) {
                    unexplained.add(Violation.of(
                            Anomaly.READ_OF_THE_FUTURE,
                            "read returned " + value + " before its put was invoked",
                            operation,
                            put));
                } else {
                    reads.computeIfAbsent(value, _ -> new ArrayList<>()).add(operation);
                }
            }
        }
        List<Cluster> clusters = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation.action() instanceof Action.Put(String value)) {
                List<Operation> readers = reads.getOrDefault(value, List.of());
                if (operation.isAcknowledgedWrite() || !readers.isEmpty()) {
                    clusters.add(Cluster.of(operation, readers));
                }
            }
        }
        return new Register(key, clusters, deletes, absentReads, unexplained);
    }
}
