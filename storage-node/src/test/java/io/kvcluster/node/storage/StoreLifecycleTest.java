package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.PowerCut;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.storage.RecordStore.Refusal;
import io.kvcluster.node.storage.StoreFiles.IncarnationFile;
import io.kvcluster.node.storage.StoreFiles.StoreFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Starts, ends, names, and what a store refuses to serve. */
class StoreLifecycleTest {
    private final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(3));

    private void refuses(StoreException.Kind kind, String sentence) {
        ThrowingCallable open = () -> SimulatedStore.ready(disk);
        assertThatThrownBy(open)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(kind))
                .hasMessageContaining(sentence);
        // The lock was given back, so that the next attempt says the same.
        assertThatThrownBy(open).hasMessageContaining(sentence);
    }

    private SimulatedStore closed() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.append(0, "a", "1");
        node.close();
        return node;
    }

    @Test
    void aNewDirectoryGetsAnIdentityAndKeepsItThroughOrderlyRestarts() throws Exception {
        SimulatedStore first = closed();
        StoreIdentity identity = first.store.identity();
        assertThat(identity.storeIdText()).matches("[0-9a-f]{16}").isNotEqualTo("0000000000000000");
        assertThat(identity.incarnation()).isEqualTo(1);
        assertThat(identity.clusterId()).isEmpty();
        assertThat(first.store.recovery().clean()).isTrue();

        SimulatedStore second = SimulatedStore.ready(disk);
        assertThat(second.store.identity()).isEqualTo(identity);
        assertThat(second.store.recovery().clean()).isTrue();
        assertThat(second.value(0, "a")).isEqualTo("1");
        assertThat(disk.exists(CleanMarker.NAME))
                .as("the marker goes before anything changes")
                .isFalse();
    }

    @Test
    void everyUncleanStartTakesANewIncarnation() throws StoreException {
        for (int incarnation = 1; incarnation < 5; incarnation++) {
            SimulatedStore node = SimulatedStore.ready(disk);
            assertThat(node.store.identity().incarnation()).isEqualTo(incarnation);
            disk.processEnded();
        }
        SimulatedStore.ready(disk).close();
        assertThat(SimulatedStore.ready(disk).store.identity().incarnation()).isEqualTo(5);
    }

    @Test
    void manyUncleanStartsLeaveNoEmptySegmentsBehind() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.append(0, "a", "1");
        for (int start = 0; start < 20; start++) {
            disk.processEnded();
            node = SimulatedStore.ready(disk);
        }
        assertThat(node.segments()).isLessThanOrEqualTo(3);
        assertThat(node.value(0, "a")).isEqualTo("1");
    }

    @Test
    void theClusterIsSetOnceAndKept() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.store.adoptCluster("c-1");
        node.store.adoptCluster("c-1");
        assertThat(node.store.identity().clusterId()).isEqualTo("c-1");
        assertThatThrownBy(() -> node.store.adoptCluster("c-2"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to cluster c-1, not to c-2");
        assertThatThrownBy(() -> node.store.adoptCluster("")).isInstanceOf(IllegalArgumentException.class);

        SimulatedStore after = SimulatedStore.ready(disk.afterPowerCut());
        assertThat(after.store.identity().clusterId()).isEqualTo("c-1");
    }

    @Test
    void aSecondProcessIsRefusedWhileTheFirstHoldsTheDirectory() throws StoreException {
        SimulatedStore first = SimulatedStore.ready(disk);
        refuses(StoreException.Kind.LOCKED, "another process holds");
        first.close();
        assertThat(SimulatedStore.ready(disk).store.recovery().clean()).isTrue();
    }

    @Test
    void aDirectoryOfANewerFormatIsRefused() throws Exception {
        closed();
        StoreFile file = SmallFile.read(disk, StoreFiles.STORE, StoreFile.class).orElseThrow();
        SmallFile.write(
                disk,
                StoreFiles.STORE,
                new StoreFile(2, file.storeId(), file.clusterId(), file.secret(), file.partitions()));
        refuses(
                StoreException.Kind.NEWER_FORMAT,
                "store.json has format version 2, this software reads versions up to 1");
    }

    @Test
    void aLogOfANewerFormatIsRefused() throws Exception {
        SegmentHeader header = new SegmentHeader(1, 1, 0, 0, 1, 0, 0, 1);
        var page = header.encode(2);
        assertThatThrownBy(() -> SegmentHeader.decode(page, "log/00000001.seg"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("log/00000001.seg has format version 2");
        assertThat(SegmentHeader.decode(header.encode(), "x")).isEqualTo(header);
    }

    @Test
    void anotherNumberOfPartitionsIsRefused() throws Exception {
        closed();
        StoreFile file = SmallFile.read(disk, StoreFiles.STORE, StoreFile.class).orElseThrow();
        SmallFile.write(disk, StoreFiles.STORE, new StoreFile(1, file.storeId(), "", file.secret(), 8));
        refuses(StoreException.Kind.DAMAGED, "partitions 4: this store was made with 8");
    }

    @Test
    void aMissingStoreFileBesideALogIsRefused() throws Exception {
        closed();
        disk.delete(StoreFiles.STORE);
        refuses(StoreException.Kind.DAMAGED, "store.json is missing");
    }

    @Test
    void aMissingIncarnationIsRefusedBecauseStampsCouldComeTwice() throws Exception {
        closed();
        disk.delete(StoreFiles.INCARNATION);
        refuses(StoreException.Kind.DAMAGED, "stamps could be given twice");
    }

    @Test
    void aMissingLogIsRefusedBecauseItIsNotAnEmptyOne() throws Exception {
        closed();
        disk.delete(SegmentFile.DIRECTORY);
        refuses(StoreException.Kind.DAMAGED, "is missing");
    }

    @Test
    void damagedSmallFilesAreRefusedByName() throws Exception {
        closed();
        for (String name : List.of(StoreFiles.STORE, StoreFiles.INCARNATION, StoreFiles.SESSION)) {
            byte[] before = disk.content(name);
            disk.flip(name, 3, 1);
            refuses(StoreException.Kind.DAMAGED, name + " is damaged: its checksum does not fit");
            disk.overwrite(name, new byte[4]);
            refuses(StoreException.Kind.DAMAGED, name + " is damaged: 4 bytes");
            disk.overwrite(name, before);
        }
        assertThat(SimulatedStore.ready(disk).value(0, "a")).isEqualTo("1");
    }

    @Test
    void aDamagedOrForeignCleanMarkerMakesTheStartUnclean() throws Exception {
        closed();
        disk.flip(CleanMarker.NAME, 3, 1);
        SimulatedStore node = SimulatedStore.ready(disk);
        assertThat(node.store.recovery().clean()).isFalse();
        assertThat(node.value(0, "a")).isEqualTo("1");
        node.close();

        CleanMarker marker =
                SmallFile.read(disk, CleanMarker.NAME, CleanMarker.class).orElseThrow();
        for (CleanMarker foreign : List.of(
                new CleanMarker(marker.coveredLsn() + 1, marker.segment(), marker.end(), 2, 4, false, List.of()),
                new CleanMarker(marker.coveredLsn(), marker.segment() + 1, marker.end(), 2, 4, false, List.of()),
                new CleanMarker(marker.coveredLsn(), marker.segment(), marker.end() + 8, 2, 4, false, List.of()),
                new CleanMarker(marker.coveredLsn(), marker.segment(), marker.end(), 1, 4, false, List.of()),
                new CleanMarker(marker.coveredLsn(), marker.segment(), marker.end(), 2, 8, false, List.of()))) {
            SimulatedDisk copy = disk.afterPowerCut();
            SmallFile.write(copy, CleanMarker.NAME, foreign);
            assertThat(SimulatedStore.ready(copy).store.recovery().clean())
                    .as("%s", foreign)
                    .isFalse();
        }
    }

    @Test
    void aFirstStartThatWasInterruptedAnywhereIsDoneAgain() throws Exception {
        for (int calls = 0; calls < 60; calls++) {
            SimulatedDisk fresh = new SimulatedDisk(new SplittableRandom(calls));
            fresh.cutAfter(calls);
            try {
                SimulatedStore.ready(fresh);
            } catch (PowerCut cut) {
                SimulatedStore again = SimulatedStore.ready(fresh.afterPowerCut());
                assertThat(again.append(0, "a", "1")).isInstanceOf(AppendResult.Durable.class);
            }
        }
    }

    @Test
    void segmentsOfAnotherStoreAreRefused() throws Exception {
        closed();
        StoreFile file = SmallFile.read(disk, StoreFiles.STORE, StoreFile.class).orElseThrow();
        SmallFile.write(disk, StoreFiles.STORE, new StoreFile(1, "00000000000000aa", "", file.secret(), 4));
        refuses(StoreException.Kind.DAMAGED, "files of two stores are mixed");
    }

    @Test
    void aRetiredStoreMovesAsideAndTheDirectoryStartsEmpty() throws Exception {
        SimulatedStore node = closed();
        String old = node.store.identity().storeIdText();

        Store.retire(disk);

        assertThat(Store.retired(disk)).containsExactly(old);
        assertThat(disk.list("retired/" + old)).contains(StoreFiles.STORE, SegmentFile.DIRECTORY);
        SimulatedStore fresh = SimulatedStore.ready(2, disk, IndexFactory.heap());
        assertThat(fresh.store.identity().storeIdText()).isNotEqualTo(old);
        assertThat(fresh.value(0, "a")).isEqualTo("absent");
    }

    @Test
    void aStoreInUseIsNotRetired() throws Exception {
        SimulatedStore.ready(disk);
        assertThatThrownBy(() -> Store.retire(disk)).isInstanceOf(StoreException.class);
        assertThat(Store.retired(disk)).isEmpty();
    }

    @Test
    void aRetirementThatWasInterruptedAnywhereIsFinishedAtTheNextStart() throws Exception {
        for (int calls = 0; calls < 30; calls++) {
            SimulatedDisk fresh = new SimulatedDisk(new SplittableRandom(calls));
            SimulatedStore node = SimulatedStore.ready(fresh);
            node.append(0, "a", "1");
            node.close();
            String old = node.store.identity().storeIdText();
            fresh.cutAfter(calls);
            boolean finished = true;
            try {
                Store.retire(fresh);
            } catch (PowerCut cut) {
                finished = false;
            }
            SimulatedDisk after = fresh.afterPowerCut();
            SimulatedStore next = SimulatedStore.ready(2, after, IndexFactory.heap());
            boolean retired = !next.store.identity().storeIdText().equals(old);
            assertThat(retired || !finished).isTrue();
            assertThat(next.value(0, "a")).isEqualTo(retired ? "absent" : "1");
            if (retired) {
                assertThat(after.list("retired/" + old)).contains(StoreFiles.STORE, SegmentFile.DIRECTORY);
            }
        }
    }

    @Test
    void aClosingStoreFinishesWhatItTookAndRefusesTheRest() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        List<AppendResult> results = new ArrayList<>();
        node.on(0, () -> {
            for (int i = 0; i < 50; i++) {
                node.store.append(0, Key.of("key-" + i), new byte[0], new byte[100], 1, results::add);
            }
        });
        node.close();
        assertThat(results).hasSize(50).allMatch(AppendResult.Durable.class::isInstance);
        assertThat(node.append(0, "late", "1")).isEqualTo(new AppendResult.Refused(Refusal.FAILED));
        assertThat(node.lookup(0, Key.of("key-0"))).isInstanceOf(Lookup.CannotSay.class);
    }

    @Test
    void stampsNeverGoBackAcrossRestarts() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        assertThat(node.store.hlcFloor()).isZero();
        boolean[] reserved = {false};
        node.store.reserveHlc(5_000, node.loops[1], () -> reserved[0] = node.loops[1].isCurrent());
        node.environment.runUntil(() -> reserved[0]);
        SimulatedDisk cut = disk.afterPowerCut();
        assertThat(SimulatedStore.ready(cut).store.hlcFloor()).isEqualTo(5_000);

        node.append(0, Key.of("from elsewhere"), new byte[0], new byte[0], 9_000);
        node.fillSegments(4);
        node.close();
        disk.processEnded();
        assertThat(SimulatedStore.ready(disk).store.hlcFloor()).isEqualTo(9_000);
    }

    @Test
    void aDroppedPartitionStaysDroppedAndLaterWritesStay() throws Exception {
        SimulatedStore before = SimulatedStore.ready(disk);
        int keys = before.fillSegments(3);
        List<AppendResult> results = new ArrayList<>();
        before.on(0, () -> {
            before.store.dropPartition(0, results::add);
            before.store.append(
                    0,
                    Key.of("behind"),
                    "meta of 1".getBytes(StandardCharsets.UTF_8),
                    "1".getBytes(StandardCharsets.UTF_8),
                    1,
                    results::add);
        });
        before.environment.runUntil(() -> results.size() == 2);
        assertThat(results).allMatch(AppendResult.Durable.class::isInstance);
        assertThat(before.keys(0, 10)).containsExactly("behind");
        assertThat(before.append(0, "later", "2")).isInstanceOf(AppendResult.Durable.class);

        for (int restart = 0; restart < 2; restart++) {
            disk.processEnded();
            SimulatedStore node = SimulatedStore.ready(disk);
            assertThat(node.keys(0, 1)).containsExactly("behind", "later");
            assertThat(node.value(0, "behind")).isEqualTo("1");
            assertThat(node.value(1, "key-1")).isEqualTo(SimulatedStore.value(1));
            assertThat(keys).isGreaterThan(4);
            // The drop lies in a sealed segment now: its hint file must tell of it too.
            node.fillOther(2);
        }
    }

    @Test
    void liveBytesFollowWhatTheIndexRefersTo() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        for (int version = 0; version < 100; version++) {
            node.append(0, "same", SimulatedStore.value(version));
        }
        node.environment.runFor(2_000_000_000);
        Lookup.Found found = (Lookup.Found) node.lookup(0, Key.of("same"));
        assertThat(node.store.report().keys()).isEqualTo(1);
        long live = node.store.report().liveBytes().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        assertThat(live).isEqualTo(LogFormat.pad(found.at().length()));
        assertThat(node.store.report().liveBytes().get(found.at().segment())).isEqualTo(live);

        disk.processEnded();
        node = SimulatedStore.ready(disk);
        node.environment.runFor(9_500_000_000L);
        found = (Lookup.Found) node.lookup(0, Key.of("same"));
        assertThat(node.store.report().liveBytes().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(LogFormat.pad(found.at().length()));
    }

    @Test
    void configurationOutOfRangeIsRefusedWithFieldValueAndRule() {
        assertThatThrownBy(() -> StoreConfig.of(0, new Durability.Fsync(), 1))
                .hasMessage("partitions 0: 1..4096 is allowed");
        assertThatThrownBy(() -> StoreConfig.of(64, new Durability.Fsync(), -1)).hasMessageContaining("cacheBytes -1");
        assertThatThrownBy(() -> Durability.parse("Sometimes"))
                .hasMessage("durability Sometimes: Fsync or Periodic:MILLIS is allowed");
        assertThatThrownBy(() -> Durability.parse("Periodic:0")).hasMessageContaining("1..60000");
        assertThat(Durability.parse("Fsync")).isEqualTo(new Durability.Fsync());
        assertThat(Durability.parse("Periodic:20")).isEqualTo(new Durability.Periodic(20));
        StoreConfig config = StoreConfig.of(64, new Durability.Fsync(), 1);
        assertThat(config.segmentBytes()).isEqualTo(64 << 20);
        assertThat(config.reserveBytes()).isEqualTo(3 * (64L << 20));
    }

    @Test
    void anIncarnationFileWithoutALogIsAFirstStartThatWasInterrupted() throws IOException, StoreException {
        SmallFile.write(disk, StoreFiles.STORE, new StoreFile(1, "00000000000000aa", "", "00000000000000bb", 4));
        SmallFile.write(disk, StoreFiles.INCARNATION, new IncarnationFile(1, false));
        assertThat(SimulatedStore.ready(disk).store.identity().incarnation()).isEqualTo(1);
    }
}
