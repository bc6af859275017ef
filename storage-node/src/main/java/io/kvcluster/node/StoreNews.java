package io.kvcluster.node;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.repair.Repair;
import io.kvcluster.node.storage.Location;
import io.kvcluster.node.storage.RecoveryProgress;
import io.kvcluster.node.storage.StoreListener;
import org.jspecify.annotations.Nullable;

/** A store's listener that also tells repair, which is made later than the store: what comes before is found again by itself. */
final class StoreNews implements StoreListener {
    private final StoreListener others;
    private volatile @Nullable Repair repair;

    StoreNews(StoreListener others) {
        this.others = others;
    }

    void tell(Repair made) {
        repair = made;
    }

    @Override
    public void progress(RecoveryProgress progress) {
        others.progress(progress);
    }

    @Override
    public void partitionAvailable(int partition) {
        Repair told = repair;
        if (told != null) {
            told.indexRebuilt(partition);
        }
        others.partitionAvailable(partition);
    }

    @Override
    public void corruptRecord(int partition, Key key, Location at) {
        Repair told = repair;
        if (told != null) {
            told.damaged(partition, key);
        }
        others.corruptRecord(partition, key, at);
    }

    @Override
    public void groupDurable(int records, long nanos) {
        others.groupDurable(records, nanos);
    }
}
