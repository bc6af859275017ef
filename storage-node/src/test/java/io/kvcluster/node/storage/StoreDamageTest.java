package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Disk.DiskFile;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import io.kvcluster.node.storage.RecordStore.Lookup;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a damaged log: each kind of damage ends as the storage design says. */
class StoreDamageTest {
    private static final long IDLE_NANOS = 200_000_000;

    private final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(7));
    private SimulatedStore node;

    @BeforeEach
    void openEmpty() throws StoreException {
        node = SimulatedStore.ready(disk);
    }

    private void kill() throws StoreException {
        disk.processEnded();
        node = SimulatedStore.ready(disk);
    }

    private void restartInOrder() throws StoreException {
        node.close();
        disk.processEnded();
        node = SimulatedStore.ready(disk);
    }

    private Location locationOf(int key) {
        Lookup lookup = node.lookup(key % 4, Key.of("key-" + key));
        return ((Lookup.Found) lookup).at();
    }

    /** Flips a bit in the key's value. */
    private void damage(int key) {
        Location at = locationOf(key);
        disk.flip(SegmentFile.name(at.segment()), at.offset() + at.length() - 3L, 5);
    }

    private int suspects() {
        return node.store.report().suspectPartitions();
    }

    @Test
    void aTornTailIsCutAndTheRestIsKeptAndNothingIsSuspect() throws StoreException {
        node.append(0, "kept", "1");
        node.append(1, "torn", "2");
        Location torn = ((Lookup.Found) node.lookup(1, Key.of("torn"))).at();
        disk.flip(SegmentFile.name(torn.segment()), torn.offset() + 8L, 0);

        kill();

        assertThat(node.value(0, "kept")).isEqualTo("1");
        assertThat(node.value(1, "torn")).isEqualTo("absent");
        assertThat(node.store.recovery().tailLost()).isTrue();
        assertThat(suspects()).isZero();
    }

    @Test
    void validRecordsAfterInvalidOnesOfTheTailAreKept() throws StoreException {
        node.append(0, "known durable", "0");
        AppendResult[] results = new AppendResult[2];
        node.loop(0).post(() -> {
            node.store.append(0, Key.of("torn"), new byte[0], "1".getBytes(), 1, r -> results[0] = r);
            node.store.append(0, Key.of("kept"), "meta of 2".getBytes(), "2".getBytes(), 1, r -> results[1] = r);
        });
        node.environment.runUntil(() -> results[1] != null);
        Location torn = ((Lookup.Found) node.lookup(0, Key.of("torn"))).at();
        disk.flip(SegmentFile.name(torn.segment()), torn.offset(), 0);

        kill();

        assertThat(node.value(0, "torn")).isEqualTo("absent");
        assertThat(node.value(0, "kept")).isEqualTo("2");
        assertThat(suspects()).isZero();
    }

    @Test
    void anIdleLogSaysWithinAHundredMillisecondsThatItsLastGroupIsDurable() throws StoreException {
        node.append(0, "key-0", "0");
        node.environment.runFor(100_000_000);
        damage(0);

        kill();

        assertThat(suspects())
                .as("damage below the durable LSN is corruption, not a tail")
                .isEqualTo(4);
        assertThat(node.store.report().lostRecords()).isEqualTo(1);
    }

    @Test
    void aFlippedBitInASealedSegmentWithItsHintFileMakesOnlyThatKeysValueUnreadable() throws StoreException {
        int keys = node.fillSegments(3);
        damage(0);

        kill();

        assertThat(suspects()).isZero();
        assertThat(node.value(0, "key-0")).isEqualTo("corrupt");
        for (int key = 1; key < keys; key++) {
            assertThat(node.value(key % 4, "key-" + key)).isEqualTo(SimulatedStore.value(key));
        }
        node.environment.runFor(2_000_000_000);
        assertThat(node.store.report().corruptReads()).isEqualTo(1);
    }

    @Test
    void aFlippedBitInASealedSegmentWithoutHintFileMakesAllPartitionsSuspect() throws Exception {
        int keys = node.fillSegments(3);
        damage(0);
        disk.delete(SegmentFile.path(1, SegmentFile.HINTS));

        kill();

        assertThat(suspects()).isEqualTo(4);
        assertThat(node.store.report().lostRecords()).isEqualTo(1);
        assertThat(node.value(0, "key-0")).isEqualTo("absent");
        assertThat(node.value(1, "key-1")).isEqualTo(SimulatedStore.value(1));
        assertThat(node.value((keys - 1) % 4, "key-" + (keys - 1))).isEqualTo(SimulatedStore.value(keys - 1));
        assertThat(node.append(0, "key-0", "again")).isInstanceOf(AppendResult.Durable.class);
        assertThat(disk.exists(SegmentFile.path(1, SegmentFile.HINTS)))
                .as("a summary without the lost record would hide the damage")
                .isFalse();
    }

    @Test
    void aDamagedHintFileIsNotBelievedAndTheSegmentIsRead() throws StoreException {
        int keys = node.fillSegments(3);
        disk.flip(SegmentFile.path(1, SegmentFile.HINTS), 200, 1);

        kill();

        assertThat(suspects()).isZero();
        for (int key = 0; key < keys; key++) {
            assertThat(node.value(key % 4, "key-" + key)).isEqualTo(SimulatedStore.value(key));
        }
    }

    @Test
    void suspicionOutlivesRestartsUntilItIsEndedAndDoesNotComeBackForTheSameDamage() throws Exception {
        node.fillSegments(3);
        damage(0);
        disk.delete(SegmentFile.path(1, SegmentFile.HINTS));
        kill();
        restartInOrder();
        assertThat(suspects()).isEqualTo(4);

        boolean[] saved = {false};
        node.store.clearSuspicion(2, node.loop(2), () -> saved[0] = true);
        node.environment.runUntil(() -> saved[0]);
        boolean[] suspect = new boolean[4];
        for (int partition = 0; partition < 4; partition++) {
            suspect[partition] = node.store.suspect(partition);
        }
        assertThat(suspect).containsExactly(true, true, false, true);

        restartInOrder();
        kill();
        assertThat(suspects()).isEqualTo(3);
        assertThat(node.store.suspect(2)).isFalse();
    }

    @Test
    void aDamagedHeaderOfASealedSegmentMakesAllPartitionsSuspectAndKeepsItsRecords() throws StoreException {
        int keys = node.fillSegments(3);
        disk.flip(SegmentFile.name(2), 20, 3);

        kill();

        assertThat(suspects()).isEqualTo(4);
        for (int key = 0; key < keys; key++) {
            assertThat(node.value(key % 4, "key-" + key)).isEqualTo(SimulatedStore.value(key));
        }
    }

    @Test
    void aDamagedHeaderOfTheLastSegmentMakesAllPartitionsSuspectAndKeepsItsRecords() throws StoreException {
        int keys = node.fillSegments(3);
        disk.flip(SegmentFile.name(3), 20, 3);

        kill();

        assertThat(suspects()).isEqualTo(4);
        for (int key = 0; key < keys; key++) {
            assertThat(node.value(key % 4, "key-" + key)).isEqualTo(SimulatedStore.value(key));
        }
        assertThat(node.append(0, "new", "1")).isInstanceOf(AppendResult.Durable.class);
    }

    @Test
    void aMissingSegmentMakesAllPartitionsSuspect() throws Exception {
        node.fillSegments(4);
        disk.delete(SegmentFile.name(2));

        kill();

        assertThat(suspects()).isEqualTo(4);
        assertThat(node.value(0, "key-0")).isEqualTo(SimulatedStore.value(0));
    }

    @Test
    void aMissingFirstSegmentMakesAllPartitionsSuspect() throws Exception {
        node.fillSegments(4);
        disk.delete(SegmentFile.name(1));

        kill();

        assertThat(suspects()).isEqualTo(4);
    }

    @Test
    void aSegmentThatWasShortenedByOthersMakesAllPartitionsSuspect() throws Exception {
        node.fillSegments(3);
        disk.delete(SegmentFile.path(1, SegmentFile.HINTS));
        byte[] content = disk.content(SegmentFile.name(1));
        disk.overwrite(SegmentFile.name(1), Arrays.copyOf(content, content.length / 2));

        kill();

        assertThat(suspects()).isEqualTo(4);
        assertThat(node.value(0, "key-0")).isEqualTo(SimulatedStore.value(0));
    }

    @Test
    void damageOfTheActiveSegmentAfterAnOrderlyEndIsFoundAtTheNextStart() throws StoreException {
        node.append(0, "key-0", "0");
        node.environment.runFor(IDLE_NANOS);
        damage(0);
        node.close();
        disk.processEnded();

        node = SimulatedStore.ready(disk);

        assertThat(node.store.recovery().clean()).isFalse();
        assertThat(suspects()).isEqualTo(4);
    }

    @Test
    void damageThatTheWritingOfAHintFileFindsMakesAllPartitionsSuspectAtOnce() throws StoreException {
        node.append(0, "key-0", "0");
        damage(0);

        node.fillSegments(2);
        node.environment.runFor(IDLE_NANOS);

        assertThat(suspects()).isEqualTo(4);
        assertThat(disk.exists(SegmentFile.path(1, SegmentFile.HINTS))).isFalse();
    }

    @Test
    void aRecordAtAnotherPlaceThanTheIndexSaysIsCorruptNotAnotherKeysValue() {
        node.append(0, "a", "1");
        node.append(0, "b", "2");
        node.append(1, "a", "3");
        Location b = ((Lookup.Found) node.lookup(0, Key.of("b"))).at();
        Location other = ((Lookup.Found) node.lookup(1, Key.of("a"))).at();
        LogReader reader = new LogReader(secret());
        var segment = Optional.of(new SegmentFile(1, 1, open(SegmentFile.name(1))));

        assertThat(reader.read(segment, 0, Key.of("a"), b)).isInstanceOf(RecordStore.ReadResult.Corrupt.class);
        assertThat(reader.read(segment, 0, Key.of("a"), other)).isInstanceOf(RecordStore.ReadResult.Corrupt.class);
        assertThat(reader.read(segment, 0, Key.of("b"), new Location(1, b.offset() + 8, b.length())))
                .isInstanceOf(RecordStore.ReadResult.Corrupt.class);
        assertThat(reader.read(segment, 0, Key.of("b"), new Location(1, 1 << 20, 64)))
                .isInstanceOf(RecordStore.ReadResult.Corrupt.class);
        assertThat(reader.read(Optional.empty(), 0, Key.of("b"), b)).isInstanceOf(RecordStore.ReadResult.Gone.class);
        assertThat(reader.read(segment, 0, Key.of("b"), b)).isInstanceOf(RecordStore.ReadResult.Bytes.class);
    }

    private DiskFile open(String name) {
        try {
            return disk.open(name);
        } catch (IOException missing) {
            throw new AssertionError(missing);
        }
    }

    private long secret() {
        try {
            String secret = SmallFile.read(disk, StoreFiles.STORE, StoreFiles.StoreFile.class)
                    .orElseThrow()
                    .secret();
            return Long.parseUnsignedLong(secret, 16);
        } catch (IOException | StoreException missing) {
            throw new AssertionError(missing);
        }
    }
}
