package io.kvcluster.node.storage;

import java.nio.ByteBuffer;

/**
 * A record of a segment that is compacted.
 *
 * @param lsn under which it was first written
 * @param payload as it was first written
 */
record CompactionItem(RecordType type, int partition, long lsn, long hlc, Location at, byte[] payload) {
    static CompactionItem of(LogFormat.Head head, ByteBuffer buffer, int payloadAt) {
        LogPayload.Origin origin = LogPayload.origin(head, buffer, payloadAt);
        byte[] payload = new byte[origin.payloadBytes()];
        buffer.get(origin.payloadAt(), payload);
        return new CompactionItem(origin.type(), head.partition(), origin.lsn(), head.hlc(), head.at(), payload);
    }

    LogPayload.KeyRecord record() {
        return LogPayload.record(ByteBuffer.wrap(payload), 0, payload.length);
    }

    /** Of hint records. */
    long target() {
        return ByteBuffer.wrap(payload).getLong(0);
    }

    /** Of a HINT_DONE: the prefix that it ends. */
    long doneUpTo() {
        return Math.min(ByteBuffer.wrap(payload).getLong(8), lsn - 1);
    }

    LogEntry again(int owner, LogEntry.End end) {
        byte[] rewritten = LogPayload.rewritten(lsn, type, ByteBuffer.wrap(payload));
        return LogEntry.of(RecordType.REWRITTEN, owner, partition, hlc, rewritten, end);
    }
}
