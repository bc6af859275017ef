package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.ProcessHalted;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import io.kvcluster.node.storage.RecordStore.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A disk that is full, slow to answer, or broken. */
class StoreDiskTest {
    private static final AppendResult FULL = new AppendResult.Refused(Refusal.DISK_FULL);

    private final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(11));

    private static void seconds(SimulatedStore node, int seconds) {
        node.environment.runFor(TimeUnit.SECONDS.toNanos(seconds));
    }

    private long used() {
        return disk.totalBytes() - disk.freeBytes();
    }

    @Test
    void aFullDiskRefusesWritesGoesOnReadingAndServesAgainByItselfWhenThereIsSpace() throws StoreException {
        StoreConfig config = SimulatedStore.config(new Durability.Fsync());
        SimulatedStore node = SimulatedStore.ready(disk);
        node.append(0, "before", "1");
        disk.capacity(used() + config.reserveBytes() - 1);
        seconds(node, 2);

        assertThat(node.append(0, "refused", "2")).isEqualTo(FULL);
        assertThat(node.drop(1)).isEqualTo(FULL);
        assertThat(node.value(0, "before")).isEqualTo("1");
        assertThat(node.value(0, "refused")).isEqualTo("absent");
        assertThat(node.store.report().log().diskFull()).isTrue();

        disk.capacity(used() + config.reserveBytes());
        seconds(node, 2);
        assertThat(node.append(0, "after", "3")).isInstanceOf(AppendResult.Durable.class);
        assertThat(node.store.report().log().diskFull()).isFalse();
    }

    @Test
    void aDiskThatFillsUpWhileWritesWaitForANewSegmentRefusesThemAndForgetsNothing() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        StoreConfig config = SimulatedStore.config(new Durability.Fsync());
        disk.capacity(used() + config.reserveBytes() + config.segmentBytes());
        List<Integer> acknowledged = new ArrayList<>();
        AppendResult last = null;
        for (int key = 0; !FULL.equals(last); key++) {
            last = node.append(key % 4, "key-" + key, SimulatedStore.value(key));
            if (last instanceof AppendResult.Durable) {
                acknowledged.add(key);
            }
        }
        assertThat(acknowledged).hasSizeGreaterThan(20);

        // An orderly end needs no space beyond the reserve; nor does a start.
        node.close();
        disk.processEnded();
        node = SimulatedStore.ready(disk);
        assertThat(node.store.recovery().clean()).isTrue();
        for (int key : acknowledged) {
            assertThat(node.value(key % 4, "key-" + key)).isEqualTo(SimulatedStore.value(key));
        }
        assertThat(node.append(0, "more", "1")).isEqualTo(FULL);
        disk.capacity(Long.MAX_VALUE / 4);
        seconds(node, 3);
        assertThat(node.append(0, "more", "1")).isInstanceOf(AppendResult.Durable.class);
    }

    /** It may have been stamped and sent: the contexts of an actor that goes on would cover what it no longer holds. */
    @Test
    void aStoreThatRefusedWhatItHadTakenGoesOnAsANewActorAlsoAfterAnOrderlyEnd() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        SimulatedStore first = node;
        StoreConfig config = SimulatedStore.config(new Durability.Fsync());
        List<AppendResult> later = new ArrayList<>();
        for (int round = 0; round < 20 && !later.contains(FULL); round++) {
            int from = round * 400;
            int[] open = {400};
            disk.capacity(Long.MAX_VALUE / 4);
            seconds(node, 2);
            first.loop(0).post(() -> {
                boolean[] given = {false};
                for (int key = from; key < from + 400; key++) {
                    first.store.append(0, Key.of("key-" + key), new byte[0], new byte[900], 1 + key, result -> {
                        open[0]--;
                        if (given[0]) {
                            later.add(result);
                        }
                    });
                }
                given[0] = true;
                // full while they are on their way
                disk.capacity(used() + config.reserveBytes() - 1);
            });
            node.environment.runUntil(() -> open[0] == 0);
        }
        assertThat(later).contains(FULL);
        disk.capacity(Long.MAX_VALUE / 4);
        seconds(node, 2);
        node.close();
        disk.processEnded();

        node = SimulatedStore.ready(disk);
        assertThat(node.store.recovery().clean()).isTrue();
        assertThat(node.store.identity().incarnation()).isEqualTo(2);
        node.close();
        disk.processEnded();
        assertThat(SimulatedStore.ready(disk).store.identity().incarnation()).isEqualTo(2);
    }

    @Test
    void aReservationWaitsWhileTheDiskIsFullAndIsMadeWhenThereIsSpace() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.fillSegments(2);
        disk.capacity(used());
        AppendResult result = node.append(0, "a", "x".repeat(900));
        for (int key = 0; !FULL.equals(result); key++) {
            result = node.append(0, "key-" + key, "x".repeat(900));
        }
        boolean[] reserved = {false};
        // Small enough for what is left of the segment or not: both end in a reservation.
        for (int i = 0; i < 200; i++) {
            node.store.reserveHlc(1_000 + i, node.loops[1], () -> reserved[0] = true);
        }
        long last = 5_000;
        node.store.reserveHlc(last, node.loops[1], () -> reserved[0] = true);
        disk.capacity(Long.MAX_VALUE / 4);
        reserved[0] = false;
        node.environment.runUntil(() -> reserved[0]);
        seconds(node, 3);

        node.close();
        disk.processEnded();
        assertThat(SimulatedStore.ready(disk).store.hlcFloor()).isEqualTo(last);
    }

    @Test
    void anFsyncErrorEndsTheProcessWithCode74AndAcknowledgesNothing() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.append(0, "a", "1");
        List<AppendResult> results = new ArrayList<>();
        disk.failForce("log/");
        node.loop(0).post(() -> node.store.append(0, Key.of("b"), new byte[0], new byte[1], 1, results::add));

        assertThatThrownBy(() -> node.environment.runUntil(() -> !results.isEmpty()))
                .isInstanceOfSatisfying(
                        ProcessHalted.class, end -> assertThat(end.exitCode()).isEqualTo(74));
        assertThat(results).isEmpty();
    }

    private void failOnce(SimulatedStore node) {
        disk.failForce("log/");
        node.loop(0).post(() -> node.store.append(0, Key.of("b"), new byte[0], new byte[1], 1, result -> {}));
        assertThatThrownBy(() -> node.environment.runUntil(() -> false)).isInstanceOf(ProcessHalted.class);
        disk.processEnded();
    }

    @Test
    void theThirdDiskFailureWithinAnHourMakesTheStoreFailedForGood() throws StoreException {
        failOnce(SimulatedStore.ready(disk));
        failOnce(SimulatedStore.ready(disk));
        failOnce(SimulatedStore.ready(disk));

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> SimulatedStore.ready(disk))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            failed -> assertThat(failed.kind()).isEqualTo(StoreException.Kind.FAILED))
                    .hasMessageContaining("failed 3 times within an hour")
                    .hasMessageContaining("Input/output error");
        }
    }

    @Test
    void diskFailuresThatAreHoursApartDoNotAddUp() throws StoreException {
        for (int failure = 0; failure < 5; failure++) {
            SimulatedStore node = SimulatedStore.ready(disk);
            seconds(node, 1_801 * (failure + 1) * 2);
            failOnce(node);
        }
        assertThat(SimulatedStore.ready(disk).store.report().indexReady()).isTrue();
    }

    @Test
    void failuresAnHourApartToTheMillisecondStillCount() {
        FailureRecord.Failures failures = FailureRecord.Failures.NONE
                .with(0, "first")
                .with(1, "second")
                .with(FailureRecord.WINDOW_MILLIS, "third");
        assertThat(failures.failed()).isTrue();
        assertThat(FailureRecord.Failures.NONE
                        .with(0, "first")
                        .with(1, "second")
                        .with(FailureRecord.WINDOW_MILLIS + 1, "third")
                        .failed())
                .isFalse();
        assertThat(failures.with(Long.MAX_VALUE / 2, "much later").failed()).isTrue();
    }

    @Test
    void aFullQueueRefusesAtOnceAndWritesWhatItTook() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        List<AppendResult> results = new ArrayList<>();
        node.on(0, () -> {
            for (int i = 0; i < 300; i++) {
                node.store.append(0, Key.of("key-" + i), new byte[0], new byte[1], 1, results::add);
            }
        });
        node.environment.runUntil(() -> results.size() == 300);

        assertThat(results.stream().filter(AppendResult.Durable.class::isInstance))
                .hasSize(256);
        assertThat(results.stream().filter(new AppendResult.Refused(Refusal.OVERLOADED)::equals))
                .hasSize(44);
        assertThat(node.append(0, "later", "1")).isInstanceOf(AppendResult.Durable.class);
    }

    @Test
    void aQueueFullOfBytesRefusesAtOnce() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        List<AppendResult> results = new ArrayList<>();
        node.on(0, () -> {
            for (int i = 0; i < 30; i++) {
                node.store.append(0, Key.of("key-" + i), new byte[0], new byte[20_000], 1, results::add);
            }
        });
        node.environment.runUntil(() -> results.size() == 30);

        // 256 KiB of queue: the 14th record of 20,000 bytes fills it.
        assertThat(results.stream().filter(AppendResult.Durable.class::isInstance))
                .hasSize(14);
    }

    @Test
    void aRecordLargerThanASegmentIsRefusedAndTheLargestThatFitsIsKept() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        int room = SimulatedStore.SEGMENT_BYTES
                - SegmentHeader.BYTES
                - GroupBuffer.HEAD_BYTES
                - LogFormat.HEADER
                - LogFormat.ALIGN
                - LogPayload.RECORD_FIXED
                - LogPayload.REWRITTEN_FIXED
                - 1;
        byte[] largest = new byte[room];
        largest[room - 1] = 42;

        assertThat(node.append(0, Key.of("k"), new byte[0], new byte[room + 1], 1))
                .isEqualTo(new AppendResult.Refused(Refusal.TOO_LARGE));
        assertThat(node.append(0, Key.of("m"), new byte[StoreConfig.MAX_META_BYTES + 1], new byte[0], 1))
                .isEqualTo(new AppendResult.Refused(Refusal.TOO_LARGE));
        assertThat(node.append(0, Key.of("k"), new byte[0], largest, 1)).isInstanceOf(AppendResult.Durable.class);

        disk.processEnded();
        SimulatedStore again = SimulatedStore.ready(disk);
        var found = (RecordStore.Lookup.Found) again.lookup(0, Key.of("k"));
        var read = (RecordStore.ReadResult.Bytes) again.read(0, Key.of("k"), found.at());
        assertThat(read.record()).isEqualTo(largest);
    }

    @Test
    void periodicDurabilityAcknowledgesBeforeTheFsyncAndAPowerCutMakesAllPartitionsSuspect() throws StoreException {
        StoreConfig periodic = SimulatedStore.config(new Durability.Periodic(500));
        SimulatedStore node = SimulatedStore.open(1, disk, "boot-1", periodic);
        node.awaitReady();
        AppendResult.Durable first = (AppendResult.Durable) node.append(0, "a", "1");
        assertThat(node.store.report().durableLsn()).isLessThan(first.lsn());
        seconds(node, 1);
        assertThat(node.store.report().durableLsn()).isGreaterThanOrEqualTo(first.lsn());

        disk.processEnded();
        SimulatedStore sameBoot = SimulatedStore.open(1, disk, "boot-1", periodic);
        sameBoot.awaitReady();
        assertThat(sameBoot.store.recovery().clean()).isFalse();
        assertThat(sameBoot.store.report().suspectPartitions()).isZero();

        disk.processEnded();
        SimulatedStore otherBoot =
                SimulatedStore.open(1, disk, "boot-2", SimulatedStore.config(new Durability.Fsync()));
        otherBoot.awaitReady();
        assertThat(otherBoot.store.report().suspectPartitions()).isEqualTo(4);
    }

    @Test
    void anOrderlyEndUnderPeriodicDurabilityLosesNothingAndIsNotSuspect() throws StoreException {
        StoreConfig periodic = SimulatedStore.config(new Durability.Periodic(60_000));
        SimulatedStore node = SimulatedStore.open(1, disk, "boot-1", periodic);
        node.awaitReady();
        node.append(0, "a", "1");
        node.close();

        SimulatedStore after = SimulatedStore.open(1, disk.afterPowerCut(), "boot-2", periodic);
        after.awaitReady();
        assertThat(after.value(0, "a")).isEqualTo("1");
        assertThat(after.store.report().suspectPartitions()).isZero();
    }
}
