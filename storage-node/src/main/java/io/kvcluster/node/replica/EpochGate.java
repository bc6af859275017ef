package io.kvcluster.node.replica;

import io.kvcluster.ring.Ring;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges under which ring a replica may act (design "Epoch rules"). The rule: a message is refused when its epoch is
 * older than the last change of the partition, when it arrives and once more when its write is durable. A message newer
 * than this node's ring waits outside, until the ring is here (room coordinator). Not final: tests take the rule away.
 */
public class EpochGate {
    private final Supplier<@Nullable Ring> rings;
    private final String storeId;

    /** @param rings the ring in use, null before the first; read on any thread */
    public EpochGate(Supplier<@Nullable Ring> rings, String storeId) {
        this.rings = rings;
        this.storeId = storeId;
    }

    /** Null: go on. */
    public @Nullable Refusal judge(int partition, long epoch) {
        Ring ring = rings.get();
        if (ring == null) {
            return Refusal.NOT_A_REPLICA;
        }
        if (epoch < ring.changedEpoch(partition)) {
            return Refusal.WRONG_EPOCH;
        }
        return ring.isHolder(partition, storeId) ? null : Refusal.NOT_A_REPLICA;
    }

    /** The move by which this store joins the partition, by its copyEpoch; 0 when it does not join. */
    long joins(int partition) {
        Ring ring = rings.get();
        return ring != null && ring.joins(partition, storeId) ? ring.copyEpoch(partition) : 0;
    }
}
