package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The summary of a sealed segment: key, metadata and location of each record, without values, and its hint records. A head that
 * counts the hint records, then blocks (u32 length,
 * u32 CRC32C over block number and bytes, bytes), then an empty block that counts them. It is valid whole or not at all.
 */
final class HintFile {
    private static final long MAGIC = 0x4b56_4849_4e54_5332L; // "KVHINTS2"
    private static final int BLOCK = 256 << 10;
    private static final int BLOCK_HEAD = 8;
    private static final int ITEM_FIXED = 27;
    private static final int HEAD_BYTES = 32;
    private static final int HEAD_CRC_AT = 24;
    private static final int HINTS_AT = 28;
    private static final int MAX_BLOCK = BLOCK + (4 << 20);

    private HintFile() {}

    /** Collects and writes one. */
    static final class Writer implements LogVisitor, AutoCloseable {
        private final Disk disk;
        private final Sealed sealed;
        private final String temporary;
        private final DiskFile file;
        private ByteBuffer block;
        private long position = HEAD_BYTES;
        private int blocks;
        private int hints;

        Writer(Disk disk, Sealed sealed) throws IOException {
            this.disk = disk;
            this.sealed = sealed;
            this.block = ByteBuffer.allocate(Math.min(BLOCK, sealed.end()));
            this.temporary = SegmentFile.path(sealed.number(), HINTS_TEMPORARY);
            disk.delete(temporary);
            this.file = disk.create(temporary, 0);
        }

        @Override
        public void record(int partition, long lsn, Location at, Key key, byte[] meta) throws IOException {
            item(RecordType.RECORD, partition, lsn, at, key.bytes(), meta);
        }

        @Override
        public void dropped(int partition, long lsn) throws IOException {
            item(
                    RecordType.PARTITION_DROPPED,
                    partition,
                    lsn,
                    new Location(sealed.number(), 0, 0),
                    LogEntry.NOTHING,
                    LogEntry.NOTHING);
        }

        @Override
        public void hint(long target, int partition, long lsn, long hlc, Location at) throws IOException {
            hints++;
            item(RecordType.HINT, partition, lsn, at, LogEntry.NOTHING, LogPayload.hintDone(target, hlc));
        }

        @Override
        public void hintDone(long target, long upTo, long lsn) throws IOException {
            hints++;
            item(
                    RecordType.HINT_DONE,
                    0,
                    lsn,
                    new Location(sealed.number(), 0, 0),
                    LogEntry.NOTHING,
                    LogPayload.hintDone(target, upTo));
        }

        private void item(RecordType type, int partition, long lsn, Location at, byte[] key, byte[] meta)
                throws IOException {
            int bytes = ITEM_FIXED + key.length + meta.length;
            if (block.remaining() < bytes) {
                flush();
                block = bytes > block.capacity() ? ByteBuffer.allocate(bytes) : block;
            }
            block.put(type.code())
                    .putInt(partition)
                    .putLong(lsn)
                    .putInt(at.offset())
                    .putInt(at.length());
            block.putShort((short) key.length).putInt(meta.length).put(key).put(meta);
        }

        private void flush() throws IOException {
            if (block.position() > 0) {
                writeBlock(block.flip());
                block.clear();
            }
        }

        private void writeBlock(ByteBuffer bytes) throws IOException {
            ByteBuffer head = ByteBuffer.allocate(BLOCK_HEAD);
            head.putInt(bytes.remaining()).putInt(crc(blocks, bytes)).flip();
            file.write(head, position);
            position += BLOCK_HEAD + bytes.remaining();
            file.write(bytes, position - bytes.remaining());
            blocks++;
        }

        /** Makes it durable and gives it its name. */
        void finish() throws IOException {
            flush();
            writeBlock(ByteBuffer.allocate(0));
            file.write(head(sealed.number(), sealed.end(), sealed.lastLsn(), hints), 0);
            file.force();
            disk.rename(temporary, SegmentFile.path(sealed.number(), SegmentFile.HINTS));
            disk.syncDirectory(SegmentFile.DIRECTORY);
        }

        /** Without {@link #finish} nothing stays. */
        @Override
        public void close() throws IOException {
            file.close();
            disk.delete(temporary);
        }
    }

    private static final String HINTS_TEMPORARY = SegmentFile.HINTS + SegmentFile.TEMPORARY;

