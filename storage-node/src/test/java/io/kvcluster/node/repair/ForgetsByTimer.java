package io.kvcluster.node.repair;

import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.RecordsAround;

/** A seeded fault: takes everything for repaired, so that tombstones go as soon as somebody looks. */
final class ForgetsByTimer extends RecordsAround {
    ForgetsByTimer(RecordStore store) {
        super(store);
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
