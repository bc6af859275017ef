package io.kvcluster.node.storage;

import java.nio.ByteBuffer;

/** What an index holds for a key. */
record IndexEntry(long lsn, Location at, byte[] meta) {
    private static final int FIXED = 20;

    byte[] encode() {
        return ByteBuffer.allocate(FIXED + meta.length)
                .putLong(lsn)
                .putInt(at.segment())
                .putInt(at.offset())
                .putInt(at.length())
                .put(meta)
                .array();
    }

    static IndexEntry decode(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        long lsn = from.getLong();
        Location at = new Location(from.getInt(), from.getInt(), from.getInt());
        byte[] meta = new byte[from.remaining()];
        from.get(meta);
        return new IndexEntry(lsn, at, meta);
    }
}
