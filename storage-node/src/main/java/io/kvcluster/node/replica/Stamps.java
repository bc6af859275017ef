package io.kvcluster.node.replica;

import io.kvcluster.node.version.Dot;
import java.util.Optional;

/** Gives the dots of one core loop. On that loop only. */
public interface Stamps {
    /** Runs {@code then}, usually at once, when a stamp greater than {@code floor} may be given: its reservation is durable. */
    void whenReady(long floor, Runnable then);

    /** A dot greater than all given before on this loop, than all observed, and than {@code floor}; empty while none may be given. */
    Optional<Dot> next(long floor);

    /** The HLC time of this node: no stamp that it gave or saw is greater. */
    long now();

    /** Runs {@code then}, usually at once, when this store's HLC is at or past the stamp for good: a restart does not take it back. */
    void whenPast(long stamp, Runnable then);
}
