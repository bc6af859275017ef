package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The store is a map that outlives its process: any sequence of operations and restarts, with either index. */
class StoreTwinPropertyTest {
    private static final int KEYS = 12;

    /** One thing that happens. */
    sealed interface Step {
        record Put(int partition, int key, int bytes) implements Step {}

        /** Several at once, the last of them wins. */
        record Burst(int partition, int key, int count) implements Step {}

        record Drop(int partition) implements Step {}

        /** A delete, collected at once: the key is absent, or after a rebuild of the index its tombstone is back. */
        record Collect(int partition, int key) implements Step {}

        /** Long enough for compaction. */
        record Wait(int seconds) implements Step {}

        record OrderlyRestart() implements Step {}

        record Kill() implements Step {}

        record Compare(int page) implements Step {}
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> partitions = Arbitraries.integers().between(0, SimulatedStore.PARTITIONS - 1);
        Arbitrary<Integer> keys = Arbitraries.integers().between(0, KEYS - 1);
        Arbitrary<Integer> counts = Arbitraries.integers().between(1, 20);
        Arbitrary<Step> step = Arbitraries.frequencyOf(
                Tuple.of(
                        12,
                        Combinators.combine(
                                        partitions, keys, Arbitraries.integers().between(0, 6_000))
                                .as(Step.Put::new)),
                Tuple.of(4, Combinators.combine(partitions, keys, counts).as(Step.Burst::new)),
                Tuple.of(1, partitions.map(Step.Drop::new)),
                Tuple.of(2, Combinators.combine(partitions, keys).as(Step.Collect::new)),
                Tuple.of(2, Arbitraries.integers().between(1, 5).map(Step.Wait::new)),
                Tuple.of(1, Arbitraries.of(new Step.OrderlyRestart())),
                Tuple.of(1, Arbitraries.of(new Step.Kill())),
                Tuple.of(2, counts.map(Step.Compare::new)));
        return step.list().ofMaxSize(60);
    }

