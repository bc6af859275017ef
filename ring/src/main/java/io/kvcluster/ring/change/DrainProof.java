package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.Optional;

/**
 * A store's own word that it holds nothing any more. Kept by the operator until the store is gone; the pod's uid belongs to it too
 * and is the operator's to compare.
 *
 * @param epoch of the ring in use when it was counted
 */
public record DrainProof(
        String storeId, int incarnation, long epoch, int ownedPartitions, long heldRecords, long hints) {

    /** Why it does not prove that the member is drained; empty when it does. Unknown is not drained, and a name proves nothing. */
    public Optional<String> obstacle(Ring ring, Member member) {
        if (!storeId.equals(member.getStoreId())) {
            return Optional.of("it is of store " + storeId + ", not of " + member.getStoreId());
        }
        if (Integer.compareUnsigned(incarnation, member.getIncarnation()) < 0) {
            return Optional.of("its incarnation " + incarnation + " is smaller than " + member.getIncarnation()
                    + " in the ring: a restored volume");
        }
        int owned = ring.partitionsOf(storeId).size();
        if (owned > 0) {
            return Optional.of("the ring names it for " + owned + " partitions");
        }
        long changed = lastChange(ring);
        if (epoch < changed) {
            return Optional.of("it was counted under epoch " + epoch + ", the partitions changed in " + changed);
        }
        if (ownedPartitions != 0 || heldRecords != 0 || hints != 0) {
            return Optional.of("it owns " + ownedPartitions + " partitions and holds " + heldRecords + " records and "
                    + hints + " hints");
        }
        return Optional.empty();
    }

    private static long lastChange(Ring ring) {
        long last = 0;
        for (int p = 0; p < ring.partitions(); p++) {
            last = Math.max(last, ring.changedEpoch(p));
        }
        return last;
    }
}
