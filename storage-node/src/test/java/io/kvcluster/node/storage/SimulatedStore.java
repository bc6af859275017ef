package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.SimulatedEnvironment;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The production store on a simulated disk, driven step by step on the test's thread. Two loops, four partitions, small segments. */
final class SimulatedStore {
    static final int PARTITIONS = 4;
    static final int SEGMENT_BYTES = 32 << 10;

    static final HintBounds HINTS = new HintBounds(20, 16 << 10, 30, 24 << 10);
    static final CompactionBounds COMPACTION = new CompactionBounds(50, 1L << 30);

    final SimulatedEnvironment environment;
    final Loop[] loops = new Loop[2];
    Store store;

    private SimulatedStore(long seed, Disk disk, String bootId) {
        this.environment = new SimulatedEnvironment(seed, disk, bootId);
        for (int i = 0; i < loops.length; i++) {
            loops[i] = environment.newLoop("loop-" + i, 1_000);
        }
    }

    static StoreConfig config(Durability durability) {
        return config(durability, COMPACTION);
    }

    static StoreConfig config(Durability durability, CompactionBounds compaction) {
        return new StoreConfig(
                PARTITIONS,
                durability,
                SEGMENT_BYTES,
                8 << 10,
                256,
                256 << 10,
                64 << 10,
                16 << 10,
                1,
                64,
                HINTS,
                compaction);
    }

    static SimulatedStore open(long seed, Disk disk, String bootId, Durability durability) throws StoreException {
        return open(seed, disk, bootId, config(durability));
    }

    static SimulatedStore open(long seed, Disk disk, String bootId, StoreConfig config) throws StoreException {
        return open(seed, disk, bootId, config, IndexFactory.heap());
    }

    static SimulatedStore open(long seed, Disk disk, String bootId, StoreConfig config, IndexFactory indexes)
            throws StoreException {
        SimulatedStore opened = new SimulatedStore(seed, disk, bootId);
        opened.store = Store.open(config, opened.environment, indexes, opened.loops, StoreListener.NONE);
        return opened;
    }

    /** With a rule of compaction that may be wrong. */
    static SimulatedStore ready(long seed, Disk disk, String bootId, StoreConfig config, Survivors.Factory rule)
            throws StoreException {
        SimulatedStore opened = new SimulatedStore(seed, disk, bootId);
        opened.store =
                Store.open(config, opened.environment, IndexFactory.heap(), opened.loops, StoreListener.NONE, rule);
        opened.awaitReady();
        return opened;
    }

    static SimulatedStore opening(Disk disk, StoreListener listener) throws StoreException {
        return opening(disk, listener, 0);
    }

    /** @param nanos that the clock shows at the start */
    static SimulatedStore opening(Disk disk, StoreListener listener, long nanos) throws StoreException {
        SimulatedStore opened = new SimulatedStore(1, disk, "boot");
        opened.environment.runFor(nanos);
        opened.store = Store.open(
                config(new Durability.Fsync()), opened.environment, IndexFactory.heap(), opened.loops, listener);
        return opened;
    }

    /** Opened, and every partition available. */
    static SimulatedStore ready(Disk disk) throws StoreException {
        return ready(disk, IndexFactory.heap());
    }

    static SimulatedStore ready(Disk disk, IndexFactory indexes) throws StoreException {
        return ready(1, disk, indexes);
    }

    static SimulatedStore ready(long seed, Disk disk, IndexFactory indexes) throws StoreException {
        SimulatedStore opened = open(seed, disk, "boot", config(new Durability.Fsync()), indexes);
        opened.awaitReady();
        return opened;
    }

    /** Appends keys 0, 1, 2 … to partition key mod 4 until the log has this many segments. Returns how many. */
    int fillSegments(int segments) {
        int key = 0;
        while (segments() < segments) {
            assertThat(append(key % PARTITIONS, "key-" + key, value(key))).isInstanceOf(AppendResult.Durable.class);
            key++;
        }
        // Hint files are written behind the writer's back.
        environment.runFor(10_000_000);
        return key;
    }

    /** Appends to partitions other than 0 until this many segments more. */
    void fillOther(int segments) {
        int wanted = segments() + segments;
        for (int i = 0; segments() < wanted; i++) {
            append(1 + i % 3, "filler-" + i, value(i));
        }
        environment.runFor(10_000_000);
    }

    int segments() {
        try {
            return (int) environment.disk().list(SegmentFile.DIRECTORY).stream()
                    .filter(name -> SegmentFile.number(name) > 0)
                    .count();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    void awaitReady() {
        environment.runUntil(() -> store.report().indexReady());
    }

    Loop loop(int partition) {
        return loops[partition % loops.length];
    }

    /** Runs it on the partition's loop, and everything before it. */
    void on(int partition, Runnable task) {
        boolean[] ran = {false};
        loop(partition).post(() -> {
            task.run();
            ran[0] = true;
        });
        environment.runUntil(() -> ran[0]);
    }

    <T> T await(int partition, Consumer<Consumer<T>> ask) {
        AtomicReference<T> answer = new AtomicReference<>();
        on(partition, () -> ask.accept(answer::set));
        environment.runUntil(() -> answer.get() != null);
        return answer.get();
    }

    AppendResult append(int partition, Key key, byte[] meta, byte[] record, long hlc) {
        return await(partition, done -> store.append(partition, key, meta, record, hlc, done));
    }

    AppendResult append(int partition, String key, String value) {
        return append(partition, Key.of(key), ("meta of " + value).getBytes(), value.getBytes(), 1);
    }

    AppendResult drop(int partition) {
        return await(partition, done -> store.dropPartition(partition, done));
    }

    Lookup lookup(int partition, Key key) {
        return await(partition, done -> done.accept(store.lookup(partition, key)));
    }

    ReadResult read(int partition, Key key, Location at) {
        return await(partition, done -> store.read(partition, key, at, done));
    }

    /** The value as text, or what there is instead. */
    String value(int partition, String key) {
        return switch (lookup(partition, Key.of(key))) {
            case Lookup.Absent() -> "absent";
            case Lookup.CannotSay(String why) -> "cannot say";
            case Lookup.Found found ->
                switch (read(partition, Key.of(key), found.at())) {
                    case ReadResult.Bytes(byte[] record) -> {
                        assertThat(new String(found.meta())).isEqualTo("meta of " + new String(record));
                        yield new String(record);
                    }
                    case ReadResult.Corrupt(String why) -> "corrupt";
                    case ReadResult.Gone() -> "gone";
                    case ReadResult.Overloaded() -> "overloaded";
                };
        };
    }

    List<String> keys(int partition, int page) {
        List<String> keys = new ArrayList<>();
        Optional<Key> after = Optional.empty();
        while (true) {
            Optional<Key> from = after;
            RecordStore.Scan scan = await(partition, done -> done.accept(store.scan(partition, from, page)));
            RecordStore.Scan.Page found = (RecordStore.Scan.Page) scan;
            found.rows().forEach(row -> keys.add(row.key().toString()));
            if (found.last()) {
                return keys;
            }
            after = Optional.of(found.rows().getLast().key());
        }
    }

    static String value(int key) {
        return "value " + key + " " + "x".repeat(900);
    }

    void close() {
        boolean[] closed = {false};
        store.close(() -> closed[0] = true);
        environment.runUntil(() -> closed[0]);
    }
}
