package io.kvcluster.node.version;

import java.util.Arrays;

/** Grows an array with big-endian numbers and LEB128 varints. */
final class ByteSink {
    private byte[] bytes;
    private int size;

    ByteSink(int expectedBytes) {
        this.bytes = new byte[expectedBytes];
    }

    ByteSink put8(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
        return this;
    }

    ByteSink put64(long value) {
        reserve(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
        return this;
    }

    ByteSink putVarint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            put8((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        return put8((int) rest);
    }

    /** What {@link #putVarint} takes. */
    static int varintBytes(long value) {
        return value == 0 ? 1 : (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7;
    }

    ByteSink put(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), size + size / 2));
        }
    }
}
