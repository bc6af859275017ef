package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A segment on disk.
 *
 * @param firstLsn of the records that it holds, or the next to come
 * @param readers who keep it from being removed
 */
record SegmentFile(int number, long firstLsn, DiskFile file, Readers readers) {
    static final String DIRECTORY = "log";
    static final String SUFFIX = ".seg";
    static final String HINTS = ".hints";
    static final String TEMPORARY = ".tmp";

    SegmentFile(int number, long firstLsn, DiskFile file) {
        this(number, firstLsn, file, new Readers());
    }

    /** Who reads the segment now: it may be removed when nobody does. Any thread. */
    static final class Readers {
        /** The log holds it too. */
        private final AtomicInteger holders = new AtomicInteger(1);

        private volatile Runnable whenFree = () -> {};

        /** False when the segment is removed. Each true needs one {@link #leave}. */
        boolean enter() {
            return holders.getAndUpdate(now -> now == 0 ? 0 : now + 1) > 0;
        }

        void leave() {
            if (holders.decrementAndGet() == 0) {
                whenFree.run();
            }
        }

        /** The log lets it go, once; {@code then} runs on the thread of whoever holds it last. */
        void retire(Runnable then) {
            whenFree = then;
            leave();
        }
    }

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