    @Property(tries = 150)
    void withTheIndexOnTheHeap(@ForAll("steps") List<Step> steps) throws Exception {
        SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(steps.hashCode()));
        Run run = new Run(disk, IndexFactory.heap(), disk::processEnded);
        steps.forEach(run::step);
        run.compare(5);
    }

    @Property(tries = 8)
    void withTheIndexInMapDb(@ForAll("steps") List<Step> steps) throws Exception {
        Path directory = Files.createTempDirectory("store-twin");
        try {
            Unlocked disk = new Unlocked(new FileDisk(directory));
            Run run = new Run(disk, IndexFactory.mapDb(new FileDisk(directory), 32L << 20), () -> {});
            steps.forEach(run::step);
            run.compare(5);
        } finally {
            new FileDisk(directory).delete("");
        }
    }

    /** Several lives of a store in one process: the lock of a life that was killed cannot be released by its process. */
    private record Unlocked(FileDisk files) implements Disk {
        @Override
        public DiskFile create(String name, long length) throws IOException {
            return files.create(name, length);
        }

        @Override
        public DiskFile open(String name) throws IOException {
            return files.open(name);
        }

        @Override
        public boolean exists(String name) {
            return files.exists(name);
        }

        @Override
        public List<String> list(String directory) throws IOException {
            return files.list(directory);
        }

        @Override
        public void makeDirectory(String name) throws IOException {
            files.makeDirectory(name);
        }

        @Override
        public void rename(String from, String to) throws IOException {
            files.rename(from, to);
        }

        @Override
        public void delete(String name) throws IOException {
            files.delete(name);
        }

        @Override
        public void syncDirectory(String name) throws IOException {
            files.syncDirectory(name);
        }

        @Override
        public AutoCloseable lock(String name) {
            return () -> {};
        }

        @Override
        public long freeBytes() throws IOException {
            return files.freeBytes();
        }

        @Override
        public long totalBytes() throws IOException {
            return files.totalBytes();
        }
    }

    /** The store beside its twin. */
    private static final class Run {
        private final Disk disk;
        private final IndexFactory indexes;
        private final Runnable processEnds;
        private final List<TreeMap<Key, String>> twin = new ArrayList<>();
        private final List<TreeMap<Key, String>> collected = new ArrayList<>();
        private SimulatedStore node;
        private int version;

        private Run(Disk disk, IndexFactory indexes, Runnable processEnds) throws StoreException {
            this.disk = disk;
            this.indexes = indexes;
            this.processEnds = processEnds;
            for (int i = 0; i < SimulatedStore.PARTITIONS; i++) {
                twin.add(new TreeMap<>());
                collected.add(new TreeMap<>());
            }
            node = SimulatedStore.ready(disk, indexes);
        }

        private void step(Step step) {
            try {
                switch (step) {
                    case Step.Put(int partition, int key, int bytes) -> put(partition, key, bytes);
                    case Step.Burst(int partition, int key, int count) -> burst(partition, key, count);
                    case Step.Drop(int partition) -> drop(partition);
                    case Step.Collect(int partition, int key) -> collect(partition, Key.of("key-" + key));
                    case Step.Wait(int seconds) -> node.environment.runFor(seconds * 1_000_000_000L);
                    case Step.OrderlyRestart() -> {
                        node.close();
                        restart();
                        assertThat(node.store.recovery().clean()).isTrue();
                    }
                    case Step.Kill() -> restart();
                    case Step.Compare(int page) -> compare(page);
                }
            } catch (StoreException refused) {
                throw new AssertionError(refused);
            }
        }

        private void restart() throws StoreException {
            processEnds.run();
            node = SimulatedStore.ready(disk, indexes);
        }

        private String nextValue(int bytes) {
            return "version " + ++version + "x".repeat(bytes);
        }

        private void put(int partition, int key, int bytes) {
            String value = nextValue(bytes);
            assertThat(node.append(partition, "key-" + key, value)).isInstanceOf(AppendResult.Durable.class);
            put(partition, Key.of("key-" + key), value);
        }

        private void put(int partition, Key key, String value) {
            twin.get(partition).put(key, value);
            collected.get(partition).remove(key);
        }

        private void collect(int partition, Key key) {
            String tombstone = nextValue(0);
            assertThat(node.append(partition, key.toString(), tombstone)).isInstanceOf(AppendResult.Durable.class);
            boolean forgotten = node.await(partition, done -> {
                RecordStore.Lookup.Found found = (RecordStore.Lookup.Found) node.store.lookup(partition, key);
                done.accept(node.store.forget(partition, key, found.at()));
            });
            assertThat(forgotten).isTrue();
            twin.get(partition).remove(key);
            collected.get(partition).put(key, tombstone);
        }

        private void burst(int partition, int key, int count) {
            List<AppendResult> results = new ArrayList<>();
            node.on(partition, () -> {
                for (int i = 0; i < count; i++) {
                    String value = nextValue(i);
                    Key each = Key.of("key-" + (key + i) % (KEYS / 2));
                    node.store.append(
                            partition, each, ("meta of " + value).getBytes(), value.getBytes(), 1, results::add);
                    put(partition, each, value);
                }
            });
            node.environment.runUntil(() -> results.size() == count);
            assertThat(results).allMatch(AppendResult.Durable.class::isInstance);
            assertThat(results.stream()
                            .map(r -> ((AppendResult.Durable) r).lsn())
                            .toList())
                    .isSorted();
        }

        private void drop(int partition) {
            assertThat(node.drop(partition)).isInstanceOf(AppendResult.Durable.class);
            twin.get(partition).clear();
            collected.get(partition).clear();
        }

        private void compare(int page) {
            for (int partition = 0; partition < SimulatedStore.PARTITIONS; partition++) {
                TreeMap<Key, String> expected = twin.get(partition);
                TreeMap<Key, String> gone = collected.get(partition);
                List<String> keys = new ArrayList<>(node.keys(partition, page));
                assertThat(keys).isSorted();
                keys.removeIf(key -> gone.containsKey(Key.of(key)));
                assertThat(keys)
                        .isEqualTo(expected.keySet().stream().map(Key::toString).toList());
                for (Key key : gone.keySet()) {
                    assertThat(node.value(partition, key.toString())).isIn("absent", gone.get(key));
                }
                for (Key key : expected.keySet()) {
                    assertThat(node.value(partition, key.toString())).isEqualTo(expected.get(key));
                }
                assertThat(node.value(partition, "never written")).isEqualTo("absent");
            }
        }
    }
}
