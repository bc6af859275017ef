package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk.DiskFile;
import io.kvcluster.node.storage.LogFormat.Head;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds everything in a segment that is valid, whatever lies between: after a page that is not what was written it looks at each
 * multiple of 8 for the next record. Reads through a window, so that a segment needs no heap of its own size.
 */
final class SegmentScan {
    /** Hears what is found, in the order of the file. */
    interface Visitor {
        /** @param payloadAt where the payload starts in {@code buffer}; both are good only during the call */
        void found(Head head, ByteBuffer buffer, int payloadAt) throws IOException;

        /** Bytes that are no record and not all zero. */
        void invalid(int from, int to);
    }

    private static final int WINDOW = 1 << 20;

    private final DiskFile file;
    private final LogFormat format;
    private final int end;
    private ByteBuffer window;
    private int windowAt;
    private int at = SegmentHeader.BYTES;
    private int invalidFrom = -1;

    /** @param end bytes of the segment that count */
    SegmentScan(DiskFile file, LogFormat format, int end) throws IOException {
        this.file = file;
        this.format = format;
        this.end = (int) Math.min(end, file.length());
        this.window = ByteBuffer.allocate(Math.min(WINDOW, this.end)).limit(0);
    }

    void run(Visitor visitor) throws IOException {
        while (next(Integer.MAX_VALUE, visitor)) {}
    }

    /** Goes on for about so many bytes. False at the end. */
    boolean next(int bytes, Visitor visitor) throws IOException {
        int stop = (int) Math.min(end, (long) at + bytes);
        while (at < stop && at + LogFormat.HEADER <= end) {
            Head head = read(at);
            if (head == null) {
                invalidFrom = invalidFrom < 0 && !zeroAt(at) ? at : invalidFrom;
                at += LogFormat.ALIGN;
                continue;
            }
            if (invalidFrom >= 0) {
                visitor.invalid(invalidFrom, at);
                invalidFrom = -1;
            }
            visitor.found(head, window, at - windowAt + LogFormat.HEADER);
            at += LogFormat.pad(head.at().length());
        }
        if (at + LogFormat.HEADER <= end) {
            return true;
        }
        if (invalidFrom >= 0) {
            visitor.invalid(invalidFrom, end);
            invalidFrom = -1;
        }
        return false;
    }

    private @Nullable Head read(int at) throws IOException {
        show(at, LogFormat.HEADER);
        int length = format.claimedLength(window, at - windowAt);
        if (length < 0 || length > end - at) {
            return null;
        }
        show(at, length);
        return format.read(window, at - windowAt, at, length);
    }

    private boolean zeroAt(int at) {
        return window.getLong(at - windowAt) == 0;
    }

    /** Makes the bytes visible in the window. */
    private void show(int at, int length) throws IOException {
        if (at >= windowAt && at + length <= windowAt + window.limit()) {
            return;
        }
        if (length > window.capacity()) {
            window = ByteBuffer.allocate(length);
        }
        window.clear().limit(Math.min(window.capacity(), end - at));
        windowAt = at;
        file.read(window, at);
        window.flip();
        if (window.limit() < length) {
            throw new IOException("segment file is shorter than a moment ago");
        }
    }
}
