package io.kvcluster.node.repair;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.List;

/**
 * With how many other replicas a suspect one, or one that joins, must exchange before it may answer: {@code max(R, N−W+1)}, the
 * largest over the levels whose R + W > N. With N−W+1 of them one holds every write that was acknowledged, with R one holds
 * everything that a read returned. Level all asks for no more: a write at it is on every other replica, and a value that only this
 * one held when a read returned it is lost whomever one asks. While the partition moves they are those of the old set, which holds
 * everything until the move is done. Pure.
 *
 * @param old the replicas but this store, and but those whose disk is gone
 * @param needed so many of them; with fewer survivors all, and what only the lost held is lost
 * @param short_ there are fewer survivors than needed
 * @param joining this store is to become a replica: it also exchanges with every live one
 */
record Healers(List<String> old, int needed, boolean short_, boolean joining) {

    static Healers of(Ring ring, int partition, String self) {
        List<String> old = ring.replicas(partition).stream()
                .filter(member -> !member.getDiskGone())
                .map(Member::getStoreId)
                .filter(store -> !store.equals(self))
                .toList();
        boolean joining = ring.joins(partition, self);
        int others = ring.replicas(partition).size() - (joining ? 0 : 1);
        int wanted = Math.min(ring.needs(partition).copy(), others);
        return new Healers(old, Math.min(wanted, old.size()), old.size() < wanted, joining);
    }
}
