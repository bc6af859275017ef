package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import io.kvcluster.node.storage.RecoveredLog.Damage;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import io.kvcluster.node.storage.RecoveredLog.Tail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings the log directory into order after any end. Sealed segments are complete by construction (everything in them was
 * durable before the next one got its name), so only the last one is read here:
 * <ol>
 *   <li>remove files that never got their name or were compacted; end each sealed segment where the next one's header says, or
 *       what is kept of headers that compaction removed;
 *   <li>find what is valid in the last segment, and what of it was durable ({@link ActiveSegmentRecovery});
 *   <li>after a clean end go on in it; after any other, copy the tail into a new segment ({@link TailRecovery}).
 * </ol>
 * It may be interrupted anywhere and started again.
 */
final class LogRecovery {
    private final Disk disk;
    private final long secret;
    private final long storeId;
    private final int incarnation;
    private final int segmentBytes;
    private final List<Damage> damages = new ArrayList<>();
    private SegmentGaps gaps = new SegmentGaps(List.of());

    /** @param secret of {@link LogFormat}. @param incarnation the one that ended */
    LogRecovery(Disk disk, long secret, long storeId, int incarnation, int segmentBytes) {
        this.disk = disk;
        this.secret = secret;
        this.storeId = storeId;
        this.incarnation = incarnation;
        this.segmentBytes = segmentBytes;
    }

    private record Opened(SegmentFile segment, @Nullable SegmentHeader header) {}

    RecoveredLog recover(Optional<CleanMarker> marker) throws IOException, StoreException {
        disk.makeDirectory(SegmentFile.DIRECTORY);
        disk.syncDirectory("");
        gaps = SegmentGaps.read(disk);
        TreeMap<Integer, Opened> segments = openAll();
        if (segments.isEmpty()) {
            return begin();
        }
        removeOrphans(segments);
        List<Sealed> sealed = seal(segments);
        Opened last = segments.lastEntry().getValue();
        ActiveSegmentRecovery found = scan(last, sealed);
        if (marker.isPresent() && fits(marker.get(), last, found)) {
            return new RecoveredLog(
                    sealed, last.segment, found.end(), found.lastLsn(), found.hlcFloor(), true, Tail.NONE, damages);
        }
        return unclean(sealed, last, found);
    }

    private RecoveredLog begin() throws IOException {
        SegmentHeader header = new SegmentHeader(storeId, 1, 0, 0, 1, 0, 0, incarnation);
        String temporary = SegmentFile.path(1, SegmentFile.TEMPORARY);
        DiskFile file = disk.create(temporary, segmentBytes);
        file.write(header.encode(), 0);
        file.force();
        SegmentFile.publish(disk, temporary, 1);
        return new RecoveredLog(
                List.of(), new SegmentFile(1, 1, file), SegmentHeader.BYTES, 0, 0, true, Tail.NONE, List.of());
    }

    private TreeMap<Integer, Opened> openAll() throws IOException, StoreException {
        TreeMap<Integer, Opened> segments = new TreeMap<>();
        for (String name : disk.list(SegmentFile.DIRECTORY)) {
            if (name.endsWith(SegmentFile.TEMPORARY)) {
                disk.delete(SegmentFile.DIRECTORY + "/" + name);
            }
            int number = SegmentFile.number(name);
            if (gaps.contains(number)) {
                delete(number);
            } else if (number > 0) {
                segments.put(number, open(number));
            }
        }
        return segments;
    }

    private Opened open(int number) throws IOException, StoreException {
        DiskFile file = disk.open(SegmentFile.name(number));
        SegmentHeader header = SegmentFile.readHeader(number, file);
        if (header == null) {
            damages.add(new Damage(number, 0, "its header is damaged"));
            long firstLsn = firstLsnFound(number, file);
            return new Opened(new SegmentFile(number, firstLsn, file), null);
        }
        if (header.storeId() != storeId) {
            throw new StoreException(
                    StoreException.Kind.DAMAGED,
                    SegmentFile.name(number) + " belongs to store " + StoreIdentity.text(header.storeId()) + ", not to "
                            + StoreIdentity.text(storeId) + ": files of two stores are mixed in this directory");
        }
        return new Opened(new SegmentFile(number, header.firstLsn(), file), header);
    }

    /** Of a segment without its header; {@link Long#MAX_VALUE} when nothing in it is valid. */
    private long firstLsnFound(int number, DiskFile file) throws IOException {
        long[] first = {Long.MAX_VALUE};
        scan(number, file, (int) file.length(), (head, buffer, at) -> {
            if (head.type() != RecordType.GROUP) {
                first[0] = Math.min(first[0], head.lsn());
            }
        });
        return first[0];
    }

    private interface Found {
        void found(LogFormat.Head head, ByteBuffer buffer, int payloadAt);
    }

    private void scan(int number, DiskFile file, int end, Found visitor) throws IOException {
        new SegmentScan(file, new LogFormat(secret, number), end).run(new SegmentScan.Visitor() {
            @Override
            public void found(LogFormat.Head head, ByteBuffer buffer, int payloadAt) {
                visitor.found(head, buffer, payloadAt);
            }

            @Override
            public void invalid(int from, int to) {}
        });
    }

