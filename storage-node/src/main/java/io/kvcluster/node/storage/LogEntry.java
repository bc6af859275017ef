package io.kvcluster.node.storage;

import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.RecordStore.Refusal;
import java.nio.ByteBuffer;

/**
 * Something on its way into the log.
 *
 * @param owner index of the loop that hears {@code end}; the log's own comes after the core loops
 * @param record of a RECORD the record's bytes after key and metadata; of any other type the whole payload
 */
record LogEntry(RecordType type, int owner, int partition, long hlc, byte[] key, byte[] meta, byte[] record, End end) {
    static final byte[] NOTHING = {};

    /** Exactly one of the two is called, once, on the owner's loop. */
    interface End {
        void durable(Head head);

        void refused(Refusal why);
    }

    static LogEntry record(int owner, int partition, byte[] key, byte[] meta, byte[] record, long hlc, End end) {
        return new LogEntry(RecordType.RECORD, owner, partition, hlc, key, meta, record, end);
    }

    /** Of a type without key and metadata. */
    static LogEntry of(RecordType type, int owner, int partition, long hlc, byte[] payload, End end) {
        return new LogEntry(type, owner, partition, hlc, NOTHING, NOTHING, payload, end);
    }

    int payloadBytes() {
        return switch (type) {
            case RECORD -> LogPayload.RECORD_FIXED + key.length + meta.length + record.length;
            case METADATA, HINT, HINT_DONE, PARTITION_DROPPED, IDLE_MARK, GROUP, REWRITTEN -> record.length;
        };
    }

    void putPayload(ByteBuffer into) {
        switch (type) {
            case RECORD -> LogPayload.putRecord(into, key, meta, record);
            case METADATA, HINT, HINT_DONE, PARTITION_DROPPED, IDLE_MARK, GROUP, REWRITTEN -> into.put(record);
        }
    }

    /** Made by compaction, which gives back more than it takes: it alone may take a segment out of the reserve. */
    boolean isCopy() {
        return type == RecordType.REWRITTEN;
    }

    /** Writes that clients may be told to repeat; the others wait for space. */
    boolean refusable() {
        return type == RecordType.RECORD || type == RecordType.PARTITION_DROPPED || type == RecordType.HINT;
    }
}
