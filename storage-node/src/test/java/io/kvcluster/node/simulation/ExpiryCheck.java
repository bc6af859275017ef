package io.kvcluster.node.simulation;

import java.util.List;
import java.util.Optional;

/**
 * A register whose values may expire. Expiry is judged by stamps, which may be off by some slack, but once a read said that a value
 * is gone it is gone; it is gone in time; and it is there as long as it must be.
 */
final class ExpiryCheck implements KeyCheck {
    private static final long MILLIS = 1_000_000;

    private final long slackNanos;

    ExpiryCheck(long slackNanos) {
        this.slackNanos = slackNanos;
    }

    @Override
    public Optional<String> violation(List<SimOperation> operations) {
        List<SimOperation> reads =
                operations.stream().filter(SimOperation::answeredRead).toList();
        return operations.stream()
                .filter(put -> put.acknowledged() && !put.isDelete())
                .map(put -> violation(put, reads, operations))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> violation(SimOperation put, List<SimOperation> reads, List<SimOperation> operations) {
        for (SimOperation read : reads) {
            if (!put.precedes(read)) {
                continue;
            }
            if (put.value().equals(read.register())) {
                for (SimOperation gone : reads) {
                    if (put.precedes(gone)
                            && gone.precedes(read)
                            && !put.value().equals(gone.register())) {
                        return wrong("resurrected", put, read, "although " + gone.told() + " before");
                    }
                }
                if (put.ttlMillis > 0 && read.invoked > put.completed + put.ttlMillis * MILLIS + slackNanos) {
                    return wrong("alive too long", put, read, "although " + put.told() + " long before");
                }
            } else if (mustBeSeen(put, read, operations)) {
                return wrong("lost", put, read, "although nothing replaced what " + put.told());
            }
        }
        return Optional.empty();
    }

    /** Nothing else can have been written meanwhile, and its time had not come. */
    private boolean mustBeSeen(SimOperation put, SimOperation read, List<SimOperation> operations) {
        boolean alive = put.ttlMillis == 0 || read.completed < put.invoked + put.ttlMillis * MILLIS - slackNanos;
        return alive
                && operations.stream()
                        .filter(write -> write != put && write.mayHaveHappened())
                        .allMatch(write ->
                                (write.acknowledged() && write.precedes(put)) || write.invoked > read.completed);
    }

    private static Optional<String> wrong(String what, SimOperation put, SimOperation read, String why) {
        return Optional.of("key " + put.key + ": " + put.value() + " " + what + ": " + read.told() + " " + why);
    }
}
