package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import java.nio.ByteBuffer;

/**
 * Payloads by record type. RECORD: u16 key length, u32 metadata length, key, metadata, record bytes. GROUP: u64 LSN known
 * durable, u64 HLC floor, u32 records, u32 their bytes. METADATA: u8 kind (1: HLC reservation; the value is the record's HLC).
 */
final class LogPayload {
    static final int RECORD_FIXED = 6;
    static final int GROUP_BYTES = 24;
    static final byte HLC_RESERVATION = 1;

    private LogPayload() {}

    static void putRecord(ByteBuffer into, byte[] key, byte[] meta, byte[] record) {
        into.putShort((short) key.length).putInt(meta.length).put(key).put(meta).put(record);
    }

    static void putGroup(ByteBuffer into, GroupHead head) {
        into.putLong(head.durableLsn)
                .putLong(head.hlcFloor)
                .putInt(head.records)
                .putInt(head.bytes);
    }

    static GroupHead group(ByteBuffer from, int at) {
        return new GroupHead(from.getLong(at), from.getLong(at + 8), from.getInt(at + 16), from.getInt(at + 20));
    }

    /** @param payload of a RECORD whose checksum was verified, so its lengths are right unless software is wrong */
    static KeyRecord record(ByteBuffer from, int at, int length) {
        int keyBytes = from.getShort(at) & 0xffff;
        int metaBytes = from.getInt(at + 2);
        int valueBytes = length - RECORD_FIXED - keyBytes - metaBytes;
        Invariant.check(metaBytes >= 0 && valueBytes >= 0, "a record's parts fit into its payload");
        byte[] key = new byte[keyBytes];
        byte[] meta = new byte[metaBytes];
        from.get(at + RECORD_FIXED, key);
        from.get(at + RECORD_FIXED + keyBytes, meta);
        return new KeyRecord(Key.of(key), meta, at + RECORD_FIXED + keyBytes + metaBytes, valueBytes);
    }

    record GroupHead(long durableLsn, long hlcFloor, int records, int bytes) {}

    /** @param valueAt where the record's bytes start in the buffer that it was read from */
    record KeyRecord(Key key, byte[] meta, int valueAt, int valueBytes) {}
}
