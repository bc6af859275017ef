package io.kvcluster.node.repair;

import java.util.List;

/**
 * How one partition's copy stands with the other replicas. Immutable.
 *
 * @param keys held, tombstones included
 * @param tree whether it is built; else {@code root} says nothing
 * @param root equal roots, equal replicas
 * @param repairedUpToMillis since 1970: the watermark; 0 at first
 * @param scrubbing under way, or waits for its turn
 * @param damaged records that are known to be, and not yet written again
 */
public record PartitionReport(
        int partition,
        long keys,
        long tombstones,
        boolean tree,
        long root,
        long repairedUpToMillis,
        boolean suspect,
        boolean scrubbing,
        int damaged,
        List<WithStore> pairs) {
    public PartitionReport {
        pairs = List.copyOf(pairs);
    }

    /**
     * How it stands with one other replica.
     *
     * @param dirty they may differ: an exchange is due
     * @param running an exchange is, driven from here
     * @param lastMillis since 1970: the end of the last exchange; 0 for none since the start
     */
    public record WithStore(String storeId, boolean dirty, boolean running, long lastMillis) {}
}
