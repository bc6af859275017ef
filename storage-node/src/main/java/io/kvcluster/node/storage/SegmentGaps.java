package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which segments compaction removed, so that recovery tells them from segments that are missing. Each segment's header ends the
 * one before it; what the removed ones said of the one that stayed is kept here. Saved before a file is deleted: a file that is
 * named here and still there is deleted at the next start.
 *
 * @param gaps between segments that are there, in no order; fewer than these
 */
record SegmentGaps(List<Gap> gaps) {
    static final String NAME = "compacted";
    private static final Logger log = LoggerFactory.getLogger(SegmentGaps.class);
    private static final SegmentGaps NONE = new SegmentGaps(List.of());

    SegmentGaps {
        gaps = List.copyOf(gaps);
    }

    /**
     * Segments that were removed between two that are there.
     *
     * @param previous the segment before them, 0 for none, and {@code previousEnd} the bytes of it that count
     * @param firstLsn the first after {@code previous}; 0 when nobody knew
     * @param from the smallest number in the gap, {@code to} the largest
     * @param lastLsn the greatest of them, at least
     * @param hlcFloor no stamp up to it may be given again
     */
    record Gap(int previous, int previousEnd, long firstLsn, int from, int to, long lastLsn, long hlcFloor) {
        boolean contains(int number) {
            return number >= from && number <= to;
        }
    }

    /** Without the file, or with a damaged one, segments that are not there count as missing. */
    static SegmentGaps read(Disk disk) throws IOException {
        try {
            return SmallFile.read(disk, NAME, SegmentGaps.class).orElse(NONE);
        } catch (StoreException damaged) {
            log.error("Segments that were compacted will count as missing: {}", damaged.getMessage());
            return NONE;
        }
    }

    void save(Disk disk) throws IOException {
        SmallFile.write(disk, NAME, this);
    }

    boolean contains(int number) {
        return gaps.stream().anyMatch(gap -> gap.contains(number));
    }

    /** The segment that comes before what a header calls its previous one, now. */
    int presentBefore(int previous) {
        return gaps.stream()
                .filter(gap -> gap.contains(previous))
                .findFirst()
                .map(Gap::previous)
                .orElse(previous);
    }

    @Nullable Gap after(int segment) {
        return gaps.stream().filter(gap -> gap.previous == segment).findFirst().orElse(null);
    }

    /** @param before the segment before it that is there, null for none */
    SegmentGaps with(@Nullable Sealed before, Sealed removed, long hlcFloor) {
        int previous = before == null ? 0 : before.number();
        Gap left = after(previous);
        Gap right = after(removed.number());
        List<Gap> all = new ArrayList<>(gaps);
        all.remove(left);
        all.remove(right);
        long firstLsn = before == null || before.lastLsn() == Sealed.UNKNOWN ? 0 : before.lastLsn() + 1;
        long lastLsn = Math.max(removed.lastLsn(), removed.segment().firstLsn());
        all.add(new Gap(
                previous,
                before == null ? 0 : before.end(),
                left == null ? firstLsn : left.firstLsn,
                left == null ? removed.number() : left.from,
                right == null ? removed.number() : right.to,
                right == null ? lastLsn : Math.max(lastLsn, right.lastLsn),
                hlcFloor));
        return new SegmentGaps(all);
    }

    /** The greatest LSN that was given in a segment that is gone. */
    long lastLsn() {
        return gaps.stream().mapToLong(Gap::lastLsn).max().orElse(0);
    }

    long hlcFloor() {
        return gaps.stream().mapToLong(Gap::hlcFloor).max().orElse(0);
    }
}
