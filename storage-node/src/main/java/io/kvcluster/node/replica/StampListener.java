package io.kvcluster.node.replica;

import io.kvcluster.node.version.KeyRecord;

/** Follows a client's write at the replica that coordinates it: first {@code stamped}, then what a write hears; or only {@code refused}. */
public interface StampListener extends WriteListener {
    /** The write has its dot and is on its way to the disk. {@code record} is the whole record to send to the other replicas. */
    void stamped(KeyRecord record, byte[] encoded);
}
