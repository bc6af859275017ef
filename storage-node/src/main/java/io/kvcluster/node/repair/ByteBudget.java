package io.kvcluster.node.repair;

/** So many bytes a second: what was moved is paid for afterwards, and a tenth of a second is lent. One owner. */
final class ByteBudget {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long LENT_NANOS = NANOS_PER_SECOND / 10;

    private final long bytesPerSecond;
    private long paidUntilNanos;

    ByteBudget(long bytesPerSecond, long nowNanos) {
        this.bytesPerSecond = bytesPerSecond;
        this.paidUntilNanos = nowNanos;
    }

    void moved(int bytes, long nowNanos) {
        paidUntilNanos = Math.max(paidUntilNanos, nowNanos) + bytes * NANOS_PER_SECOND / bytesPerSecond;
    }

    /** How long to wait before more; 0 for not at all. */
    long waitNanos(long nowNanos) {
        return Math.max(0, paidUntilNanos - nowNanos - LENT_NANOS);
    }
}
