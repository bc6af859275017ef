package io.kvcluster.node.storage;

import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.RecordStore.Refusal;
import java.nio.ByteBuffer;

/**
 * Something on its way into the log.
 *
 * @param owner index of the loop that hears {@code end}
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

    int payloadBytes() {
        return switch (type) {
            case RECORD -> LogPayload.RECORD_FIXED + key.length + meta.length + record.length;
            case METADATA -> 1;
            case GROUP, HINT, HINT_DONE, PARTITION_DROPPED, IDLE_MARK -> 0;
        };
    }

    void putPayload(ByteBuffer into) {
        switch (type) {
            case RECORD -> LogPayload.putRecord(into, key, meta, record);
            case METADATA -> into.put(LogPayload.HLC_RESERVATION);
            case GROUP, HINT, HINT_DONE, PARTITION_DROPPED, IDLE_MARK -> {}
        }
    }

    /** Writes that clients may be told to repeat; the others wait for space. */
    boolean refusable() {
        return type == RecordType.RECORD || type == RecordType.PARTITION_DROPPED;
    }
}
