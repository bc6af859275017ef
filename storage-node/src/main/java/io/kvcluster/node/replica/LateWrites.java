package io.kvcluster.node.replica;

import io.kvcluster.node.replica.Change.Decision;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordMeta;
import io.kvcluster.node.version.Sibling;
import io.kvcluster.node.version.SiblingMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What becomes of a change whose stamp lies at or below what this replica promised, or below the watermark (ADR 17). */
final class LateWrites {
    private final RepairSide side;
    private final PartitionReplica replica;

    LateWrites(RepairSide side, PartitionReplica replica) {
        this.side = side;
        this.replica = replica;
    }

    /** A client's write that was stamped elsewhere: refused at or below the promise unless what is held covers it. */
    Change ofClient(KeyRecord incoming, Change change) {
        return incoming.greatestHlc() > side.promised()
                ? change
                : (meta, full) -> {
                    Decision decision = change.decide(meta, full);
                    if (decision instanceof Decision.Covered || incoming.greatestHlc() > side.promised()) {
                        return decision;
                    }
                    if (incoming.greatestHlc() <= side.repairedUpTo()) {
                        replica.belowWatermark();
                    }
                    return new Decision.Refuse(Refusal.BELOW_WATERMARK);
                };
    }

    /** What another replica holds: versions at or below the watermark that are not held here are covered already. */
    Change ofRepair(KeyRecord incoming, Function<KeyRecord, Change> merge) {
        return (meta, full) -> {
            long watermark = side.suspect() ? 0 : side.repairedUpTo();
            KeyRecord rest = watermark == 0 ? incoming : withoutCovered(incoming, meta, watermark);
            return rest.siblings().isEmpty() && !incoming.siblings().isEmpty()
                    ? Decision.Covered.COVERED
                    : merge.apply(rest).decide(meta, full);
        };
    }

    private static KeyRecord withoutCovered(KeyRecord incoming, @Nullable RecordMeta held, long watermark) {
        List<Sibling> rest = new ArrayList<>(incoming.siblings().size());
        for (Sibling sibling : incoming.siblings()) {
            if (sibling.dot().hlc() > watermark || (held != null && holds(held, sibling))) {
                rest.add(sibling);
            }
        }
        return rest.size() == incoming.siblings().size()
                ? incoming
                : new KeyRecord(incoming.generation(), rest, incoming.context());
    }

    private static boolean holds(RecordMeta held, Sibling sibling) {
        for (SiblingMeta mine : held.siblings()) {
            if (mine.dot().equals(sibling.dot())) {
                return true;
            }
        }
        return false;
    }
}
