package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The heap before an index: answers as an index without it, and leaves in the file what such an index would hold. */
class CachedIndexTest {
    private static final int PARTITIONS = 3;
    private static final int KEYS = 400;
    private static final CachedIndex.Bounds BOUNDS = new CachedIndex.Bounds(100, 20, 40_000);

    private final Index file = IndexFactory.heap().create("file");
    private final CachedIndex cached = new CachedIndex(file, BOUNDS);
    private final Index twin = IndexFactory.heap().create("twin");

    CachedIndexTest() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            file.load(partition).finish();
            twin.load(partition).finish();
        }
    }

    private static Key key(int number) {
        return Key.of("key-" + number);
    }

    private static IndexEntry entry(int step, int metaBytes) {
        return new IndexEntry(step, new Location(1, step, 10), new byte[metaBytes]);
    }

    private static void same(IndexEntry left, IndexEntry right) {
        assertThat(left == null ? null : left.encode()).isEqualTo(right == null ? null : right.encode());
    }

    /** Few keys are hot, so that some changes are coalesced and others pushed out by the bounds. */
    @Test
    void behavesAsAnIndexWithoutIt() {
        SplittableRandom random = new SplittableRandom(7);
        for (int step = 0; step < 20_000; step++) {
            int partition = random.nextInt(PARTITIONS);
            Key key = key(random.nextBoolean() ? random.nextInt(10) : random.nextInt(KEYS));
            int choice = random.nextInt(100);
            if (choice < 50) {
                IndexEntry entry = entry(step, random.nextInt(80));
                same(cached.put(partition, key, entry), twin.put(partition, key, entry));
            } else if (choice < 97) {
                same(cached.get(partition, key), twin.get(partition, key));
            } else if (choice < 99) {
                cached.remove(partition, key);
                twin.remove(partition, key);
            } else {
                Optional<Key> after = Optional.of(key);
                assertThat(cached.page(partition, after, 20))
                        .usingRecursiveComparison()
                        .isEqualTo(twin.page(partition, after, 20));
            }
            assertThat(cached.cached()).isLessThanOrEqualTo(BOUNDS.entries());
        }
        cached.close();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(file.page(partition, Optional.empty(), 2 * KEYS))
                    .usingRecursiveComparison()
                    .isEqualTo(twin.page(partition, Optional.empty(), 2 * KEYS));
        }
    }

    @Test
    void aKeyThatIsWrittenOftenReachesTheFileOnce() {
        for (int step = 1; step <= 1_000; step++) {
            cached.put(0, key(1), entry(step, 8));
        }
        assertThat(file.get(0, key(1))).as("not yet").isNull();
        cached.close();
        assertThat(file.get(0, key(1)).lsn()).isEqualTo(1_000);
    }

    @Test
    void changesThatWaitAreBounded() {
        for (int number = 0; number < BOUNDS.changed() + 10; number++) {
            cached.put(0, key(number), entry(number, 8));
        }
        assertThat(file.page(0, Optional.empty(), 100)).hasSize(10);
    }

    @Test
    void largeKeysAreBoundedByBytes() {
        for (int number = 0; number < 30; number++) {
            cached.put(0, Key.of("x".repeat(4_000) + number), entry(number, 8));
        }
        assertThat(cached.cached()).isLessThan((int) (BOUNDS.bytes() / 4_000));
        assertThat(cached.get(0, Key.of("x".repeat(4_000) + 0)).lsn()).isZero();
    }
}
