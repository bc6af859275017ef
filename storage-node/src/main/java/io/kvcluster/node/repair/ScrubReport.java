package io.kvcluster.node.repair;

/**
 * The scrub that was asked for last. Immutable.
 *
 * @param left partitions that are not through; 0: none runs
 * @param done partitions that are through
 * @param damaged records among those read
 * @param startedMillis since 1970; 0: none since the start
 * @param endedMillis since 1970; 0 while it runs
 */
public record ScrubReport(
        int left, int done, long records, long bytes, long damaged, long startedMillis, long endedMillis) {
    public static final ScrubReport NONE = new ScrubReport(0, 0, 0, 0, 0, 0, 0);

    ScrubReport withLeft(int partitions) {
        return new ScrubReport(partitions, done, records, bytes, damaged, startedMillis, endedMillis);
    }

    ScrubReport read(int moreRecords, long moreBytes, int moreDamaged) {
        return new ScrubReport(
                left, done, records + moreRecords, bytes + moreBytes, damaged + moreDamaged, startedMillis, 0);
    }

    ScrubReport through() {
        return new ScrubReport(left, done + 1, records, bytes, damaged, startedMillis, endedMillis);
    }

    ScrubReport ended(long millis) {
        return new ScrubReport(0, done, records, bytes, damaged, startedMillis, millis);
    }

    /** Of two loops: begun with the first, ended with the last. */
    ScrubReport plus(ScrubReport other) {
        if (startedMillis == 0 || other.startedMillis == 0) {
            return startedMillis == 0 ? other : this;
        }
        boolean over = endedMillis > 0 && other.endedMillis > 0;
        return new ScrubReport(
                left + other.left,
                done + other.done,
                records + other.records,
                bytes + other.bytes,
                damaged + other.damaged,
                Math.min(startedMillis, other.startedMillis),
                over ? Math.max(endedMillis, other.endedMillis) : 0);
    }
}
