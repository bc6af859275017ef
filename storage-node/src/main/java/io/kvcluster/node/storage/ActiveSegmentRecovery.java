package io.kvcluster.node.storage;

import io.kvcluster.node.storage.LogFormat.Head;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Tells the unsynced tail of the last segment from corruption. LSNs are dense, so that a record that is missing is known by its
 * LSN: at or below the greatest durable LSN that any group names, it was durable and is lost (corruption); above it, it was part
 * of the tail, where pages reach the disk in any order and valid records after invalid ones are normal.
 */
final class ActiveSegmentRecovery implements SegmentScan.Visitor {
    private final long firstLsn;
    private long durableLsn;
    private long hlcFloor;
    private long lastLsn;
    private long durableFound;
    private int durableEnd = SegmentHeader.BYTES;
    private int end = SegmentHeader.BYTES;
    private int invalidAfter = SegmentHeader.BYTES;
    /** Found, and not yet known durable. */
    private final ArrayDeque<Head> tail = new ArrayDeque<>();

    /** @param firstLsn the segment's first. @param durableLsn what its header names. @param hlcFloor likewise */
    ActiveSegmentRecovery(long firstLsn, long durableLsn, long hlcFloor) {
        this.firstLsn = firstLsn;
        this.durableLsn = durableLsn;
        this.hlcFloor = hlcFloor;
        this.lastLsn = firstLsn - 1;
    }

    @Override
    public void found(Head head, ByteBuffer buffer, int payloadAt) {
        hlcFloor = Math.max(hlcFloor, head.hlc());
        end = head.at().offset() + LogFormat.pad(head.at().length());
        if (head.type() == RecordType.GROUP) {
            LogPayload.GroupHead group = LogPayload.group(buffer, payloadAt);
            hlcFloor = Math.max(hlcFloor, group.hlcFloor());
            if (group.durableLsn() > durableLsn) {
                durableLsn = group.durableLsn();
                settle();
            }
            return;
        }
        Invariant.check(head.lsn() > lastLsn, "LSNs ascend within a segment");
        lastLsn = head.lsn();
        tail.add(head);
        settle();
    }

    @Override
    public void invalid(int from, int to) {
        invalidAfter = Math.max(invalidAfter, to);
    }

    private void settle() {
        while (!tail.isEmpty() && tail.getFirst().lsn() <= durableLsn) {
            Location at = tail.removeFirst().at();
            durableFound++;
            durableEnd = at.offset() + LogFormat.pad(at.length());
        }
    }

    /** The greatest LSN that was known durable; at least the one before the segment's first. */
    long durableLsn() {
        return Math.max(durableLsn, firstLsn - 1);
    }

    long hlcFloor() {
        return hlcFloor;
    }

    /** The last valid record's, or the one before the segment's first. */
    long lastLsn() {
        return lastLsn;
    }

    /** Where the durable part ends. */
    int durableEnd() {
        return durableEnd;
    }

    /** Where the last valid record ends. */
    int end() {
        return end;
    }

    /** Durable records of this segment that are not there any more. */
    long durableMissing() {
        return durableLsn() - (firstLsn - 1) - durableFound;
    }

    /** Valid records that are not known durable. */
    long tailFound() {
        return tail.size();
    }

    /** Something was written after the durable part and is not valid. */
    boolean tailLost() {
        return invalidAfter > durableEnd || lastLsn - durableLsn() > tail.size();
    }

    /** Everything that was ever written to the segment is there. */
    boolean isWhole() {
        return durableMissing() == 0 && !tailLost();
    }
}
