package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a record back and believes it only when its checksum, partition and key are right. Any thread. */
final class LogReader {
    private final long secret;

    LogReader(long secret) {
        this.secret = secret;
    }

    /** @param segment where {@code at} lies; empty when it was removed */
    ReadResult read(Optional<SegmentFile> segment, int partition, Key key, Location at) {
        return read(segment, at, (head, buffer) -> part(buffer, head, partition, key, at));
    }

    /** The record's bytes of a hint. */
    ReadResult readHint(Optional<SegmentFile> segment, long target, int partition, Location at, Consumer<Key> key) {
        return read(segment, at, (head, buffer) -> {
            if (head.type() != RecordType.HINT || head.partition() != partition) {
                return corrupt(at, "another record lies there");
            }
            LogPayload.HintRecord hint = LogPayload.hint(buffer, LogFormat.HEADER, head.payloadBytes());
            if (hint.target() != target) {
                return corrupt(at, "a hint for another store lies there");
            }
            key.accept(hint.key());
            return new ReadResult.Bytes(hint.record());
        });
    }

    private interface Part {
        ReadResult of(Head head, ByteBuffer buffer);
    }

    private ReadResult read(Optional<SegmentFile> segment, Location at, Part part) {
        if (segment.isEmpty()) {
            return new ReadResult.Gone();
        }
        ByteBuffer buffer = ByteBuffer.allocate(at.length());
        try {
            int read = segment.get().file().read(buffer, at.offset());
            if (read < at.length()) {
                return corrupt(at, "the segment ends after " + read + " of its bytes");
            }
        } catch (IOException failed) {
            return corrupt(at, failed.toString());
        }
        Head head = new LogFormat(secret, at.segment()).read(buffer, 0, at.offset(), at.length());
        return head == null ? corrupt(at, "its checksum does not fit") : part.of(head, buffer);
    }

    private static ReadResult part(ByteBuffer buffer, Head head, int partition, Key key, Location at) {
        if (head.type() != RecordType.RECORD || head.partition() != partition) {
            return corrupt(at, "another record lies there");
        }
        LogPayload.KeyRecord record = LogPayload.record(buffer, LogFormat.HEADER, head.payloadBytes());
        if (!record.key().equals(key)) {
            return corrupt(at, "another key lies there");
        }
        byte[] bytes = new byte[record.valueBytes()];
        buffer.get(record.valueAt(), bytes);
        return new ReadResult.Bytes(bytes);
    }

    private static ReadResult corrupt(Location at, String why) {
        return new ReadResult.Corrupt("record at " + at + ": " + why);
    }
}
