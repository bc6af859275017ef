package io.kvcluster.node.storage;

import org.jspecify.annotations.Nullable;

/** What a log record is. The codes are on disk: never reuse one. 8 and 9 are kept for Raft entries and Raft state. */
enum RecordType {
    /** Head of a group: names the LSN that was durable before the group was written. Has no LSN of its own. */
    GROUP(1),
    /** A key with all its siblings. */
    RECORD(2),
    /** A write kept for another store. */
    HINT(3),
    /** That store needs no hints up to an LSN. */
    HINT_DONE(4),
    /** Hides the partition's records with smaller LSNs. */
    PARTITION_DROPPED(5),
    /** A fact about the store; see {@link LogPayload}. */
    METADATA(6),
    /** Nothing happened; the group's head is what matters. */
    IDLE_MARK(7),
    /** A record that compaction wrote again, with the LSN that it was first written under. */
    REWRITTEN(10);

    private static final RecordType[] BY_CODE = new RecordType[256];

    static {
        for (RecordType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final byte code;

    RecordType(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    static @Nullable RecordType of(byte code) {
        return BY_CODE[code & 0xff];
    }
}
