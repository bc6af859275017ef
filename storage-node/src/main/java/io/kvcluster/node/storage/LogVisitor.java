package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import java.io.IOException;

/** Hears what a rebuild of the index or of the book of hints has to know, in the order of LSNs within a segment. */
interface LogVisitor {
    void record(int partition, long lsn, Location at, Key key, byte[] meta) throws IOException;

    /** A write kept for {@code target}. */
    default void hint(long target, int partition, long lsn, long hlc, Location at) throws IOException {}

    /** The target's hints with LSNs up to {@code upTo}, and below {@code lsn}, are done. */
    default void hintDone(long target, long upTo, long lsn) throws IOException {}

    /** Hides the partition's records with smaller LSNs. */
    void dropped(int partition, long lsn) throws IOException;
}
