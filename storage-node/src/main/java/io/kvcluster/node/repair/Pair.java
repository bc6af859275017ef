package io.kvcluster.node.repair;

/** How this replica of a partition stands with one other. One owner: the partition's loop. */
final class Pair {
    final String storeId;

    /** An exchange of this life covers everything up to here; 0 for none. */
    long covered;

    /** What the other says of its own exchanges with all replicas. */
    long coveredWithAll;

    /** It promised to take no client's write at or below this stamp any more. */
    long promised;

    /** They are known to differ, or nobody knows. */
    boolean dirty = true;

    long dueNanos;
    long backoffNanos;
    int busyTries;
    long lastEndMillis;

    /** Exchanged since this replica became suspect; {@code vouched}: while the other was not suspect itself. */
    boolean met;

    boolean vouched;

    Pair(String storeId, long dueNanos) {
        this.storeId = storeId;
        this.dueNanos = dueNanos;
    }

    void markDirty(long nowNanos) {
        dirty = true;
        if (backoffNanos == 0) {
            dueNanos = Math.min(dueNanos, nowNanos);
        }
    }

    /** What exchanges have shown so far does not count any more. */
    void forgetCover() {
        covered = 0;
        met = false;
        vouched = false;
    }
}
