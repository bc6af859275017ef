package io.kvcluster.node.simulation;

import java.util.List;
import java.util.Optional;

/**
 * Below quorum the order is that of the versions, whatever the clocks said. R + W > N in every ring, so a read sees every write
 * acknowledged before it, or a newer version. The last read, of all replicas, sees what was acknowledged at any level.
 */
final class VersionOrderCheck implements KeyCheck {
    private final boolean everyDiskKept;

    VersionOrderCheck(boolean everyDiskKept) {
        this.everyDiskKept = everyDiskKept;
    }

    @Override
    public Optional<String> violation(List<SimOperation> operations) {
        Deletes deletes = new Deletes(operations);
        for (SimOperation read : operations) {
            if (!read.answeredRead() || !read.meetsEveryQuorum()) {
                continue;
            }
            boolean everythingCounts = read.client.equals(Clients.LAST) && everyDiskKept;
            for (SimOperation write : operations) {
                boolean promised = write.acknowledged() && (write.meetsEveryQuorum() || everythingCounts);
                if (promised && write.precedes(read) && deletes.seenBy(read) < write.version()) {
                    return Optional.of("key " + read.key + ": lost or resurrected: " + read.told() + " although "
                            + write.told() + " before");
                }
            }
        }
        return Optional.empty();
    }
}