    /**
     * Segments whose records were all copied into the next one; the power went before their files were removed, or before that was
     * on the disk while a later segment already was.
     */
    private void removeOrphans(TreeMap<Integer, Opened> segments) throws IOException {
        for (Opened copy : List.copyOf(segments.values())) {
            SegmentHeader header = copy.header;
            if (header != null && segments.containsKey(header.number())) {
                for (Opened orphan : List.copyOf(segments.subMap(header.previous(), false, header.number(), false)
                        .values())) {
                    remove(orphan.segment);
                    segments.remove(orphan.segment.number());
                }
            }
        }
    }

    private void remove(SegmentFile segment) throws IOException {
        segment.file().close();
        delete(segment.number());
    }

    private void delete(int number) throws IOException {
        disk.delete(SegmentFile.name(number));
        disk.delete(SegmentFile.path(number, SegmentFile.HINTS));
    }

    /** All but the last. */
    private List<Sealed> seal(TreeMap<Integer, Opened> segments) throws IOException {
        List<Sealed> sealed = new ArrayList<>();
        expect(0, segments.firstEntry().getValue());
        for (Opened next : segments.tailMap(segments.firstKey(), false).values()) {
            Opened ended = segments.lowerEntry(next.segment.number()).getValue();
            expect(ended.segment.number(), next);
            sealed.add(seal(ended, next));
        }
        return sealed;
    }

    /** What the header names as the segment before, or what is left of it by compaction, is there. */
    private void expect(int before, Opened next) {
        if (next.header != null) {
            int named = gaps.presentBefore(next.header.previous());
            if (named != before) {
                damages.add(new Damage(named, 0, "the segment is missing"));
            }
        }
    }

    private Sealed seal(Opened ended, Opened next) throws IOException {
        int length = (int) ended.segment.file().length();
        SegmentGaps.Gap gap = gaps.after(ended.segment.number());
        int end = length;
        long lastLsn = Sealed.UNKNOWN;
        if (next.header != null && next.header.previous() == ended.segment.number()) {
            end = next.header.previousEnd();
            lastLsn = next.header.firstLsn() - 1;
        } else if (gap != null && gap.firstLsn() > 0) {
            end = gap.previousEnd();
            lastLsn = gap.firstLsn() - 1;
        }
        if (length > end) {
            ended.segment.file().truncate(end);
        }
        return new Sealed(ended.segment, ended.header != null ? lastLsn : Sealed.UNKNOWN, end);
    }

    private ActiveSegmentRecovery scan(Opened last, List<Sealed> before) throws IOException {
        SegmentHeader header = last.header;
        return header == null
                ? scanWithoutHeader(last.segment, before)
                : scan(
                        last.segment,
                        new ActiveSegmentRecovery(header.firstLsn(), header.durableLsn(), header.hlcFloor()));
    }

    /** LSNs go on from the segment before: one that was given again would lose against the older record in a rebuild. */
    private ActiveSegmentRecovery scanWithoutHeader(SegmentFile last, List<Sealed> before) throws IOException {
        ActiveSegmentRecovery previous = new ActiveSegmentRecovery(1, 0, 0);
        if (!before.isEmpty()) {
            SegmentFile segment = before.getLast().segment();
            scan(segment, previous);
        }
        long lastLsn = Math.max(gaps.lastLsn(), Math.max(previous.lastLsn(), previous.durableLsn()));
        long hlcFloor = Math.max(gaps.hlcFloor(), previous.hlcFloor());
        return scan(last, new ActiveSegmentRecovery(lastLsn + 1, lastLsn, hlcFloor));
    }

    private ActiveSegmentRecovery scan(SegmentFile segment, ActiveSegmentRecovery into) throws IOException {
        DiskFile file = segment.file();
        new SegmentScan(file, new LogFormat(secret, segment.number()), (int) file.length()).run(into);
        return into;
    }

    private static boolean fits(CleanMarker marker, Opened last, ActiveSegmentRecovery found) {
        return last.header != null
                && marker.segment() == last.segment.number()
                && marker.coveredLsn() == found.lastLsn()
                && marker.end() == found.end()
                && found.isWhole();
    }

    private RecoveredLog unclean(List<Sealed> sealed, Opened last, ActiveSegmentRecovery found) throws IOException {
        int number = last.segment.number();
        if (found.durableMissing() > 0) {
            damages.add(new Damage(number, found.durableMissing(), "records that were durable are not valid"));
        }
        // A segment without anything durable would stay as an empty file after each crash: the new one takes its place.
        boolean empty = found.durableEnd() == SegmentHeader.BYTES && found.durableMissing() == 0 && last.header != null;
        int previous = empty && last.header != null ? last.header.previous() : number;
        int previousEnd = empty && last.header != null ? last.header.previousEnd() : found.durableEnd();
        SegmentHeader header = new SegmentHeader(
                storeId,
                number + 1,
                previous,
                previousEnd,
                found.durableLsn() + 1,
                found.durableLsn(),
                found.hlcFloor(),
                incarnation);
        TailRecovery.Result copied = TailRecovery.copy(disk, secret, last.segment, found, header, segmentBytes);
        List<Sealed> before = new ArrayList<>(sealed);
        if (empty) {
            remove(last.segment);
        } else {
            last.segment.file().truncate(found.durableEnd());
            before.add(new Sealed(
                    last.segment, last.header == null ? Sealed.UNKNOWN : found.durableLsn(), found.durableEnd()));
        }
        return new RecoveredLog(
                before,
                copied.segment(),
                copied.position(),
                copied.lastLsn(),
                found.hlcFloor(),
                false,
                new Tail(found.tailFound(), found.tailLost()),
                damages);
    }
}
