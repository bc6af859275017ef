package io.kvcluster.operator;

import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import java.util.Optional;

/** Who leads, as this replica last heard. Written by the election's thread. */
final class Leadership {
    private volatile boolean leading;
    private volatile String leader = "";

    /** @param alone there is no election */
    Leadership(boolean alone) {
        leading = alone;
    }

    boolean isLeading() {
        return leading;
    }

    /** The pod that holds the lease; empty when none is known, or when it is this one. */
    Optional<String> other() {
        return leading || leader.isEmpty() ? Optional.empty() : Optional.of(leader);
    }

    LeaderCallbacks callbacks() {
        return new LeaderCallbacks(
                () -> leading = true, () -> leading = false, name -> leader = name == null ? "" : name);
    }
}
