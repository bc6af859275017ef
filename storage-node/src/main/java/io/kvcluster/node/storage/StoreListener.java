package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;

/** Hears how a start goes on, and how the log does. */
public interface StoreListener {
    /** About once a second while it lasts. Any thread. */
    void progress(RecoveryProgress progress);

    /** On the partition's loop. */
    void partitionAvailable(int partition);

    /**
     * The key's record cannot be read where the index says that it lies: it has to be repaired from peers. Told each time that it is
     * met, by reads, compaction and scrubs. On the partition's loop.
     */
    default void corruptRecord(int partition, Key key, Location at) {}

    /** So many records were made durable by one fsync that took so long. On the log's thread; must be cheap. */
    void groupDurable(int records, long nanos);

    StoreListener NONE = new StoreListener() {
        @Override
        public void progress(RecoveryProgress progress) {}

        @Override
        public void partitionAvailable(int partition) {}

        @Override
        public void groupDurable(int records, long nanos) {}
    };
}
