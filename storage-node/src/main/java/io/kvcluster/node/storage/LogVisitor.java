package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import java.io.IOException;

/** Hears what a rebuild of the index has to know, in the order of LSNs within a segment. */
interface LogVisitor {
    void record(int partition, long lsn, Location at, Key key, byte[] meta) throws IOException;

    /** Hides the partition's records with smaller LSNs. */
    void dropped(int partition, long lsn) throws IOException;
}
