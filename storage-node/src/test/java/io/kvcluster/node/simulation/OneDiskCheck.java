package io.kvcluster.node.simulation;

import io.kvcluster.node.command.ConsistencyLevel;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Level local promises one disk: what it acknowledged or showed there it shows again, or something newer, through every crash and
 * power cut. So nothing may be shown there before it is durable.
 */
final class OneDiskCheck implements KeyCheck {
    private final Set<String> damaged;

    OneDiskCheck(Set<String> damaged) {
        this.damaged = damaged;
    }

    @Override
    public Optional<String> violation(List<SimOperation> operations) {
        List<SimOperation> local = operations.stream()
                .filter(operation -> operation.level == ConsistencyLevel.LOCAL
                        && !operation.servedBy().isEmpty()
                        && !damaged.contains(operation.servedBy()))
                .toList();
        Deletes deletes = new Deletes(operations);
        for (SimOperation read : local) {
            for (SimOperation before : local) {
                boolean counts = read.answeredRead()
                        && before.precedes(read)
                        && before.servedBy().equals(read.servedBy());
                long least = before.answeredRead() ? before.newestVersion() : before.version();
                if (counts && deletes.seenBy(read) < least) {
                    return Optional.of("key " + read.key + ": " + read.servedBy() + " no longer has what it had: "
                            + read.told() + " although " + before.told() + " there before");
                }
            }
        }
        return Optional.empty();
    }
}
