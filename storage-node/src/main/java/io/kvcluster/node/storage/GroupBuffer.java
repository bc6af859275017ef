package io.kvcluster.node.storage;

import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.LogPayload.GroupHead;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Encodes one group: its head first, then records, as they will lie in the segment from {@code offset} on. */
final class GroupBuffer {
    static final int HEAD_BYTES = LogFormat.size(LogPayload.GROUP_BYTES);

    private final int usualCapacity;
    private ByteBuffer buffer;
    private int offset;
    private int records;
    private long firstLsn;

    GroupBuffer(int usualCapacity) {
        this.usualCapacity = usualCapacity;
        this.buffer = ByteBuffer.allocateDirect(usualCapacity);
    }

    void begin(int segmentOffset) {
        offset = segmentOffset;
        records = 0;
        if (buffer.capacity() > usualCapacity) {
            buffer = ByteBuffer.allocateDirect(usualCapacity);
        }
        buffer.clear().position(HEAD_BYTES);
    }

    boolean isEmpty() {
        return records == 0;
    }

    /** Bytes of the group so far, with its head. */
    int bytes() {
        return buffer.position();
    }

    /** True when the record fits without a larger buffer. */
    boolean hasRoomFor(int payloadBytes) {
        return buffer.remaining() >= LogFormat.size(payloadBytes);
    }

    Head add(
            LogFormat format,
            RecordType type,
            int partition,
            long lsn,
            long hlc,
            int payloadBytes,
            Consumer<ByteBuffer> payload) {
        if (!hasRoomFor(payloadBytes)) {
            Invariant.check(isEmpty(), "only a record that goes alone is larger than a group");
            buffer = ByteBuffer.allocateDirect(HEAD_BYTES + LogFormat.size(payloadBytes))
                    .position(HEAD_BYTES);
        }
        int start = buffer.position();
        buffer.position(start + LogFormat.HEADER);
        payload.accept(buffer);
        Invariant.check(
                buffer.position() == start + LogFormat.HEADER + payloadBytes,
                "a payload has the length that it announced");
        if (records++ == 0) {
            firstLsn = lsn;
        }
        return format.close(buffer, start, offset + start, type, partition, lsn, hlc);
    }

    /** The group's bytes. @param durableLsn known durable now */
    ByteBuffer finish(LogFormat format, long durableLsn, long hlcFloor) {
        int end = buffer.position();
        buffer.position(LogFormat.HEADER);
        LogPayload.putGroup(buffer, new GroupHead(durableLsn, hlcFloor, records, end - HEAD_BYTES));
        format.close(buffer, 0, offset, RecordType.GROUP, 0, firstLsn, hlcFloor);
        return buffer.position(0).limit(end);
    }
}
