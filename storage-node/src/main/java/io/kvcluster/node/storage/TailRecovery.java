package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import io.kvcluster.node.storage.LogFormat.Head;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Copies the valid records of an unsynced tail into a new segment and makes them durable before anything is answered: what the
 * page cache showed a moment ago is lost by the next power cut. The new segment gets its name only when it is durable, and its
 * header ends the old one before the tail: one step that happened or did not. The copies take the next LSNs without gaps; a
 * record that was acknowledged has none missing before it, so its LSN stays what it was.
 */
final class TailRecovery implements SegmentScan.Visitor {
    private static final int CHUNK = 1 << 20;

    private final DiskFile target;
    private final LogFormat format;
    private final long durableLsn;
    private final long hlcFloor;
    private final GroupBuffer group;
    private long lastLsn;
    private int position = SegmentHeader.BYTES;

    private TailRecovery(DiskFile target, LogFormat format, long durableLsn, long hlcFloor, int end) {
        this.group = new GroupBuffer(Math.min(CHUNK, end));
        this.target = target;
        this.format = format;
        this.durableLsn = durableLsn;
        this.hlcFloor = hlcFloor;
        this.lastLsn = durableLsn;
        group.begin(position);
    }

    /** Where and under what the new segment goes on. */
    record Result(SegmentFile segment, int position, long lastLsn) {}

    /**
     * @param from the old segment
     * @param found what is in it
     * @param header of the new segment but for its durable LSN
     */
    static Result copy(
            Disk disk,
            long secret,
            SegmentFile from,
            ActiveSegmentRecovery found,
            SegmentHeader header,
            int segmentBytes)
            throws IOException {
        String temporary = SegmentFile.path(header.number(), SegmentFile.TEMPORARY);
        DiskFile target = disk.create(temporary, Math.max(segmentBytes, bytesNeeded(found)));
        TailRecovery copy = new TailRecovery(
                target, new LogFormat(secret, header.number()), found.durableLsn(), found.hlcFloor(), found.end());
        new SegmentScan(from.file(), new LogFormat(secret, from.number()), found.end()).run(copy);
        copy.flush();
        Invariant.check(copy.lastLsn - copy.durableLsn == found.tailFound(), "the tail is what it was a moment ago");
        target.write(header.withDurableLsn(copy.lastLsn).encode(), 0);
        target.force();
        SegmentFile.publish(disk, temporary, header.number());
        return new Result(new SegmentFile(header.number(), header.firstLsn(), target), copy.position, copy.lastLsn);
    }

    /** The tail, and group heads: one per chunk, one per record that is larger than a chunk. */
    private static int bytesNeeded(ActiveSegmentRecovery found) {
        int tail = found.end() - found.durableEnd();
        return SegmentHeader.BYTES + tail + GroupBuffer.HEAD_BYTES * (2 + 2 * (tail / CHUNK));
    }

    @Override
    public void found(Head head, ByteBuffer buffer, int payloadAt) throws IOException {
        if (head.type() == RecordType.GROUP || head.lsn() <= durableLsn) {
            return;
        }
        if (!group.hasRoomFor(head.payloadBytes()) && !group.isEmpty()) {
            flush();
        }
        ByteBuffer payload =
                buffer.duplicate().limit(payloadAt + head.payloadBytes()).position(payloadAt);
        lastLsn++;
        group.add(
                format,
                head.type(),
                head.partition(),
                lastLsn,
                head.hlc(),
                head.payloadBytes(),
                into -> into.put(payload));
    }

    @Override
    public void invalid(int from, int to) {
        // Cut: the old segment ends before the tail.
    }

    private void flush() throws IOException {
        if (!group.isEmpty()) {
            ByteBuffer bytes = group.finish(format, durableLsn, hlcFloor);
            int length = bytes.remaining();
            target.write(bytes, position);
            position += length;
            group.begin(position);
        }
    }
}
