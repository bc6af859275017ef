package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.Key;

/** Hears of replicas that did not get a write while its operation lasted. On the partition's loop; must be cheap. */
public interface MissedWrites {
    /**
     * The write met its quorum, and this store is not known to have it: it never answered, refused, or was not reached.
     *
     * @param record the whole encoded record
     * @param hlc the stamp of the write
     */
    void missed(int partition, Key key, byte[] record, long hlc, String storeId);

    /** A write that did not meet its quorum, or is missing here, may be held by some replicas and not by this store. */
    void differs(int partition, String storeId);

    MissedWrites NOBODY = new MissedWrites() {
        @Override
        public void missed(int partition, Key key, byte[] record, long hlc, String storeId) {}

        @Override
        public void differs(int partition, String storeId) {}
    };
}
