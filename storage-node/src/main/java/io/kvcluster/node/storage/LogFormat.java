package io.kvcluster.node.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One record in a segment, big-endian, at a multiple of 8:
 * <pre>
 *  0 u32 CRC32C of (seed, offset, bytes 4..)     8 u8 type    9 u8 zero    10 u16 mark
 *  4 u32 payload length                         12 u32 partition
 * 16 u64 LSN    24 u64 HLC    32 payload, then zeroes to the next multiple of 8
 * </pre>
 * The seed is secret (drawn when the store was made) and differs per segment, and the CRC covers the place: neither a client's
 * value that looks like a record, nor bytes of another segment or place, can pass as a record when recovery looks for the next
 * valid one after a damaged page.
 */
final class LogFormat {
    static final int HEADER = 32;
    static final int ALIGN = 8;
    /** Records are smaller than this, whatever the segment's length. */
    static final int MAX_RECORD_BYTES = 32 << 20;

    private static final int CRC_AT = 0;
    private static final int LENGTH_AT = 4;
    private static final int TYPE_AT = 8;
    private static final int MARK_AT = 10;
    private static final int PARTITION_AT = 12;
    private static final int LSN_AT = 16;
    private static final int HLC_AT = 24;

    private final int segment;
    private final long seed;
    private final short mark;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer prefix = ByteBuffer.allocate(16);

    /** Not for several threads at once. */
    LogFormat(long secret, int segment) {
        this.segment = segment;
        this.seed = mix(secret + segment * 0x9E3779B97F4A7C15L);
        this.mark = (short) mix(seed);
    }

    /** Bytes that a record with this payload takes. */
    static int size(int payloadBytes) {
        return pad(HEADER + payloadBytes);
    }

    static int pad(int bytes) {
        return (bytes + ALIGN - 1) & -ALIGN;
    }

    /** What stands at the head of a record. */
    record Head(RecordType type, int partition, long lsn, long hlc, Location at) {
        int payloadBytes() {
            return at.length() - HEADER;
        }
    }

    /**
     * Closes a record whose payload was put at {@code start + HEADER .. buffer.position()}: writes its head and pads it.
     *
     * @param offset where {@code start} will lie in the segment
     */
    Head close(ByteBuffer buffer, int start, int offset, RecordType type, int partition, long lsn, long hlc) {
        int length = buffer.position() - start;
        buffer.putInt(start + LENGTH_AT, length - HEADER);
        buffer.put(start + TYPE_AT, type.code());
        buffer.put(start + TYPE_AT + 1, (byte) 0);
        buffer.putShort(start + MARK_AT, mark);
        buffer.putInt(start + PARTITION_AT, partition);
        buffer.putLong(start + LSN_AT, lsn);
        buffer.putLong(start + HLC_AT, hlc);
        buffer.putInt(start + CRC_AT, crc(buffer, start, offset, length));
        while (buffer.position() % ALIGN != start % ALIGN) {
            buffer.put((byte) 0);
        }
        return new Head(type, partition, lsn, hlc, new Location(segment, offset, length));
    }

    /** How long the record at {@code at} says it is; -1 when nothing there looks like a record. {@code at + HEADER} must be readable. */
    int claimedLength(ByteBuffer buffer, int at) {
        if (buffer.getShort(at + MARK_AT) != mark || RecordType.of(buffer.get(at + TYPE_AT)) == null) {
            return -1;
        }
        int payload = buffer.getInt(at + LENGTH_AT);
        return payload < 0 || payload > MAX_RECORD_BYTES - HEADER ? -1 : HEADER + payload;
    }

    /** The record at {@code at}, of the length that it claims, or null when it is not what was written there. */
    @Nullable Head read(ByteBuffer buffer, int at, int offset, int length) {
        RecordType type = RecordType.of(buffer.get(at + TYPE_AT));
        if (type == null
                || claimedLength(buffer, at) != length
                || buffer.getInt(at + CRC_AT) != crc(buffer, at, offset, length)) {
            return null;
        }
        return new Head(
                type,
                buffer.getInt(at + PARTITION_AT),
                buffer.getLong(at + LSN_AT),
                buffer.getLong(at + HLC_AT),
                new Location(segment, offset, length));
    }

    private int crc(ByteBuffer buffer, int at, int offset, int length) {
        crc.reset();
        crc.update(prefix.clear().putLong(seed).putLong(offset).flip());
        crc.update(buffer.duplicate().limit(at + length).position(at + LENGTH_AT));
        return (int) crc.getValue();
    }

    /** SplitMix64's finalizer. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
