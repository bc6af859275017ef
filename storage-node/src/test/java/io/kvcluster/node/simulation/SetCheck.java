package io.kvcluster.node.simulation;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A resolver that gives the union makes a set that only grows: a read has all that was acknowledged before it, nothing that nobody
 * put, and at quorum whatever an earlier read at quorum had.
 */
final class SetCheck implements KeyCheck {
    @Override
    public Optional<String> violation(List<SimOperation> operations) {
        Set<String> possible = new HashSet<>();
        for (SimOperation put : operations) {
            if (put.mayHaveHappened()) {
                possible.add(put.value());
            }
        }
        for (SimOperation read : operations) {
            if (!read.answeredRead()) {
                continue;
            }
            Set<String> seen = new HashSet<>(read.elements());
            Optional<String> invented = seen.stream()
                    .filter(name -> !possible.contains(name))
                    .sorted()
                    .findFirst();
            if (invented.isPresent()) {
                return Optional.of("key " + read.key + ": nobody put " + invented.get() + ": " + read.told());
            }
            for (SimOperation before : operations) {
                if (before.precedes(read) && !seen.containsAll(promised(before, read))) {
                    return Optional.of(
                            "key " + read.key + ": lost: " + read.told() + " although " + before.told() + " before");
                }
            }
        }
        return Optional.empty();
    }

    private static Set<String> promised(SimOperation before, SimOperation read) {
        if (before.acknowledged()) {
            return Set.of(before.value());
        }
        return before.answeredRead() && before.isRegister() && read.isRegister()
                ? Set.copyOf(before.elements())
                : Set.of();
    }
}
