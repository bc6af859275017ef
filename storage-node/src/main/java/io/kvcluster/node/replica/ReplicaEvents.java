package io.kvcluster.node.replica;

/** What a replica tells telemetry. Called on core loops; must be cheap. */
public interface ReplicaEvents {
    /** Siblings were discarded by the conflict policy (concurrent ones, not those that a write replaces knowingly). */
    void discarded(int siblings);

    /** A client's write was kept beside so many siblings that it had not seen. */
    default void kept(int siblings) {}

    /** A client write left a key with more than {@code Limits.SIBLINGS_WARN} siblings. */
    void manySiblings(int siblings);

    /** One dot was seen with two different values: a broken store or a bug. */
    void dotReused();

    /** A stored value did not match its checksum. */
    void checksumFailed();

    /** A client's write came at or below the repair watermark, and was refused. */
    void writeBelowWatermark();
}
