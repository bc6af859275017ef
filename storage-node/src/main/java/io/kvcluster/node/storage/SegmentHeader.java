package io.kvcluster.node.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first page of a segment. It is durable before the segment gets its name, and it closes the segment before it: what lies
 * there after {@code previousEnd} is no part of the log.
 *
 * @param previous number of the segment before, 0 for the first
 * @param previousEnd bytes of it that count
 * @param firstLsn the smallest LSN that the segment may hold
 * @param durableLsn known durable when the segment was named
 * @param hlcFloor the largest HLC reserved or recorded before
 */
record SegmentHeader(
        long storeId,
        int number,
        int previous,
        int previousEnd,
        long firstLsn,
        long durableLsn,
        long hlcFloor,
        int incarnation) {
    static final int BYTES = 4096;
    static final int FORMAT = 1;
    private static final long MAGIC = 0x4b56_4c4f_4753_4547L; // "KVLOGSEG"
    private static final int FIELDS = 64;

    SegmentHeader withDurableLsn(long lsn) {
        return new SegmentHeader(storeId, number, previous, previousEnd, firstLsn, lsn, hlcFloor, incarnation);
    }

    ByteBuffer encode() {
        return encode(FORMAT);
    }

    ByteBuffer encode(int format) {
        ByteBuffer page = ByteBuffer.allocate(BYTES);
        page.putLong(MAGIC)
                .putInt(format)
                .putLong(storeId)
                .putInt(number)
                .putInt(previous)
                .putInt(previousEnd);
        page.putLong(firstLsn).putLong(durableLsn).putLong(hlcFloor).putInt(incarnation);
        page.putInt(crc(page));
        return page.clear();
    }

    /** Null when the page is damaged. @throws StoreException when newer software wrote it */
    static @Nullable SegmentHeader decode(ByteBuffer page, String name) throws StoreException {
        if (page.remaining() < BYTES || page.getLong() != MAGIC) {
            return null;
        }
        int format = page.getInt();
        SegmentHeader header = new SegmentHeader(
                page.getLong(),
                page.getInt(),
                page.getInt(),
                page.getInt(),
                page.getLong(),
                page.getLong(),
                page.getLong(),
                page.getInt());
        int expected = crc(page);
        if (page.getInt() != expected) {
            return null;
        }
        if (format > FORMAT) {
            throw StoreException.newerFormat(name, format, FORMAT);
        }
        return header;
    }

    /** Of what stands before the buffer's position. */
    private static int crc(ByteBuffer page) {
        CRC32C crc = new CRC32C();
        crc.update(page.duplicate().flip());
        Invariant.check(page.position() < FIELDS, "a segment's header fits");
        return (int) crc.getValue();
    }
}
