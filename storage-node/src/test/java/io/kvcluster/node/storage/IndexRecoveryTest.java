package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.storage.RecordStore.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Indexes that misbehave: they throw, do not open, or never stop opening. The log goes on and a new index follows. */
class IndexRecoveryTest {
    private final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(13));
    private final Moody moody = new Moody(disk);

    /** Indexes on the heap that pretend to outlive the process and fail as the test tells them. */
    private static final class Moody implements IndexFactory {
        private final SimulatedDisk disk;
        private final List<String> created = new ArrayList<>();
        private final Map<String, Index> kept = new HashMap<>();
        private boolean openThrows;
        private boolean createThrows;
        private int throwAfterCalls = Integer.MAX_VALUE;
        private boolean loadThrows;
        private int opens;

        private Moody(SimulatedDisk disk) {
            this.disk = disk;
        }

        private void call() {
            if (--throwAfterCalls <= 0) {
                throwAfterCalls = Integer.MAX_VALUE;
                throw new IllegalStateException("a page of the tree is damaged");
            }
        }

        @Override
        public boolean outlivesTheProcess() {
            return true;
        }

        @Override
        public Index create(String file) {
            if (createThrows) {
                throw new IllegalStateException("no space");
            }
            created.add(file);
            try {
                disk.create(file, 10).close();
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
            Index index = new HeapIndex();
            kept.put(file, index);
            return new Fragile(index);
        }

        @Override
        public Index open(String file, Set<Integer> partitions) {
            opens++;
            if (openThrows) {
                throw new IllegalStateException("header is damaged");
            }
            return kept.getOrDefault(file, new HeapIndex());
        }

        private final class Fragile implements Index {
            private final Index index;

            private Fragile(Index index) {
                this.index = index;
            }

            @Override
            public IndexEntry get(int partition, Key key) {
                call();
                return index.get(partition, key);
            }

            @Override
            public IndexEntry put(int partition, Key key, IndexEntry entry) {
                call();
                return index.put(partition, key, entry);
            }

            @Override
            public List<RecordStore.Row> page(int partition, Optional<Key> after, int limit) {
                call();
                return index.page(partition, after, limit);
            }

            @Override
            public void remove(int partition, Key key) {
                call();
                index.remove(partition, key);
            }

            @Override
            public Load load(int partition) {
                if (loadThrows) {
                    loadThrows = false;
                    throw new IllegalStateException("pump failed");
                }
                return index.load(partition);
            }

            @Override
            public void growAhead(Executor background) {}

            @Override
            public void close() {
                index.close();
            }
        }
    }

    private void restart() {
        disk.processEnded();
    }

    private static void seconds(SimulatedStore node, int seconds) {
        node.environment.runFor(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void anIndexThatThrowsOnALookupIsDiscardedAndRebuiltWithEverythingThatWasAcknowledged() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk, moody);
        int keys = node.fillSegments(3);
        List<AppendResult> onTheirWay = new ArrayList<>();
        moody.throwAfterCalls = 1;
        node.on(0, () -> {
            node.store.append(0, Key.of("on its way"), "meta of 1".getBytes(), "1".getBytes(), 1, onTheirWay::add);
            assertThat(node.store.lookup(0, Key.of("key-0"))).isInstanceOf(Lookup.CannotSay.class);
            node.store.append(0, Key.of("refused"), new byte[0], new byte[0], 1, onTheirWay::add);
            assertThat(onTheirWay).containsExactly(new AppendResult.Refused(Refusal.RECOVERING));
        });
        assertThat(node.value(1, "key-1")).as("the other loop's index is well").isEqualTo(SimulatedStore.value(1));

        seconds(node, 3);
        node.awaitReady();
        assertThat(onTheirWay).hasSize(2);
        assertThat(node.value(0, "on its way")).isEqualTo("1");
        assertThat(node.value(0, "refused")).isEqualTo("absent");
        for (int key = 0; key < keys; key++) {
            assertThat(node.value(key % 4, "key-" + key)).isEqualTo(SimulatedStore.value(key));
        }
        assertThat(node.store.report().indexRebuilds()).isEqualTo(3);
    }

    @Test
    void anIndexThatThrowsAtAnyCallLosesNothing() throws Exception {
        for (int calls = 1; calls < 60; calls += 4) {
            SimulatedDisk fresh = new SimulatedDisk(new SplittableRandom(calls));
            Moody failing = new Moody(fresh);
            failing.throwAfterCalls = calls;
            SimulatedStore node = SimulatedStore.ready(fresh, failing);
            int written = 0;
            for (int key = 0; key < 40; key++) {
                AppendResult result = node.append(key % 2, "key-" + key, "value " + key);
                if (result instanceof AppendResult.Refused(Refusal why)) {
                    assertThat(why).isEqualTo(Refusal.RECOVERING);
                    seconds(node, 2);
                    node.awaitReady();
                    key--;
                } else {
                    written++;
                }
                node.keys(3, 5);
            }
            seconds(node, 2);
            node.awaitReady();
            assertThat(written).isEqualTo(40);
            for (int key = 0; key < 40; key++) {
                String value = node.value(key % 2, "key-" + key);
                if (value.equals("cannot say")) {
                    seconds(node, 2);
                    node.awaitReady();
                    value = node.value(key % 2, "key-" + key);
                }
                assertThat(value).isEqualTo("value " + key);
            }
        }
    }

    @Test
    void anIndexThatCannotBeMadeOrFilledIsTriedAgainUntilItCan() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk, moody);
        node.append(0, "a", "1");
        restart();
        moody.createThrows = true;
        SimulatedStore again =
                SimulatedStore.open(2, disk, "boot", SimulatedStore.config(new Durability.Fsync()), moody);
        seconds(again, 10);
        assertThat(again.store.report().indexReady()).isFalse();
        assertThat(again.append(0, "b", "2")).isEqualTo(new AppendResult.Refused(Refusal.RECOVERING));

        moody.createThrows = false;
        moody.loadThrows = true;
        seconds(again, 10);
        again.awaitReady();
        assertThat(again.value(0, "a")).isEqualTo("1");
        assertThat(moody.loadThrows).isFalse();
    }

    @Test
    void anIndexThatOpensIsUsedAtOnceAndNotRebuilt() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk, moody);
        node.append(0, "a", "1");
        node.append(1, "b", "2");
        node.close();
        restart();

        SimulatedStore again = SimulatedStore.ready(disk, moody);
        assertThat(again.environment.clock().nanos()).as("no limit had to pass").isZero();
        assertThat(again.value(0, "a")).isEqualTo("1");
        assertThat(again.value(1, "b")).isEqualTo("2");
        assertThat(again.store.report().indexRebuilds()).isZero();
        assertThat(again.store.report().keys()).isEqualTo(2);
        seconds(again, 60);
        assertThat(again.value(0, "a"))
                .as("the limit that passes later changes nothing")
                .isEqualTo("1");
        assertThat(again.store.report().indexRebuilds()).isZero();
    }

    @Test
    void twoIndexesThatBreakTogetherAreRebuiltOneAfterTheOther() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk, moody);
        int keys = node.fillSegments(3);
        for (int partition = 0; partition < 2; partition++) {
            moody.throwAfterCalls = 1;
            assertThat(node.lookup(partition, Key.of("key-0"))).isInstanceOf(Lookup.CannotSay.class);
        }
        assertThat(node.store.report().availablePartitions()).isZero();

        seconds(node, 3);
        node.awaitReady();
        for (int key = 0; key < keys; key++) {
            assertThat(node.value(key % 4, "key-" + key)).isEqualTo(SimulatedStore.value(key));
        }
        assertThat(node.store.report().indexRebuilds()).isEqualTo(4);
    }

    @Test
    void aLogThatCannotBeReadForAMomentIsReadAgain() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.append(0, "a", "1");
        restart();
        SimulatedStore again = SimulatedStore.open(2, disk, "boot", new Durability.Fsync());
        disk.failReads("log/", 1);

        seconds(again, 4);
        assertThat(again.store.report().indexReady()).isFalse();
        seconds(again, 4);
        assertThat(again.store.report().indexReady()).isTrue();
        assertThat(again.value(0, "a")).isEqualTo("1");
    }

    @Test
    void suspicionComesBeforeTheFirstPartitionBecomesAvailable() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.fillSegments(3);
        Location at = ((Lookup.Found) node.lookup(0, Key.of("key-0"))).at();
        disk.flip(SegmentFile.name(at.segment()), at.offset() + 40L, 2);
        disk.delete(SegmentFile.path(at.segment(), SegmentFile.HINTS));
        restart();
        List<Boolean> suspected = new ArrayList<>();
        Listening listening = new Listening(partition -> suspected.add(disk.exists(Suspects.NAME)));

        SimulatedStore again = SimulatedStore.opening(disk, listening);
        // Without its files worker, nobody but the rebuild reads the segment.
        again.environment.stopWorkers("log-files");
        again.awaitReady();

        assertThat(suspected).containsExactly(true, true, true, true);
        assertThat(again.store.report().suspectPartitions()).isEqualTo(4);
    }

    @Test
    void aLongRebuildTellsItsProgressOnceASecond() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.fillSegments(3);
        restart();
        Listening listening = new Listening(partition -> {});
        SimulatedStore again = SimulatedStore.opening(disk, listening, TimeUnit.SECONDS.toNanos(10));
        again.awaitReady();

        assertThat(listening.progress)
                .extracting(RecoveryProgress::toString)
                .containsExactly("1 of 3 segments read, 0 s left");
    }

    /** Keeps what it hears. */
    private static final class Listening implements StoreListener {
        private final List<RecoveryProgress> progress = new ArrayList<>();
        private final IntConsumer available;

        private Listening(IntConsumer available) {
            this.available = available;
        }

        @Override
        public void progress(RecoveryProgress told) {
            progress.add(told);
        }

        @Override
        public void partitionAvailable(int partition) {
            available.accept(partition);
        }

        @Override
        public void groupDurable(int records, long nanos) {}
    }

    @Test
    void anIndexThatDoesNotOpenIsRebuilt() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk, moody);
        node.append(0, "a", "1");
        node.close();
        restart();
        moody.openThrows = true;

        SimulatedStore again = SimulatedStore.ready(disk, moody);
        assertThat(moody.opens).isEqualTo(2);
        assertThat(again.store.recovery().indexFound()).isTrue();
        assertThat(again.value(0, "a")).isEqualTo("1");
        assertThat(again.store.report().indexRebuilds()).isEqualTo(2);
    }

    @Test
    void anIndexThatOpensSlowerThanItsLimitIsLeftBehindAndRebuilt() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk, moody);
        node.append(0, "a", "1");
        node.close();
        restart();
        SimulatedStore again =
                SimulatedStore.open(2, disk, "boot", SimulatedStore.config(new Durability.Fsync()), moody);
        again.environment.stopWorkers("index-open");

        seconds(again, 19);
        assertThat(again.store.report().indexReady()).isFalse();
        seconds(again, 5);
        assertThat(again.store.report().indexReady()).isTrue();
        assertThat(again.value(0, "a")).isEqualTo("1");
        again.environment.startWorkers("index-open");
        seconds(again, 5);
        assertThat(again.value(0, "a")).as("the late index is not used").isEqualTo("1");
    }

    @Test
    void partitionsBecomeAvailableOneByOne() throws Exception {
        SimulatedStore node = SimulatedStore.ready(disk);
        for (int key = 0; key < 40; key++) {
            node.append(key % 4, "key-" + key, "value " + key);
        }
        restart();
        List<Integer> available = new ArrayList<>();
        List<Integer> seen = new ArrayList<>();
        Listening listener = new Listening(available::add);
        SimulatedStore again = SimulatedStore.opening(disk, listener);
        again.environment.runUntil(() -> {
            seen.add(again.store.report().availablePartitions());
            return again.store.report().indexReady();
        });
        assertThat(available).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(seen).isSorted().contains(0, 1, 2, 3, 4);
    }

    @Test
    void progressTellsTheSecondsThatAreLeft() {
        RecoveryProgress progress =
                RecoveryProgress.of(RecoveryProgress.Phase.READING_SEGMENTS, 2, 8, TimeUnit.SECONDS.toNanos(4));
        assertThat(progress.secondsLeft()).isEqualTo(12);
        assertThat(progress).hasToString("2 of 8 segments read, 12 s left");
        assertThat(RecoveryProgress.of(RecoveryProgress.Phase.FILLING_PARTITIONS, 0, 8, 1))
                .hasToString("0 of 8 partitions filled");
    }

    @Test
    void runsLargerThanTheirShareOfMemoryGoThroughFiles() throws Exception {
        disk.makeDirectory(PartitionRuns.DIRECTORY);
        PartitionRuns runs = new PartitionRuns(disk, partition -> partition != 2, 4096);
        SplittableRandom random = new SplittableRandom(17);
        int[] newest = new int[500];
        for (int lsn = 1; lsn <= 5_000; lsn++) {
            int key = random.nextInt(500);
            newest[key] = lsn;
            runs.record(1, lsn, new Location(1, lsn * 8, 40), Key.of("key-" + key), new byte[key]);
            runs.record(2, lsn, new Location(1, lsn * 8, 40), Key.of("unwanted"), new byte[0]);
        }
        runs.dropped(1, 1_000);
        assertThat(disk.list(PartitionRuns.DIRECTORY)).hasSize(1);
        assertThat(runs.items()).isEqualTo(5_000);

        PartitionRuns.SortedRun run = runs.take(1);
        assertThat(disk.list(PartitionRuns.DIRECTORY)).isEmpty();
        List<Key> keys = new ArrayList<>();
        boolean more = true;
        while (more) {
            int before = keys.size();
            more = run.feed(64, (key, entry) -> {
                keys.add(key);
                int number = Integer.parseInt(key.toString().substring(4));
                assertThat(entry.lsn()).isEqualTo(newest[number]).isGreaterThanOrEqualTo(1_000);
                assertThat(entry.at()).isEqualTo(new Location(1, newest[number] * 8, 40));
                assertThat(entry.meta()).hasSize(number);
            });
            assertThat(keys.size() - before).isLessThanOrEqualTo(64);
        }
        long alive = IntStream.of(newest).filter(lsn -> lsn >= 1_000).count();
        assertThat(keys).isSorted().doesNotHaveDuplicates().hasSize((int) alive);
        assertThat(runs.take(3).feed(1, (key, entry) -> {
                    throw new AssertionError("nothing was collected");
                }))
                .isFalse();
    }
}
