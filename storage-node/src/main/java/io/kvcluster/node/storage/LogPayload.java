package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.storage.LogFormat.Head;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Payloads by record type. RECORD: u16 key length, u32 metadata length, key, metadata, record bytes. GROUP: u64 LSN known
 * durable, u64 HLC floor, u32 records, u32 their bytes. METADATA: u8 kind (1: HLC reservation; the value is the record's HLC).
 * HINT: u64 storeId of its target, u16 key length, key, record bytes. HINT_DONE: u64 storeId, u64 LSN up to which its hints with
 * LSNs below the record's own are done. REWRITTEN: u64 LSN and u8 type of the record as it was first written, its payload.
 */
final class LogPayload {
    static final int RECORD_FIXED = 6;
    static final int GROUP_BYTES = 24;
    static final int HINT_FIXED = 10;
    static final int HINT_DONE_BYTES = 16;
    static final int REWRITTEN_FIXED = 9;
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

    static byte[] hint(long target, byte[] key, byte[] record) {
        return ByteBuffer.allocate(HINT_FIXED + key.length + record.length)
                .putLong(target)
                .putShort((short) key.length)
                .put(key)
                .put(record)
                .array();
    }

    static byte[] hintDone(long target, long upTo) {
        return ByteBuffer.allocate(HINT_DONE_BYTES)
                .putLong(target)
                .putLong(upTo)
                .array();
    }

    /** @param payload of a HINT whose checksum was verified */
    static HintRecord hint(ByteBuffer from, int at, int length) {
        byte[] key = new byte[from.getShort(at + 8) & 0xffff];
        int recordBytes = length - HINT_FIXED - key.length;
        Invariant.check(recordBytes >= 0, "a hint's parts fit into its payload");
        byte[] record = new byte[recordBytes];
        from.get(at + HINT_FIXED, key);
        from.get(at + HINT_FIXED + key.length, record);
        return new HintRecord(from.getLong(at), Key.of(key), record);
    }

    /** @param payload of the record when it was first written */
    static byte[] rewritten(long lsn, RecordType type, ByteBuffer payload) {
        return ByteBuffer.allocate(REWRITTEN_FIXED + payload.remaining())
                .putLong(lsn)
                .put(type.code())
                .put(payload)
                .array();
    }

    /** What a record says, whether it was written once or again. @param at where its payload starts */
    static Origin origin(Head head, ByteBuffer from, int at) {
        if (head.type() != RecordType.REWRITTEN) {
            return new Origin(head.type(), head.lsn(), at, head.payloadBytes());
        }
        RecordType type = RecordType.of(from.get(at + 8));
        Invariant.check(type != null && type != RecordType.REWRITTEN, "what was rewritten has a type of its own");
        return new Origin(
                Objects.requireNonNull(type),
                from.getLong(at),
                at + REWRITTEN_FIXED,
                head.payloadBytes() - REWRITTEN_FIXED);
    }

    /** @param lsn under which the record was first written */
    record Origin(RecordType type, long lsn, int payloadAt, int payloadBytes) {}

    record HintRecord(long target, Key key, byte[] record) {}

    record GroupHead(long durableLsn, long hlcFloor, int records, int bytes) {}

    /** @param valueAt where the record's bytes start in the buffer that it was read from */
    record KeyRecord(Key key, byte[] meta, int valueAt, int valueBytes) {}
}
