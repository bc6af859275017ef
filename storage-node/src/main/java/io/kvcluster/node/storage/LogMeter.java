package io.kvcluster.node.storage;

import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Counts what the log does, and makes the report of it. The log's loop only. */
final class LogMeter {
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final StoreListener listener;
    private final Distribution.Counter fsyncNanos = Distribution.Counter.doubling(16_384, 18);
    private final Distribution.Counter groupRecords = Distribution.Counter.doubling(1, 14);
    private int recordsSinceForce;
    private long appendedBytes;
    private long sealedBytes;
    private long reportedAt;

    LogMeter(StoreListener listener, List<Sealed> sealed) {
        this.listener = listener;
        this.sealedBytes = sealed.stream().mapToLong(Sealed::end).sum();
    }

    void group(int records) {
        groupRecords.add(records);
        recordsSinceForce += records;
    }

    void appended(int bytes) {
        appendedBytes += bytes;
    }

    void fsync(long nanos) {
        fsyncNanos.add(nanos);
        listener.groupDurable(recordsSinceForce, nanos);
        recordsSinceForce = 0;
    }

    void removed(int bytes) {
        sealedBytes -= bytes;
    }

    void sealed(int bytes) {
        sealedBytes += bytes;
    }

    /** True about once a second. */
    boolean isDue(long nowNanos) {
        boolean due = nowNanos - reportedAt >= REPORT_NANOS;
        reportedAt = due ? nowNanos : reportedAt;
        return due;
    }

    LogReport report(int segments, int position, SegmentSupply supply) {
        return new LogReport(
                fsyncNanos.publish(),
                groupRecords.publish(),
                segments,
                appendedBytes,
                sealedBytes + position,
                supply.full(),
                supply.freeBytes(),
                supply.totalBytes());
    }
}
