package io.kvcluster.node.version;

import java.util.Arrays;

/**
 * Reads what {@link ByteSink} wrote, and nothing else: a number has one form, and no length is believed before the bytes are
 * there.
 */
final class ByteSource {
    private final byte[] bytes;
    private final int end;
    private int at;

    ByteSource(byte[] bytes, int end) {
        this.bytes = bytes;
        this.end = end;
    }

    int get8(String what) {
        need(1, what);
        return bytes[at++] & 0xff;
    }

    long get64(String what) {
        need(Long.BYTES, what);
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (bytes[at++] & 0xff);
        }
        return value;
    }

    /** @param max 0..2^62; greater values are refused */
    long getVarint(String what, long max) {
        int start = at;
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = get8(what);
            value |= (next & 0x7fL) << shift;
            if ((next & 0x80) == 0) {
                if (next == 0 && shift > 0) {
                    throw malformed(what + " is written with more bytes than it needs", start);
                }
                if (value < 0 || value > max) {
                    throw malformed(
                            what + " is " + Long.toUnsignedString(value) + ", at most " + max + " is allowed", start);
                }
                return value;
            }
        }
        throw malformed(what + " has no end", start);
    }

    /** How many elements follow, of at least {@code elementBytes} each: as many as the rest can hold. */
    int getCount(String what, int elementBytes, int max) {
        int start = at;
        int count = (int) getVarint(what, max);
        if (count > remaining() / elementBytes) {
            throw malformed(what + " is " + count + ", but only " + remaining() + " bytes follow", start);
        }
        return count;
    }

    byte[] get(int length, String what) {
        need(length, what);
        byte[] value = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return value;
    }

    int remaining() {
        return end - at;
    }

    int at() {
        return at;
    }

    void requireEnd() {
        if (at != end) {
            throw malformed(remaining() + " bytes follow the end", at);
        }
    }

    static MalformedRecordException malformed(String what, int at) {
        return new MalformedRecordException(what + " (byte " + at + ")");
    }

    private void need(int more, String what) {
        if (remaining() < more) {
            throw malformed(what + " needs " + more + " bytes, but " + remaining() + " are left", at);
        }
    }
}
