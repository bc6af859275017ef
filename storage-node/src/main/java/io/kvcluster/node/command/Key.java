package io.kvcluster.node.command;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** A key: 1 to {@link Limits#KEY_BYTES} bytes, compared byte by byte, unsigned. Immutable; the array is not copied, so its giver lets go of it. */
public final class Key implements Comparable<Key> {
    private final byte[] bytes;
    private final int hash;

    private Key(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /** @throws IllegalArgumentException outside the limits; callers that face clients check first and answer with a reason */
    public static Key of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > Limits.KEY_BYTES) {
            throw new IllegalArgumentException(
                    "key has " + bytes.length + " bytes, 1.." + Limits.KEY_BYTES + " are allowed");
        }
        return new Key(bytes);
    }

    public static Key of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes themselves; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int compareTo(Key other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** As text when it is printable ASCII, else as hex: for logs. */
    @Override
    public String toString() {
        for (byte b : bytes) {
            if (b < 0x20 || b == 0x7f) {
                return "0x" + HexFormat.of().formatHex(bytes);
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
