package io.kvcluster.node.storage;

/** Hears how a start goes on. */
public interface StoreListener {
    /** About once a second while it lasts. Any thread. */
    void progress(RecoveryProgress progress);

    /** On the partition's loop. */
    void partitionAvailable(int partition);

    StoreListener NONE = new StoreListener() {
        @Override
        public void progress(RecoveryProgress progress) {}

        @Override
        public void partitionAvailable(int partition) {}
    };
}
