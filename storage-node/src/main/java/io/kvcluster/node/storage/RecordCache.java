package io.kvcluster.node.storage;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records by where they lie in the log, bounded in bytes; the least recently used goes first. One owner, so without the price of sharing. */
final class RecordCache {
    private static final int OVERHEAD_BYTES = 160;

    private final long maxBytes;
    private final LinkedHashMap<Location, byte[]> records = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    RecordCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    byte @Nullable [] getIfPresent(Location at) {
        return records.get(at);
    }

    void put(Location at, byte[] record) {
        byte[] before = records.put(at, record);
        bytes += weight(record) - (before == null ? 0 : weight(before));
        Iterator<Map.Entry<Location, byte[]>> eldestFirst = records.entrySet().iterator();
        while (bytes > maxBytes && eldestFirst.hasNext()) {
            bytes -= weight(eldestFirst.next().getValue());
            eldestFirst.remove();
        }
    }

    void invalidate(Location at) {
        byte[] record = records.remove(at);
        if (record != null) {
            bytes -= weight(record);
        }
    }

    /** Of all records, with what they cost besides. */
    long bytes() {
        return bytes;
    }

    private static long weight(byte[] record) {
        return record.length + OVERHEAD_BYTES;
    }
}
