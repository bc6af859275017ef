package io.kvcluster.history;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Why a history is wrong.
 *
 * @param anomaly the field's name for it
 * @param message one sentence
 * @param operations the ones involved, in the order of their invocation
 */
public record Violation(Anomaly anomaly, String key, String message, List<Operation> operations) {
    public Violation {
        operations = operations.stream()
                .distinct()
                .sorted(Comparator.comparingLong(Operation::invokedNanos).thenComparingLong(Operation::id))
                .toList();
    }

    static Violation of(Anomaly anomaly, String message, Operation... operations) {
        return new Violation(anomaly, operations[0].key(), message, List.of(operations));
    }

    /** Several lines: the sentence, then the operations in time order. Times count from the first of them. */
    @Override
    public String toString() {
        long origin =
                operations.stream().mapToLong(Operation::invokedNanos).min().orElse(0);
        return "key " + key + ": " + anomaly.label() + ": " + message
                + operations.stream()
                        .map(operation -> "\n    " + operation.describe(origin))
                        .collect(Collectors.joining());
    }
}
