package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
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

    /** Compares with what the index says: the metadata of the record as it was written is the row's. */
    ReadResult verify(Optional<SegmentFile> segment, int partition, RecordStore.Row row) {
        return read(segment, row.at(), (head, buffer) -> {
            ReadResult found = part(buffer, head, partition, row.key(), row.at());
            LogPayload.Origin origin = LogPayload.origin(head, buffer, LogFormat.HEADER);
            boolean same = found instanceof ReadResult.Corrupt
                    || (origin.lsn() == row.lsn()
                            && Arrays.equals(
                                    LogPayload.record(buffer, origin.payloadAt(), origin.payloadBytes())
                                            .meta(),
                                    row.meta()));
            return same ? found : corrupt(row.at(), "the index says something else of it");
        });
    }

    /** The record's bytes of a hint. */
    ReadResult readHint(Optional<SegmentFile> segment, long target, int partition, Location at, Consumer<Key> key) {
        return read(segment, at, (head, buffer) -> {
            LogPayload.Origin origin = LogPayload.origin(head, buffer, LogFormat.HEADER);
            if (origin.type() != RecordType.HINT || head.partition() != partition) {
                return corrupt(at, "another record lies there");
            }
            LogPayload.HintRecord hint = LogPayload.hint(buffer, origin.payloadAt(), origin.payloadBytes());
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
        if (segment.isEmpty() || !segment.get().readers().enter()) {
            return new ReadResult.Gone();
        }
        try {
            return read(segment.get(), at, part);
        } finally {
            segment.get().readers().leave();
        }
    }

    private ReadResult read(SegmentFile segment, Location at, Part part) {
        ByteBuffer buffer = ByteBuffer.allocate(at.length());
        try {
            int read = segment.file().read(buffer, at.offset());
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
        LogPayload.Origin origin = LogPayload.origin(head, buffer, LogFormat.HEADER);
        if (origin.type() != RecordType.RECORD || head.partition() != partition) {
            return corrupt(at, "another record lies there");
        }
        LogPayload.KeyRecord record = LogPayload.record(buffer, origin.payloadAt(), origin.payloadBytes());
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
