package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Disk.DiskFile;
import io.kvcluster.node.seams.PowerCut;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Recovery of crafted logs: what is kept, where the log goes on, and under which numbers. */
class LogRecoveryTest {
    private static final long SECRET = 42;
    private static final long STORE = 7;
    private static final int SEGMENT_BYTES = 16 << 10;

    private SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(23));

    @BeforeEach
    void makeDirectory() throws IOException {
        disk.makeDirectory(SegmentFile.DIRECTORY);
    }

    private RecoveredLog recover() throws Exception {
        return new LogRecovery(disk, SECRET, STORE, 3, SEGMENT_BYTES).recover(Optional.empty());
    }

    /** A segment written by hand. */
    private final class Crafted {
        private final LogFormat format;
        private final DiskFile file;
        private final GroupBuffer group = new GroupBuffer(8 << 10);
        private int position = SegmentHeader.BYTES;

        private Crafted(int number, int previous, int previousEnd, long firstLsn, long durableLsn, int length)
                throws IOException {
            format = new LogFormat(SECRET, number);
            file = disk.create(SegmentFile.name(number), length);
            SegmentHeader header = new SegmentHeader(STORE, number, previous, previousEnd, firstLsn, durableLsn, 50, 2);
            file.write(header.encode(), 0);
        }

        private Crafted group(long durableLsn, long... lsns) throws IOException {
            group.begin(position);
            for (long lsn : lsns) {
                byte[] key = ("key-" + lsn).getBytes();
                group.add(
                        format,
                        RecordType.RECORD,
                        1,
                        lsn,
                        lsn * 10,
                        LogPayload.RECORD_FIXED + key.length,
                        into -> LogPayload.putRecord(into, key, LogEntry.NOTHING, LogEntry.NOTHING));
            }
            var bytes = group.finish(format, durableLsn, 60);
            int length = bytes.remaining();
            file.write(bytes, position);
            position += length;
            return this;
        }

        /** One record of its own group. */
        private Crafted large(long durableLsn, long lsn, int bytes) throws IOException {
            group.begin(position);
            byte[] key = ("key-" + lsn).getBytes();
            byte[] value = new byte[bytes];
            group.add(
                    format,
                    RecordType.RECORD,
                    1,
                    lsn,
                    0,
                    LogPayload.RECORD_FIXED + key.length + bytes,
                    into -> LogPayload.putRecord(into, key, LogEntry.NOTHING, value));
            var all = group.finish(format, durableLsn, 60);
            int length = all.remaining();
            file.write(all, position);
            position += length;
            return this;
        }

        /** A lost page's zeroes. */
        private Crafted zeroes(int bytes) {
            position += bytes;
            return this;
        }

        private int end() {
            return position;
        }
    }

    private Crafted first() throws IOException {
        return new Crafted(1, 0, 0, 1, 0, SEGMENT_BYTES);
    }

    private static List<String> contents(SimulatedDisk disk, Sealed segment) throws IOException {
        List<String> found = new ArrayList<>();
        new SegmentContents(disk, SECRET).scan(segment, new LogVisitor() {
            @Override
            public void record(int partition, long lsn, Location at, Key key, byte[] meta) {
                found.add(lsn + "=" + key);
            }

            @Override
            public void dropped(int partition, long lsn) {}
        });
        return found;
    }

    private List<String> active(RecoveredLog log) throws IOException {
        return contents(disk, new Sealed(log.active(), log.lastLsn(), log.position()));
    }

    @Test
    void anEmptyDirectoryStartsALog() throws Exception {
        RecoveredLog log = recover();
        assertThat(log.clean()).isTrue();
        assertThat(log.lastLsn()).isZero();
        assertThat(log.position()).isEqualTo(SegmentHeader.BYTES);
        assertThat(log.active().number()).isEqualTo(1);
        assertThat(log.active().firstLsn()).isEqualTo(1);
        assertThat(log.active().file().length()).isEqualTo(SEGMENT_BYTES);
        assertThat(SegmentFile.readHeader(1, log.active().file()))
                .isEqualTo(new SegmentHeader(STORE, 1, 0, 0, 1, 0, 0, 3));
        assertThat(new LogRecovery(disk.afterPowerCut(), SECRET, STORE, 3, SEGMENT_BYTES)
                        .recover(Optional.empty())
                        .active()
                        .number())
                .as("the first segment was durable")
                .isEqualTo(2);
    }

    @Test
    void theTailIsCopiedIntoANewSegmentAndTheOldOneEndsBeforeIt() throws Exception {
        Crafted old = first().group(0, 1, 2);
        int durableEnd = old.end();
        old.group(2, 3, 4);

        RecoveredLog log = recover();

        assertThat(log.clean()).isFalse();
        assertThat(log.sealed()).singleElement().satisfies(ended -> {
            assertThat(ended.number()).isEqualTo(1);
            assertThat(ended.lastLsn()).isEqualTo(2);
            assertThat(ended.end()).isEqualTo(durableEnd);
            assertThat(ended.segment().file().length()).isEqualTo(durableEnd);
            assertThat(contents(disk, ended)).containsExactly("1=key-1", "2=key-2");
        });
        assertThat(active(log)).containsExactly("3=key-3", "4=key-4");
        assertThat(log.lastLsn()).isEqualTo(4);
        assertThat(log.hlcFloor()).isEqualTo(60);
        assertThat(log.tail()).isEqualTo(new RecoveredLog.Tail(2, false));
        assertThat(log.damages()).isEmpty();
        assertThat(SegmentFile.readHeader(2, log.active().file()))
                .isEqualTo(new SegmentHeader(STORE, 2, 1, durableEnd, 3, 4, 60, 3));
    }

    @Test
    void aTailWithHolesIsCopiedUnderDenseNumbers() throws Exception {
        first().group(0, 1).group(1, 2).zeroes(256).group(1, 5, 6);

        RecoveredLog log = recover();

        assertThat(active(log)).containsExactly("2=key-2", "3=key-5", "4=key-6");
        assertThat(log.lastLsn()).isEqualTo(4);
        assertThat(log.tail()).isEqualTo(new RecoveredLog.Tail(3, true));
        assertThat(log.damages()).isEmpty();
    }

    @Test
    void aSegmentWithoutAnythingDurableIsReplacedByItsCopy() throws Exception {
        Crafted one = first().group(0, 1, 2);
        new Crafted(2, 1, one.end(), 3, 2, SEGMENT_BYTES).group(2, 3);
        disk.overwrite(SegmentFile.path(2, SegmentFile.HINTS), new byte[1]);

        RecoveredLog log = recover();

        assertThat(log.active().number()).isEqualTo(3);
        assertThat(active(log)).containsExactly("3=key-3");
        assertThat(log.sealed()).extracting(Sealed::number).containsExactly(1);
        assertThat(disk.list(SegmentFile.DIRECTORY)).containsExactly("00000001.seg", "00000003.seg");
        assertThat(SegmentFile.readHeader(3, log.active().file()).previous()).isEqualTo(1);
        assertThat(SegmentFile.readHeader(3, log.active().file()).previousEnd()).isEqualTo(one.end());
    }

    @Test
    void aReplacedSegmentThatIsStillThereIsRemovedAtTheNextStart() throws Exception {
        Crafted one = first().group(0, 1, 2);
        new Crafted(2, 1, one.end(), 3, 2, SEGMENT_BYTES).group(2, 3);
        new Crafted(3, 1, one.end(), 3, 3, SEGMENT_BYTES).group(2, 3).group(3, 4);

        RecoveredLog log = recover();

        assertThat(log.sealed()).extracting(Sealed::number).containsExactly(1, 3);
        assertThat(disk.exists(SegmentFile.name(2))).isFalse();
        assertThat(active(log)).containsExactly("4=key-4");
        assertThat(log.damages()).isEmpty();
    }

    /** The power went when the name of a later segment was on the disk and the removal of the copied one was not. */
    @Test
    void aCopiedSegmentThatIsBackBesideLaterOnesIsAnOrphan() throws Exception {
        Crafted one = first().group(0, 1, 2);
        new Crafted(2, 1, one.end(), 3, 2, SEGMENT_BYTES).group(2, 3);
        Crafted three = new Crafted(3, 1, one.end(), 3, 3, SEGMENT_BYTES).group(2, 3);
        new Crafted(4, 3, three.end(), 4, 3, SEGMENT_BYTES).group(3, 4);

        RecoveredLog log = recover();

        assertThat(log.damages()).isEmpty();
        assertThat(log.sealed()).extracting(Sealed::number).containsExactly(1, 3);
        assertThat(disk.exists(SegmentFile.name(2))).isFalse();
        assertThat(active(log)).containsExactly("4=key-4");
    }

    @Test
    void corruptionOfTheOnlyDurableRecordKeepsTheSegmentAsItsWitness() throws Exception {
        first().zeroes(128).group(1, 2);

        RecoveredLog log = recover();

        assertThat(log.damages())
                .containsExactly(new RecoveredLog.Damage(1, 1, "records that were durable are not valid"));
        assertThat(log.sealed()).extracting(Sealed::number).containsExactly(1);
        assertThat(active(log)).containsExactly("2=key-2");
    }

    @Test
    void aSealedSegmentEndsWhereTheNextOneSays() throws Exception {
        Crafted one = first().group(0, 1);
        int end = one.end();
        one.group(1, 2);
        new Crafted(2, 1, end, 2, 1, SEGMENT_BYTES).group(1, 2).group(2, 3);

        RecoveredLog log = recover();

        assertThat(log.sealed().getFirst().end()).isEqualTo(end);
        assertThat(log.sealed().getFirst().lastLsn()).isEqualTo(1);
        assertThat(disk.content(SegmentFile.name(1))).hasSize(end);
    }

    @Test
    void recordsWithoutHeadersAreStillFoundAndTheBoundsAreUnknown() throws Exception {
        Crafted one = first().group(0, 1);
        new Crafted(2, 1, one.end(), 2, 1, SEGMENT_BYTES).group(1, 2, 3);
        Crafted three =
                new Crafted(3, 2, 8 << 10, 4, 3, SEGMENT_BYTES).group(3, 4).group(4, 5);
        disk.flip(SegmentFile.name(2), 9, 1);

        RecoveredLog log = recover();

        assertThat(log.sealed()).extracting(Sealed::number).containsExactly(1, 2, 3);
        assertThat(log.sealed()).extracting(Sealed::lastLsn).containsExactly(Sealed.UNKNOWN, Sealed.UNKNOWN, 4L);
        assertThat(log.sealed().get(1).segment().firstLsn()).isEqualTo(2);
        assertThat(contents(disk, log.sealed().get(1))).containsExactly("2=key-2", "3=key-3");
        assertThat(log.damages()).extracting(RecoveredLog.Damage::segment).containsExactly(2);
        assertThat(active(log)).containsExactly("5=key-5");
        assertThat(three.end()).isPositive();
    }

    @Test
    void aLastSegmentWithoutHeaderAndWithoutRecordsLosesNoNumbers() throws Exception {
        Crafted one = first().group(0, 1);
        new Crafted(2, 1, one.end(), 2, 1, SEGMENT_BYTES);
        disk.flip(SegmentFile.name(2), 9, 1);

        RecoveredLog log = recover();

        assertThat(log.damages()).hasSize(1);
        assertThat(log.active().number()).isEqualTo(3);
        assertThat(log.lastLsn())
                .as("numbers that were given are not given again")
                .isEqualTo(1);
        assertThat(log.hlcFloor()).as("nor are stamps").isEqualTo(60);
    }

    @Test
    void aSingleSegmentWithoutHeaderKeepsItsRecords() throws Exception {
        first().group(0, 1).group(1, 2);
        disk.flip(SegmentFile.name(1), 9, 1);

        RecoveredLog log = recover();

        assertThat(log.sealed()).extracting(Sealed::lastLsn).containsExactly(Sealed.UNKNOWN);
        assertThat(contents(disk, log.sealed().getFirst())).containsExactly("1=key-1");
        assertThat(active(log)).containsExactly("2=key-2");
        assertThat(log.hlcFloor()).isEqualTo(60);
    }

    @Test
    void missingSegmentsAreDamage() throws Exception {
        new Crafted(2, 1, 8 << 10, 5, 4, SEGMENT_BYTES).group(4, 5);
        new Crafted(4, 3, 8 << 10, 9, 8, SEGMENT_BYTES).group(8, 9);

        RecoveredLog log = recover();

        assertThat(log.damages())
                .extracting(damage -> damage.segment() + " " + damage.what())
                .containsExactlyInAnyOrder("1 the segment is missing", "3 the segment is missing");
        assertThat(log.lastLsn()).isEqualTo(9);
    }

    @Test
    void aTailLongerThanTheConfiguredSegmentIsCopiedWhole() throws Exception {
        Crafted old = new Crafted(1, 0, 0, 1, 0, 4 * SEGMENT_BYTES).group(0, 1);
        long lsn = 2;
        while (old.end() < 3 * SEGMENT_BYTES) {
            old.group(1, lsn++, lsn++, lsn++);
        }

        RecoveredLog log = recover();

        assertThat(log.tail().copied()).isEqualTo(lsn - 2);
        assertThat(active(log)).hasSize((int) lsn - 2);
        assertThat(log.position()).isLessThanOrEqualTo((int) log.active().file().length());
    }

    @Test
    void aTailOfManyMebibytesIsCopiedInChunksAndLargeRecordsGoAlone() throws Exception {
        Crafted old = new Crafted(1, 0, 0, 1, 0, 8 << 20).group(0, 1);
        List<String> expected = new ArrayList<>();
        for (long lsn = 2; old.end() < 6 << 20; lsn++) {
            old.large(1, lsn, lsn % 20 == 7 ? 3 << 19 : 50_000);
            expected.add(lsn + "=key-" + lsn);
        }

        RecoveredLog log = recover();

        assertThat(active(log)).isEqualTo(expected);
        assertThat(log.position())
                .as("everything lies where space was allocated, and fewer heads are needed than before")
                .isLessThan(old.end())
                .isLessThanOrEqualTo((int) log.active().file().length());
        assertThat(log.active().file().length()).isBetween((long) log.position(), log.position() + 4_096L);
    }

    @Test
    void whatRecoveryReturnsOutlivesAPowerCutRightAfterIt() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            disk = new SimulatedDisk(new SplittableRandom(seed));
            RecoveredLog begun = recover();
            disk = disk.afterPowerCut();
            assertThat(recover().active().number()).isGreaterThan(begun.active().number());

            disk = new SimulatedDisk(new SplittableRandom(seed));
            makeDirectory();
            first().group(0, 1).group(1, 2, 3, 4);
            disk.open(SegmentFile.name(1)).force();
            disk.syncDirectory(SegmentFile.DIRECTORY);
            disk.syncDirectory("");
            RecoveredLog log = recover();
            assertThat(log.tail().copied()).isEqualTo(3);
            disk = disk.afterPowerCut();
            RecoveredLog again = recover();
            assertThat(again.lastLsn()).isEqualTo(4);
            assertThat(again.tail().lost()).isFalse();
            assertThat(again.damages()).isEmpty();
            List<String> all = new ArrayList<>();
            for (Sealed ended : again.sealed()) {
                all.addAll(contents(disk, ended));
            }
            assertThat(all).containsExactly("1=key-1", "2=key-2", "3=key-3", "4=key-4");
        }
    }

    @Test
    void filesThatNeverGotTheirNameAreRemovedAndOthersLeftAlone() throws Exception {
        first().group(0, 1);
        disk.overwrite("log/00000002.tmp", new byte[10]);
        disk.overwrite("log/00000001.hints.tmp", new byte[10]);
        disk.overwrite("log/notes.txt", new byte[10]);

        recover();

        assertThat(disk.list(SegmentFile.DIRECTORY))
                .contains("notes.txt")
                .noneMatch(name -> name.endsWith(SegmentFile.TEMPORARY));
    }

    @Test
    void aRecoveryThatIsCutAnywhereIsDoneAgainWithTheSameResult() throws Exception {
        for (int calls = 0; calls < 14; calls++) {
            disk = new SimulatedDisk(new SplittableRandom(calls));
            makeDirectory();
            first().group(0, 1, 2).group(2, 3).zeroes(64).group(3, 5);
            disk.open(SegmentFile.name(1)).force();
            disk.syncDirectory("");
            disk.syncDirectory(SegmentFile.DIRECTORY);
            disk.cutAfter(calls);
            try {
                recover();
                disk.processEnded();
            } catch (PowerCut cut) {
                disk = disk.afterPowerCut();
            }
            RecoveredLog again = recover();
            List<String> all = new ArrayList<>();
            for (Sealed sealed : again.sealed()) {
                all.addAll(contents(disk, sealed));
            }
            all.addAll(active(again));
            assertThat(all).containsExactly("1=key-1", "2=key-2", "3=key-3", "4=key-5");
            assertThat(again.damages()).isEmpty();
        }
    }

    // --- after compaction ---

    private void removed(SegmentGaps.Gap... gaps) throws IOException {
        new SegmentGaps(List.of(gaps)).save(disk);
    }

    @Test
    void removedSegmentsAreNoDamageAndTheSegmentBeforeThemKeepsItsBounds() throws Exception {
        Crafted one = first().group(0, 1, 2);
        int end = one.end();
        one.group(2, 3);
        new Crafted(4, 3, 9_000, 20, 19, SEGMENT_BYTES).group(19, 20).group(20, 21);
        removed(new SegmentGaps.Gap(1, end, 3, 2, 3, 19, 55));

        RecoveredLog log = recover();

        assertThat(log.damages()).isEmpty();
        assertThat(log.sealed()).extracting(Sealed::number).containsExactly(1, 4);
        assertThat(log.sealed().getFirst().end()).isEqualTo(end);
        assertThat(log.sealed().getFirst().lastLsn()).isEqualTo(2);
        assertThat(disk.content(SegmentFile.name(1))).hasSize(end);
        assertThat(new SegmentContents(disk, SECRET).scan(log.sealed().getFirst(), new SegmentSummary(9)))
                .isEmpty();
        disk.flip(SegmentFile.name(1), SegmentHeader.BYTES + GroupBuffer.HEAD_BYTES + 8L, 1);
        assertThat(new SegmentContents(disk, SECRET).scan(log.sealed().getFirst(), new SegmentSummary(9)))
                .as("a record that is lost before a gap is found missing")
                .contains(new RecoveredLog.Damage(1, 1, "records that were durable are not valid"));
    }

    @Test
    void theFirstSegmentsMayBeRemoved() throws Exception {
        new Crafted(4, 3, 9_000, 20, 19, SEGMENT_BYTES).group(19, 20).group(20, 21);
        removed(new SegmentGaps.Gap(0, 0, 0, 1, 3, 19, 55));

        RecoveredLog log = recover();

        assertThat(log.damages()).isEmpty();
        assertThat(log.lastLsn()).isEqualTo(21);
    }

    @Test
    void whatIsMissingBesideAGapIsDamage() throws Exception {
        new Crafted(4, 3, 9_000, 20, 19, SEGMENT_BYTES).group(19, 20);
        new Crafted(7, 6, 9_000, 30, 29, SEGMENT_BYTES).group(29, 30);
        removed(new SegmentGaps.Gap(2, 9_000, 7, 3, 3, 19, 55), new SegmentGaps.Gap(5, 9_000, 25, 6, 6, 29, 55));

        assertThat(recover().damages())
                .extracting(damage -> damage.segment() + " " + damage.what())
                .containsExactlyInAnyOrder("2 the segment is missing", "5 the segment is missing");
    }

    @Test
    void aSegmentOfAGapThatIsStillThereIsDeletedWithItsHintFile() throws Exception {
        Crafted one = first().group(0, 1, 2);
        new Crafted(2, 1, one.end(), 3, 2, SEGMENT_BYTES).group(2, 3);
        new Crafted(3, 2, 9_000, 4, 3, SEGMENT_BYTES).group(3, 4).group(4, 5);
        disk.overwrite(SegmentFile.path(2, SegmentFile.HINTS), new byte[1]);
        removed(new SegmentGaps.Gap(1, one.end(), 3, 2, 2, 3, 55));

        RecoveredLog log = recover();

        assertThat(log.damages()).isEmpty();
        assertThat(disk.list(SegmentFile.DIRECTORY)).containsExactly("00000001.seg", "00000003.seg", "00000004.seg");
        assertThat(log.sealed()).extracting(Sealed::number).containsExactly(1, 3);
    }

    @Test
    void withoutTheFileOfGapsRemovedSegmentsCountAsMissing() throws Exception {
        Crafted one = first().group(0, 1, 2);
        new Crafted(3, 2, 9_000, 4, 3, SEGMENT_BYTES).group(3, 4);
        removed(new SegmentGaps.Gap(1, one.end(), 3, 2, 2, 3, 55));
        disk.flip(SegmentGaps.NAME, 5, 0);

        assertThat(recover().damages()).extracting(RecoveredLog.Damage::segment).containsExactly(2);
    }

    @Test
    void aGapWhoseBoundsNobodyKnewLeavesTheSegmentBeforeItUnbounded() throws Exception {
        first().group(0, 1, 2);
        new Crafted(3, 2, 9_000, 4, 3, SEGMENT_BYTES).group(3, 4);
        removed(new SegmentGaps.Gap(1, 4_100, 0, 2, 2, 3, 55));

        RecoveredLog log = recover();

        assertThat(log.sealed().getFirst().lastLsn()).isEqualTo(Sealed.UNKNOWN);
        assertThat(log.sealed().getFirst().end()).isEqualTo(SEGMENT_BYTES);
        assertThat(log.damages()).isEmpty();
    }

    @Test
    void aLastSegmentWithoutHeaderAfterAGapLosesNeitherNumbersNorStamps() throws Exception {
        Crafted one = first().group(0, 1);
        new Crafted(3, 2, 9_000, 9, 8, SEGMENT_BYTES);
        disk.flip(SegmentFile.name(3), 9, 1);
        removed(new SegmentGaps.Gap(1, one.end(), 2, 2, 2, 8, 500));

        RecoveredLog log = recover();

        assertThat(log.lastLsn()).isEqualTo(8);
        assertThat(log.hlcFloor()).isEqualTo(500);
    }

    @Test
    void neighbouringGapsBecomeOne() throws Exception {
        List<Sealed> segments = new ArrayList<>();
        for (int number = 1; number <= 5; number++) {
            DiskFile file = disk.create(SegmentFile.name(number), 8);
            segments.add(new Sealed(new SegmentFile(number, number * 10, file), number * 10 + 9, 1_000 + number));
        }
        SegmentGaps gaps = new SegmentGaps(List.of())
                .with(segments.get(0), segments.get(1), 5)
                .with(segments.get(2), segments.get(3), 6)
                .with(segments.get(0), segments.get(2), 7);
        assertThat(gaps.gaps()).containsExactly(new SegmentGaps.Gap(1, 1_001, 20, 2, 4, 49, 7));
        assertThat(gaps.presentBefore(4)).isEqualTo(1);
        assertThat(gaps.presentBefore(2)).isEqualTo(1);
        assertThat(gaps.presentBefore(5)).isEqualTo(5);
        assertThat(gaps.contains(1)).isFalse();
        assertThat(gaps.with(null, segments.getFirst(), 8).gaps())
                .as("the first goes too")
                .containsExactly(new SegmentGaps.Gap(0, 0, 0, 1, 4, 49, 8));
    }
}
