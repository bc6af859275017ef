package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.seams.SimulatedEnvironment;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The production store on a simulated disk, driven step by step on the test's thread. Two loops, four partitions, small segments. */
final class SimulatedStore {
    static final int PARTITIONS = 4;
    static final int SEGMENT_BYTES = 32 << 10;

    final SimulatedEnvironment environment;
    final SimulatedDisk disk;
    final Loop[] loops = new Loop[2];
    Store store;

    private SimulatedStore(long seed, SimulatedDisk disk, String bootId) {
        this.disk = disk;
        this.environment = new SimulatedEnvironment(seed, disk, bootId);
        for (int i = 0; i < loops.length; i++) {
            loops[i] = environment.newLoop("loop-" + i, 1_000);
        }
    }

    static StoreConfig config(Durability durability) {
        return new StoreConfig(
                PARTITIONS, durability, SEGMENT_BYTES, 8 << 10, 256, 256 << 10, 64 << 10, 16 << 10, 1, 64);
    }

    static SimulatedStore open(long seed, SimulatedDisk disk, String bootId, Durability durability)
            throws StoreException {
        return open(seed, disk, bootId, config(durability));
    }

    static SimulatedStore open(long seed, SimulatedDisk disk, String bootId, StoreConfig config) throws StoreException {
        SimulatedStore opened = new SimulatedStore(seed, disk, bootId);
        opened.store = Store.open(config, opened.environment, IndexFactory.heap(), opened.loops, StoreListener.NONE);
        return opened;
    }

    static SimulatedStore openReady(long seed, SimulatedDisk disk, String bootId) throws StoreException {
        SimulatedStore opened = open(seed, disk, bootId, new Durability.Fsync());
        opened.awaitReady();
        return opened;
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

    private <T> T await(int partition, Consumer<Consumer<T>> ask) {
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

    void close() {
        boolean[] closed = {false};
        store.close(() -> closed[0] = true);
        environment.runUntil(() -> closed[0]);
    }
}
