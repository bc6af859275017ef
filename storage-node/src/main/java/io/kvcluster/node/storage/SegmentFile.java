package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A segment on disk.
 *
 * @param firstLsn of the records that it holds, or the next to come
 */
record SegmentFile(int number, long firstLsn, DiskFile file) {
    static final String DIRECTORY = "log";
    static final String SUFFIX = ".seg";
    static final String HINTS = ".hints";
    static final String TEMPORARY = ".tmp";

    static String name(int number) {
        return path(number, SUFFIX);
    }

    static String path(int number, String suffix) {
        return DIRECTORY + "/" + String.format(Locale.ROOT, "%08x", number) + suffix;
    }

    /** The number in a file's name, or -1 when it is not a segment's. */
    static int number(String fileName) {
        return fileName.matches("[0-9a-f]{8}\\.seg") ? Integer.parseUnsignedInt(fileName.substring(0, 8), 16) : -1;
    }

    static @Nullable SegmentHeader readHeader(int number, DiskFile file) throws IOException, StoreException {
        ByteBuffer page = ByteBuffer.allocate(SegmentHeader.BYTES);
        file.read(page, 0);
        SegmentHeader header = SegmentHeader.decode(page.flip(), name(number));
        return header != null && header.number() == number ? header : null;
    }

    /** Gives a written and forced file its name, durably: from here on it is part of the log. */
    static void publish(Disk disk, String temporary, int number) throws IOException {
        disk.rename(temporary, name(number));
        disk.syncDirectory(DIRECTORY);
    }
}
