package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.Candidates.Candidate;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.storage.RecordStore.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Space comes back, and nothing is lost or resurrected for it, whatever happens in between. */
class StoreCompactionTest {
    private SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(17));
    private SimulatedStore node;

    @BeforeEach
    void openEmpty() throws StoreException {
        node = SimulatedStore.ready(disk);
    }

    private void seconds(int seconds) {
        node.environment.runFor(seconds * 1_000_000_000L);
    }

    private void kill() throws StoreException {
        disk.processEnded();
        node = SimulatedStore.ready(disk);
    }

    private Location at(int partition, String key) {
        return ((Lookup.Found) node.lookup(partition, Key.of(key))).at();
    }

    private boolean forget(int partition, String key) {
        return node.await(
                partition, done -> done.accept(node.store.forget(partition, Key.of(key), at(partition, key))));
    }

    private long logBytes() {
        return node.store.report().log().logBytes();
    }

    private long liveBytes() {
        return node.store.report().liveBytes().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private void overwrite(int keys, int times) {
        for (int version = 0; version < times; version++) {
            for (int key = 0; key < keys; key++) {
                assertThat(node.append(key % 4, "key-" + key, SimulatedStore.value(key * 1_000 + version)))
                        .isInstanceOf(AppendResult.Durable.class);
            }
            seconds(1);
        }
    }

    @Test
    void underOverwritesTheLogStaysWithinTwiceWhatIsLiveAndEveryValueIsThere() throws StoreException {
        overwrite(100, 20);
        seconds(5);

        assertThat(logBytes() - 2L * SimulatedStore.SEGMENT_BYTES).isLessThanOrEqualTo(2 * liveBytes());
        assertThat(node.segments()).isEqualTo(node.store.report().log().segments());
        assertThat(node.store.report().compaction().rounds()).isGreaterThan(20);
        assertThat(node.store.report().compaction().liveRatio()).isBetween(0.5, 1.0);
        for (int restart = 0; restart < 2; restart++) {
            for (int key = 0; key < 100; key++) {
                assertThat(node.value(key % 4, "key-" + key)).isEqualTo(SimulatedStore.value(key * 1_000 + 19));
            }
            node.close();
            disk = restart == 0 ? disk : disk.afterPowerCut();
            kill();
            assertThat(node.store.recovery().clean()).isTrue();
            assertThat(node.store.report().suspectPartitions()).isZero();
        }
    }

    /** Writes need six times the usual pace: it has to follow them, and to find its place before the log is too large. */
    @Test
    void thePaceFollowsTheRateOfWrites() throws StoreException {
        int keys = 600;
        StoreConfig slow = SimulatedStore.config(new Durability.Fsync(), new CompactionBounds(50, 512 << 10));
        disk = new SimulatedDisk(new SplittableRandom(23));
        node = SimulatedStore.open(1, disk, "boot", slow);
        node.awaitReady();
        SplittableRandom random = new SplittableRandom(5);
        double worst = 0;
        for (int i = 0; i < 12 * keys; i++) {
            int key = i < keys ? i : random.nextInt(keys);
            node.append(key % 4, "key-" + key, SimulatedStore.value(i));
            node.environment.runFor(5_000_000);
            worst = i < 3 * keys ? 0 : Math.max(worst, (double) logBytes() / liveBytes());
        }
        assertThat(worst).isBetween(1.3, 2.0);
        CompactionReport report = node.store.report().compaction();
        assertThat((double) report.rewrittenBytes() / report.freedBytes())
                .as("what is live of segments that are rewritten")
                .isBetween(0.25, 0.6);
    }

    @Test
    void deletingEverythingGivesBackAllButTheLastSegments() throws StoreException {
        overwrite(100, 2);
        for (int key = 0; key < 100; key++) {
            node.append(key % 4, "key-" + key, "tombstone");
        }
        for (int key = 0; key < 100; key++) {
            assertThat(forget(key % 4, "key-" + key)).isTrue();
        }
        node.fillOther(1);
        seconds(10);
        node.fillOther(1);
        seconds(10);

        assertThat(node.segments()).isLessThanOrEqualTo(4);
        kill();
        for (int key = 0; key < 100; key++) {
            assertThat(node.value(key % 4, "key-" + key)).isIn("absent", "tombstone");
        }
    }

    @Test
    void aForgottenTombstoneStaysInTheLogWhileAColdSegmentHoldsWhatItHides() throws StoreException {
        node.append(0, "deleted", "old value");
        int cold = node.fillSegments(3);
        assertThat(at(0, "key-0").segment()).isEqualTo(1);
        node.append(0, "deleted", "tombstone");
        int tombstoneAt = at(0, "deleted").segment();
        forget(0, "deleted");
        for (int i = 0; i < 6; i++) {
            for (int version = 0; version < 30; version++) {
                node.append(1, "hot", SimulatedStore.value(version));
            }
            seconds(3);
        }

        assertThat(node.store.report().compaction().rounds()).isPositive();
        assertThat(disk.exists(SegmentFile.name(1)))
                .as("the cold segment stays")
                .isTrue();
        assertThat(disk.exists(SegmentFile.name(tombstoneAt)))
                .as("the tombstone's goes")
                .isFalse();
        kill();
        assertThat(node.value(0, "deleted")).isIn("tombstone", "absent");
        for (int key = 0; key < cold; key++) {
            assertThat(node.value(key % 4, "key-" + key)).isEqualTo(SimulatedStore.value(key));
        }
    }

    @Test
    void aDropStaysWhileASegmentHoldsWhatItHidesAndGoesAfterwards() throws StoreException {
        for (int i = 0; i < 20; i++) {
            node.append(i == 7 ? 2 : 0, "key-" + i, SimulatedStore.value(i));
        }
        node.fillOther(1);
        assertThat(node.drop(2)).isInstanceOf(AppendResult.Durable.class);
        for (int i = 0; i < 8; i++) {
            for (int version = 0; version < 30; version++) {
                node.append(1, "hot", SimulatedStore.value(version));
            }
            seconds(3);
        }
        assertThat(disk.exists(SegmentFile.name(1))).isTrue();
        kill();
        assertThat(node.value(2, "key-7")).isEqualTo("absent");
        assertThat(node.keys(2, 10)).isEmpty();
        assertThat(node.value(0, "key-8")).isEqualTo(SimulatedStore.value(8));
    }

    @Test
    void hintsAreCarriedOnAndWhatIsDoneStaysDone() throws StoreException {
        HintLog.AppendResult[] results = new HintLog.AppendResult[4];
        for (int i = 0; i < 4; i++) {
            int at = i;
            node.store.hints().append(9, i, Key.of("h" + i), new byte[100], 1, node.loops[0], r -> results[at] = r);
            node.environment.runUntil(() -> results[at] != null);
        }
        boolean[] done = {false};
        long second = ((HintLog.AppendResult.Kept) results[1]).id();
        node.store.hints().done(9, second, node.loops[0], () -> done[0] = true);
        node.environment.runUntil(() -> done[0]);
        for (int i = 0; i < 6; i++) {
            for (int version = 0; version < 30; version++) {
                node.append(1, "hot", SimulatedStore.value(version));
            }
            seconds(3);
        }
        assertThat(disk.exists(SegmentFile.name(1))).isFalse();
        for (int restart = 0; restart < 2; restart++) {
            HintLog.PageResult[] page = {null};
            node.environment.runUntil(() -> node.store.hints().report().recovered());
            node.store.hints().page(9, 0, 10, node.loops[0], found -> page[0] = found);
            node.environment.runUntil(() -> page[0] != null);
            assertThat(((HintLog.Page) page[0]).hints())
                    .extracting(hint -> hint.key().toString())
                    .containsExactly("h2", "h3");
            assertThat(node.store.hints().report().hints()).isEqualTo(2);
            kill();
        }
    }

    @Test
    void aFullDiskServesAgainByItselfWhenOverwritesLeftSomethingToGiveBack() throws StoreException {
        StoreConfig config = SimulatedStore.config(new Durability.Fsync());
        disk.capacity(disk.totalBytes() - disk.freeBytes() + config.reserveBytes() + 8L * config.segmentBytes());
        int refused = 0;
        int written = 0;
        for (int i = 0; written < 1_500; i++) {
            AppendResult result = node.append(i % 4, "key-" + i % 40, SimulatedStore.value(i));
            if (result instanceof AppendResult.Durable) {
                written++;
            } else {
                assertThat(result).isEqualTo(new AppendResult.Refused(Refusal.DISK_FULL));
                refused++;
                seconds(2);
                assertThat(refused).as("writes are served again").isLessThan(300);
            }
        }
        assertThat(refused).isPositive();
        assertThat(disk.freeBytes()).isPositive();
        disk.processEnded();
        node = SimulatedStore.ready(disk);
        assertThat(node.store.report().suspectPartitions()).isZero();
    }

    @Test
    void aLiveRecordThatCannotBeReadKeepsItsSegmentAndIsNamed() throws Exception {
        node.append(0, "damaged", SimulatedStore.value(1));
        Location damaged = at(0, "damaged");
        for (int version = 0; version < 60; version++) {
            node.append(1, "hot", SimulatedStore.value(version));
        }
        disk.flip(SegmentFile.name(1), damaged.offset() + 200L, 1);
        seconds(5);
        assertThat(disk.exists(SegmentFile.name(1))).isTrue();
        assertThat(node.store.report().corruptReads()).isPositive();
        assertThat(node.store.report().compaction().aborted()).isPositive();
        kill();
        assertThat(node.value(0, "damaged")).as("never: not found").isEqualTo("corrupt");

        node.append(0, "damaged", "repaired");
        seconds(130);
        assertThat(disk.exists(SegmentFile.name(1))).isFalse();
        assertThat(node.value(0, "damaged")).isEqualTo("repaired");
    }

    @Test
    void aSegmentGoesOnlyWhenNoReaderHoldsIt() {
        SegmentFile.Readers readers = new SegmentFile.Readers();
        boolean[] gone = {false};
        assertThat(readers.enter()).isTrue();
        assertThat(readers.enter()).isTrue();
        readers.retire(() -> gone[0] = true);
        readers.leave();
        assertThat(gone[0]).isFalse();
        readers.leave();
        assertThat(gone[0]).isTrue();
        assertThat(readers.enter()).isFalse();
    }

    // --- many lives ---

    @Test
    void nothingIsLostOrResurrectedThroughManyLivesAndPowerCuts() {
        int cuts = 0;
        long removed = 0;
        for (int seed = 0; cuts < 200; seed++) {
            CompactionRun run = new CompactionRun(seed, HidingRule::new);
            assertThat(run.until(12)).as("seed %d", seed).isEmpty();
            cuts += run.cuts();
            removed += run.segmentsRemoved();
        }
        assertThat(removed).as("segments that were compacted").isGreaterThan(200);
    }

    private static boolean caught(Survivors.Factory rule, int seeds) {
        for (int seed = 0; seed < seeds; seed++) {
            Optional<String> found = new CompactionRun(seed, rule).until(12);
            if (found.isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** The rule with one of its parts left out. */
    private record Wrong(Survivors right, boolean records, boolean drops) implements Survivors {
        @Override
        public boolean needs(Candidate record, long dropped) {
            return !records && right.needs(record, dropped);
        }

        @Override
        public boolean needsDrop(CompactionItem drop) {
            return !drops && right.needsDrop(drop);
        }

        @Override
        public boolean needsDone(CompactionItem done, HintBook book) {
            return right.needsDone(done, book);
        }
    }

    @Test
    void aTombstoneThatLeavesTheLogTooEarlyIsCaught() {
        assertThat(caught(others -> new Wrong(new HidingRule(others), true, false), 60))
                .isTrue();
    }

    @Test
    void aDropThatLeavesTheLogTooEarlyIsCaught() {
        assertThat(caught(others -> new Wrong(new HidingRule(others), false, true), 60))
                .isTrue();
    }

    /** Everything was acknowledged; then fsyncs stop working, compaction removes segments, and the power goes. */
    private int lost(boolean lying, int seed) throws StoreException {
        disk = new SimulatedDisk(new SplittableRandom(seed));
        node = SimulatedStore.ready(disk);
        int cold = node.fillSegments(2);
        for (int version = 0; version < 40; version++) {
            for (int key = 1; key < cold; key += key % 7 == 5 ? 2 : 1) {
                node.append(key % 4, "key-" + key, SimulatedStore.value(key));
            }
            if (node.segments() > 3) {
                break;
            }
        }
        if (lying) {
            disk.ignoreForceOf(SegmentFile.DIRECTORY + "/");
        }
        seconds(4);
        assertThat(node.store.report().compaction().rounds()).isPositive();
        disk = disk.afterPowerCut();
        node = SimulatedStore.ready(disk);
        int lost = 0;
        for (int key = 0; key < cold; key++) {
            lost += node.value(key % 4, "key-" + key).equals(SimulatedStore.value(key)) ? 0 : 1;
        }
        return lost;
    }

    @Test
    void aSegmentThatIsRemovedBeforeItsCopiesAreDurableIsCaught() throws StoreException {
        int withLies = 0;
        for (int seed = 0; seed < 30; seed++) {
            assertThat(lost(false, seed)).as("seed %d", seed).isZero();
            withLies += lost(true, seed);
        }
        assertThat(withLies).isPositive();
    }

    @Test
    void summariesNeverDenyWhatASegmentHoldsAndAreRarelyWrong() {
        SegmentSummary summary = new SegmentSummary(2_000);
        for (int i = 0; i < 2_000; i++) {
            summary.record(i % 3, 100 + i, new Location(1, 0, 0), Key.of("key-" + i), new byte[0]);
        }
        int wrong = 0;
        for (int i = 0; i < 2_000; i++) {
            assertThat(summary.mayHoldBefore(10_000, i % 3, SegmentSummary.hash(i % 3, Key.of("key-" + i))))
                    .isTrue();
            assertThat(summary.mayHoldBefore(100, i % 3, SegmentSummary.hash(i % 3, Key.of("key-" + i))))
                    .isFalse();
            wrong += summary.mayHoldBefore(10_000, i % 3, SegmentSummary.hash(i % 3, Key.of("other-" + i))) ? 1 : 0;
        }
        assertThat(wrong).isLessThan(10);
        assertThat(summary.holdsBefore(100, 0)).isFalse();
        assertThat(summary.holdsBefore(101, 0)).isTrue();
        assertThat(summary.holdsBefore(Long.MAX_VALUE, 3)).isFalse();
        assertThat(List.of(summary.dropped(0), summary.dropped(1))).containsOnly(0L);
    }
}
