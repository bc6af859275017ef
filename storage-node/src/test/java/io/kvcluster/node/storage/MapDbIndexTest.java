package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index in files: kept through an orderly end, and rebuilt from the log whatever happened to it. */
class MapDbIndexTest {
    private static final int KEYS = 120;

    @TempDir
    private Path directory;

    private SimulatedStore open() throws Exception {
        FileDisk disk = new FileDisk(directory);
        return SimulatedStore.ready(disk, IndexFactory.mapDb(disk, 32L << 20));
    }

    private void fillAndClose() throws Exception {
        SimulatedStore node = open();
        for (int key = 0; key < KEYS; key++) {
            assertThat(node.append(key % 4, "key-" + key, "value " + key)).isInstanceOf(AppendResult.Durable.class);
        }
        node.close();
    }

    private List<Path> indexFiles() throws IOException {
        try (var files = Files.list(directory.resolve("index"))) {
            return files.toList();
        }
    }

    private void holdsEverything(SimulatedStore node) {
        for (int key = 0; key < KEYS; key++) {
            assertThat(node.value(key % 4, "key-" + key)).isEqualTo("value " + key);
        }
        assertThat(node.keys(1, 7)).hasSize(KEYS / 4).isSorted();
        assertThat(node.store.report().suspectPartitions()).isZero();
        assertThat(node.append(0, "key-0", "value 0")).isInstanceOf(AppendResult.Durable.class);
    }

    private void isRebuilt() throws Exception {
        SimulatedStore node = open();
        assertThat(node.store.recovery().clean())
                .as("the log was ended in order")
                .isTrue();
        holdsEverything(node);
        assertThat(node.store.report().indexRebuilds()).isPositive();
        node.close();
        isAdopted();
    }

    private void isAdopted() throws Exception {
        SimulatedStore node = open();
        holdsEverything(node);
        assertThat(node.store.report().indexRebuilds()).isZero();
        assertThat(node.store.report().keys()).isEqualTo(KEYS);
        node.close();
    }

    @Test
    void anOrderlyEndKeepsTheIndex() throws Exception {
        fillAndClose();
        assertThat(indexFiles()).hasSize(2);
        isAdopted();
    }

    @Test
    void aDeletedIndexIsRebuiltFromTheLog() throws Exception {
        fillAndClose();
        for (Path file : indexFiles()) {
            Files.delete(file);
        }
        isRebuilt();
    }

    @Test
    void oneDeletedIndexFileIsRebuiltFromTheLog() throws Exception {
        fillAndClose();
        Files.delete(indexFiles().getFirst());
        isRebuilt();
    }

    @Test
    void anIndexOfRandomBytesIsRebuiltFromTheLog() throws Exception {
        fillAndClose();
        for (Path file : indexFiles()) {
            byte[] bytes = new byte[(int) Files.size(file)];
            new SplittableRandom(1).nextBytes(bytes);
            Files.write(file, bytes);
        }
        isRebuilt();
    }

    @Test
    void anIndexWithOneFlippedBitAnywhereIsRebuiltFromTheLog() throws Exception {
        fillAndClose();
        Path file = indexFiles().getLast();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 3] ^= 4;
        Files.write(file, bytes);
        isRebuilt();
    }

    @Test
    void aTruncatedIndexIsRebuiltFromTheLog() throws Exception {
        fillAndClose();
        for (Path file : indexFiles()) {
            Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 5_000));
        }
        isRebuilt();
    }

    @Test
    void anIndexWithoutItsCleanMarkerIsRebuiltFromTheLog() throws Exception {
        fillAndClose();
        Files.delete(directory.resolve(CleanMarker.NAME));
        SimulatedStore node = open();
        assertThat(node.store.recovery().clean()).isFalse();
        holdsEverything(node);
        assertThat(node.store.report().indexRebuilds()).isEqualTo(2);
    }

    @Test
    void pagesAndLookupsAgreeWithTheIndexOnTheHeapForKeysOfEveryByte() throws Exception {
        FileDisk disk = new FileDisk(directory);
        Index mapDb = IndexFactory.mapDb(disk, 32L << 20).create("a.db");
        Index heap = IndexFactory.heap().create("b");
        SplittableRandom random = new SplittableRandom(5);
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(i % 100 == 0 ? 4_000 : 12)];
            random.nextBytes(bytes);
            Key key = Key.of(bytes);
            keys.add(key);
            IndexEntry entry = new IndexEntry(i, new Location(i, i * 8, 40), new byte[random.nextInt(100)]);
            assertThat(mapDb.put(3, key, entry) == null).isEqualTo(heap.put(3, key, entry) == null);
            if (i % 7 == 0) {
                Key gone = keys.get(random.nextInt(keys.size()));
                mapDb.remove(3, gone);
                heap.remove(3, gone);
            }
        }
        Optional<Key> after = Optional.empty();
        for (List<RecordStore.Row> page = heap.page(3, after, 10); !page.isEmpty(); page = heap.page(3, after, 10)) {
            assertThat(mapDb.page(3, after, 10)).usingRecursiveComparison().isEqualTo(page);
            after = Optional.of(page.getLast().key());
        }
        assertThat(mapDb.page(3, after, 10)).isEmpty();
        mapDb.growAhead(Runnable::run);
        mapDb.close();

        Index reopened = IndexFactory.mapDb(disk, 32L << 20).open("a.db", Set.of(3));
        for (Key key : keys) {
            assertThat(reopened.get(3, key)).usingRecursiveComparison().isEqualTo(heap.get(3, key));
        }
    }

    @Test
    void theFileIsGrownAheadOfNeed() throws Exception {
        FileDisk disk = new FileDisk(directory);
        Index index = IndexFactory.mapDb(disk, 32L << 20).create("a.db");
        long before = Files.size(directory.resolve("a.db"));
        List<Runnable> background = new ArrayList<>();
        index.growAhead(background::add);
        index.growAhead(background::add);
        assertThat(background).as("one growth at a time").hasSize(1);
        background.getFirst().run();
        long grown = Files.size(directory.resolve("a.db"));
        assertThat(grown).isGreaterThan(before + (32 << 20));
        index.growAhead(background::add);
        assertThat(background).as("enough is there").hasSize(1);
        index.close();
    }
}
