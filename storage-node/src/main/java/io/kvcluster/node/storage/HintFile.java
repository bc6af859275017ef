package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The summary of a sealed segment: key, metadata and location of each record, without values. A head, then blocks (u32 length,
 * u32 CRC32C over block number and bytes, bytes), then an empty block that counts them. It is valid whole or not at all.
 */
final class HintFile {
    private static final long MAGIC = 0x4b56_4849_4e54_5331L; // "KVHINTS1"
    private static final int BLOCK = 256 << 10;
    private static final int BLOCK_HEAD = 8;
    private static final int ITEM_FIXED = 27;
    private static final int HEAD_BYTES = 32;
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
            file.write(head(sealed), 0);
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

    private static ByteBuffer head(Sealed sealed) {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        head.putLong(MAGIC).putInt(sealed.number()).putInt(sealed.end()).putLong(sealed.lastLsn());
        return head.putInt(crc(-1, head.duplicate().flip())).rewind();
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

    static boolean exists(Disk disk, Sealed sealed) throws IOException {
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
        if (sealed.lastLsn() != Sealed.UNKNOWN) {
            return found.equals(head(sealed));
        }
        return found.remaining() == HEAD_BYTES
                && found.getLong(0) == MAGIC
                && found.getInt(8) == sealed.number()
                && found.getInt(24) == crc(-1, found.duplicate().limit(24));
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
            if (type == RecordType.RECORD) {
                visitor.record(partition, lsn, at, Key.of(key), meta);
            } else {
                visitor.dropped(partition, lsn);
            }
        }
    }
}
