package io.kvcluster.client.bulk;

import java.util.concurrent.atomic.LongAdder;

/** Counts of a run, readable by any thread while it goes on. */
public final class ImportProgress {
    final LongAdder read = new LongAdder();
    final LongAdder skipped = new LongAdder();
    final LongAdder acknowledged = new LongAdder();
    final LongAdder acknowledgedBytes = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder failed = new LongAdder();

    /** Records read from the input. */
    public long read() {
        return read.sum();
    }

    /** Acknowledged by an earlier run with the same value. */
    public long skipped() {
        return skipped.sum();
    }

    public long acknowledged() {
        return acknowledged.sum();
    }

    /** Of the acknowledged keys and values. */
    public long acknowledgedBytes() {
        return acknowledgedBytes.sum();
    }

    /** Puts sent again after one that was not applied, or unknown. */
    public long retries() {
        return retries.sum();
    }

    /** Records whose outcome stayed unknown. */
    public long unknown() {
        return unknown.sum();
    }

    /** Records that were certainly not stored. */
    public long failed() {
        return failed.sum();
    }
}