    /** u64 magic, u32 number, u32 end, u64 last LSN, u32 CRC32C of the rest, u32 hint records. */
    private static ByteBuffer head(int number, int end, long lastLsn, int hints) {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        head.putLong(MAGIC)
                .putInt(number)
                .putInt(end)
                .putLong(lastLsn)
                .putInt(0)
                .putInt(hints);
        return head.putInt(HEAD_CRC_AT, crc(-1, head.rewind()));
    }

    private static int crc(int block, ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(block).flip());
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    /** True when the segment has a file that is whole and tells of all that the segment holds. */
    static boolean isValid(Disk disk, Sealed sealed) {
        try {
            return exists(disk, sealed) && read(disk, sealed, null);
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** How many hint records the segment has; empty when no file with a valid head says it. */
    static OptionalInt hints(Disk disk, Sealed sealed) throws IOException {
        if (!exists(disk, sealed)) {
            return OptionalInt.empty();
        }
        try (DiskFile file = disk.open(SegmentFile.path(sealed.number(), SegmentFile.HINTS))) {
            ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
            file.read(head, 0);
            return fits(head.flip(), sealed) ? OptionalInt.of(head.getInt(HINTS_AT)) : OptionalInt.empty();
        }
    }

    private static boolean exists(Disk disk, Sealed sealed) throws IOException {
        return disk.exists(SegmentFile.path(sealed.number(), SegmentFile.HINTS));
    }

    /** @throws IOException when it is not valid: check first */
    static void visit(Disk disk, Sealed sealed, LogVisitor visitor) throws IOException {
        if (!read(disk, sealed, visitor)) {
            throw new IOException("hint file of segment " + sealed.number() + " changed while it was read");
        }
    }

    /** False when damaged. */
    private static boolean read(Disk disk, Sealed sealed, @Nullable LogVisitor visitor) throws IOException {
        try (DiskFile file = disk.open(SegmentFile.path(sealed.number(), SegmentFile.HINTS))) {
            ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
            file.read(head, 0);
            if (!fits(head.flip(), sealed)) {
                return false;
            }
            long position = HEAD_BYTES;
            for (int number = 0; ; number++) {
                ByteBuffer block = block(file, position, number);
                if (block == null || block.remaining() == 0) {
                    return block != null;
                }
                position += BLOCK_HEAD + block.remaining();
                if (visitor != null) {
                    visit(block, sealed.number(), visitor);
                }
            }
        }
    }

    /** A segment whose header is damaged does not know its own bounds; the hint file does. */
    private static boolean fits(ByteBuffer found, Sealed sealed) {
        if (found.remaining() < HEAD_BYTES) {
            return false;
        }
        boolean bounded = sealed.lastLsn() != Sealed.UNKNOWN;
        int end = bounded ? sealed.end() : found.getInt(12);
        long lastLsn = bounded ? sealed.lastLsn() : found.getLong(16);
        return found.equals(head(sealed.number(), end, lastLsn, found.getInt(HINTS_AT)));
    }

    private static @Nullable ByteBuffer block(DiskFile file, long position, int number) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(BLOCK_HEAD);
        if (file.read(head, position) < BLOCK_HEAD) {
            return null;
        }
        int length = head.getInt(0);
        if (length < 0 || length > MAX_BLOCK) {
            return null;
        }
        ByteBuffer block = ByteBuffer.allocate(length);
        if (file.read(block, position + BLOCK_HEAD) < length || crc(number, block.flip()) != head.getInt(4)) {
            return null;
        }
        return block;
    }

    private static void visit(ByteBuffer block, int segment, LogVisitor visitor) throws IOException {
        while (block.hasRemaining()) {
            RecordType type = RecordType.of(block.get());
            int partition = block.getInt();
            long lsn = block.getLong();
            Location at = new Location(segment, block.getInt(), block.getInt());
            byte[] key = new byte[block.getShort() & 0xffff];
            byte[] meta = new byte[block.getInt()];
            block.get(key).get(meta);
            switch (type) {
                case RECORD -> visitor.record(partition, lsn, at, Key.of(key), meta);
                case PARTITION_DROPPED -> visitor.dropped(partition, lsn);
                case HINT -> visitor.hint(longAt(meta, 0), partition, lsn, longAt(meta, 1), at);
                case HINT_DONE -> visitor.hintDone(longAt(meta, 0), longAt(meta, 1), lsn);
                case null -> throw new IllegalStateException("a hint file names a type that is unknown");
                case GROUP, METADATA, IDLE_MARK, REWRITTEN ->
                    throw new IllegalStateException("a hint file holds no " + type);
            }
        }
    }

    private static long longAt(byte[] bytes, int index) {
        return ByteBuffer.wrap(bytes).getLong(index * Long.BYTES);
    }
}
