package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.RecoveredLog.Damage;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Tells a visitor what a segment holds: from its hint file when that is valid, else from the segment itself. */
final class SegmentContents {
    private final Disk disk;
    private final long secret;

    SegmentContents(Disk disk, long secret) {
        this.disk = disk;
        this.secret = secret;
    }

    /** What the segment should hold and does not. */
    Optional<Damage> visit(Sealed sealed, LogVisitor visitor) throws IOException {
        if (HintFile.isValid(disk, sealed)) {
            HintFile.visit(disk, sealed, visitor);
            return Optional.empty();
        }
        return scan(sealed, visitor);
    }

    /** As {@link #visit}, of hints alone: most segments have none, and their hint files say so in their heads. */
    void visitHints(Sealed sealed, LogVisitor visitor) throws IOException {
        if (HintFile.hints(disk, sealed).orElse(1) > 0) {
            visit(sealed, visitor);
        }
    }

    /**
     * Writes the segment's hint file, unless records are missing: a summary without them would hide the damage. Gives back the
     * space that was allocated beyond the segment's end.
     */
    Optional<Damage> summarize(Sealed sealed) throws IOException {
        if (HintFile.hints(disk, sealed).isPresent()) {
            return Optional.empty();
        }
        try (HintFile.Writer writer = new HintFile.Writer(disk, sealed)) {
            Optional<Damage> damage = scan(sealed, writer);
            if (damage.isEmpty() && sealed.lastLsn() != Sealed.UNKNOWN) {
                writer.finish();
            }
            if (sealed.segment().file().length() > sealed.end()) {
                sealed.segment().file().truncate(sealed.end());
            }
            return damage;
        }
    }

    Optional<Damage> scan(Sealed sealed, LogVisitor visitor) throws IOException {
        SegmentFile segment = sealed.segment();
        Telling telling = new Telling(segment.firstLsn(), sealed.lastLsn(), visitor);
        new SegmentScan(segment.file(), new LogFormat(secret, segment.number()), sealed.end()).run(telling);
        if (sealed.lastLsn() == Sealed.UNKNOWN) {
            return Optional.empty();
        }
        long missing = sealed.lastLsn() - segment.firstLsn() + 1 - telling.found;
        return missing == 0
                ? Optional.empty()
                : Optional.of(new Damage(segment.number(), missing, "records that were durable are not valid"));
    }

    private static final class Telling implements SegmentScan.Visitor {
        private final long firstLsn;
        private final long lastLsn;
        private final LogVisitor visitor;
        private long found;

        private Telling(long firstLsn, long lastLsn, LogVisitor visitor) {
            this.firstLsn = firstLsn;
            this.lastLsn = lastLsn;
            this.visitor = visitor;
        }

        @Override
        public void found(Head head, ByteBuffer buffer, int payloadAt) throws IOException {
            if (head.type() == RecordType.GROUP) {
                return;
            }
            if (lastLsn != Sealed.UNKNOWN && head.lsn() >= firstLsn && head.lsn() <= lastLsn) {
                found++;
            }
            LogPayload.Origin origin = LogPayload.origin(head, buffer, payloadAt);
            int at = origin.payloadAt();
            switch (origin.type()) {
                case RECORD -> {
                    LogPayload.KeyRecord record = LogPayload.record(buffer, at, origin.payloadBytes());
                    visitor.record(head.partition(), origin.lsn(), head.at(), record.key(), record.meta());
                }
                case PARTITION_DROPPED -> visitor.dropped(head.partition(), origin.lsn());
                case HINT -> visitor.hint(buffer.getLong(at), head.partition(), origin.lsn(), head.hlc(), head.at());
                case HINT_DONE -> visitor.hintDone(buffer.getLong(at), buffer.getLong(at + 8), origin.lsn());
                case GROUP, METADATA, IDLE_MARK, REWRITTEN -> {}
            }
        }

        @Override
        public void invalid(int from, int to) {
            // Known by the LSNs that are missing.
        }
    }
}
