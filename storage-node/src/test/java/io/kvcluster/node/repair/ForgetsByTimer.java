package io.kvcluster.node.repair;

import io.kvcluster.node.NodeRules;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.RecordsAround;
import io.kvcluster.node.storage.Store;
import java.util.List;
import java.util.Optional;

/** A seeded fault: takes everything for repaired, so that tombstones go as soon as somebody looks. */
public final class ForgetsByTimer extends RecordsAround {
    private static final long TIMER_NANOS = 200_000_000;
    private static final int ROWS = 1_000;

    public static final NodeRules RULES = new NodeRules() {
        @Override
        public RecordStore records(Store store) {
            return new ForgetsByTimer(store);
        }

        @Override
        public Repair repair(RepairSetup setup, RepairEvents events) {
            collectForEver(setup.sides());
            return new Repair(setup, events);
        }
    };

    private ForgetsByTimer(RecordStore store) {
        super(store);
    }

    /** Somebody looks, again and again. */
    private static void collectForEver(List<RepairSide> sides) {
        sides.forEach(side -> side.loop().post(() -> collectAgain(side)));
    }

    private static void collectAgain(RepairSide side) {
        side.collect(Optional.empty(), ROWS);
        side.loop().after(TIMER_NANOS, () -> collectAgain(side));
    }

    @Override
    public long repairedUpTo(int partition) {
        return Long.MAX_VALUE;
    }

    @Override
    public void distrust(int partition, Loop caller, Runnable durable) {
        // with the watermark of this fault every replica looks passed
        caller.post(() -> {});
    }
}
