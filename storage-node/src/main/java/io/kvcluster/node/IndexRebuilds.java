package io.kvcluster.node;

import io.kvcluster.node.storage.RecoveryProgress;
import io.kvcluster.node.storage.StoreListener;
import java.util.function.IntConsumer;

/** A store's listener that also tells who must know that a partition's index was built anew; that one is made later than the store. */
final class IndexRebuilds implements StoreListener {
    private final StoreListener others;
    private volatile IntConsumer rebuilt = partition -> {};

    IndexRebuilds(StoreListener others) {
        this.others = others;
    }

    void tell(IntConsumer listener) {
        rebuilt = listener;
    }

    @Override
    public void progress(RecoveryProgress progress) {
        others.progress(progress);
    }

    @Override
    public void partitionAvailable(int partition) {
        rebuilt.accept(partition);
        others.partitionAvailable(partition);
    }

    @Override
    public void groupDurable(int records, long nanos) {
        others.groupDurable(records, nanos);
    }
}
