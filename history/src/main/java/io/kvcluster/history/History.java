package io.kvcluster.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What clients saw: operations in the order of their invocation. Immutable.
 *
 * @param operations sorted by invocation time, then id
 */
public record History(List<Operation> operations) {

    private static final Comparator<Operation> BY_INVOCATION =
            Comparator.comparingLong(Operation::invokedNanos).thenComparingLong(Operation::id);

    /** @throws IllegalArgumentException when an id or a put value of one key occurs twice */
    public History {
        operations = operations.stream().sorted(BY_INVOCATION).toList();
        rejectDuplicates(operations);
    }

    public static History of(Operation... operations) {
        return new History(List.of(operations));
    }

    /**
     * An invocation without completion (its client was killed, or is still at it) becomes Unknown.
     *
     * @throws IllegalArgumentException for a completion without invocation, or a second one
     */
    public static History ofEvents(Iterable<? extends HistoryEvent> events) {
        Map<Long, HistoryEvent.Invoked> open = new LinkedHashMap<>();
        List<Operation> operations = new ArrayList<>();
        long lastNanos = Long.MIN_VALUE;
        for (HistoryEvent event : events) {
            lastNanos = Math.max(lastNanos, event.nanos());
            switch (event) {
                case HistoryEvent.Invoked invoked -> {
                    if (open.put(invoked.id(), invoked) != null) {
                        throw new IllegalArgumentException("operation " + invoked.id() + " is invoked twice");
                    }
                }
                case HistoryEvent.Completed completed -> {
                    HistoryEvent.Invoked invoked = open.remove(completed.id());
                    if (invoked == null) {
                        throw new IllegalArgumentException(
                                "operation " + completed.id() + " completes but is not open: no invocation, or twice");
                    }
                    operations.add(operation(invoked, completed.outcome(), completed.nanos()));
                }
            }
        }
        for (HistoryEvent.Invoked invoked : open.values()) {
            operations.add(operation(invoked, Outcome.unknown("never completed"), lastNanos));
        }
        return new History(operations);
    }

    /** Of several recorders on one clock. Ids must differ. */
    public History plus(History other) {
        List<Operation> all = new ArrayList<>(operations);
        all.addAll(other.operations);
        return new History(all);
    }

    /** Each key's operations in the order of their invocation; keys in the order of their first operation. */
    Map<String, List<Operation>> byKey() {
        Map<String, List<Operation>> byKey = new LinkedHashMap<>();
        for (Operation operation : operations) {
            byKey.computeIfAbsent(operation.key(), _ -> new ArrayList<>()).add(operation);
        }
        return byKey;
    }

    private static Operation operation(HistoryEvent.Invoked invoked, Outcome outcome, long completedNanos) {
        return new Operation(
                invoked.id(),
                invoked.client(),
                invoked.key(),
                invoked.action(),
                outcome,
                invoked.nanos(),
                completedNanos);
    }

    private static void rejectDuplicates(List<Operation> operations) {
        Map<Long, Operation> ids = new HashMap<>();
        record KeyValue(String key, String value) {}
        Map<KeyValue, Operation> values = new HashMap<>();
        for (Operation operation : operations) {
            if (ids.put(operation.id(), operation) != null) {
                throw new IllegalArgumentException("operation id " + operation.id() + " occurs twice");
            }
            if (operation.action() instanceof Action.Put(String value)) {
                Operation other = values.put(new KeyValue(operation.key(), value), operation);
                if (other != null) {
                    throw new IllegalArgumentException("operations " + other.id() + " and " + operation.id()
                            + " both put value " + value + " under key " + operation.key()
                            + ": values must be unique per key, or a read cannot be matched to its write");
                }
            }
        }
    }
}
