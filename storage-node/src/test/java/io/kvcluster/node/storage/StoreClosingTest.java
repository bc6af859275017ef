package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** An orderly end comes to its end, whatever waits for space, and loses nothing that was acknowledged. */
class StoreClosingTest {
    private static final int HOT_KEYS = 4;
    private static final long MILLIS = 1_000_000;
    private static final StoreConfig CONFIG = SimulatedStore.config(new Durability.Fsync());

    private SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(19));
    private SimulatedStore node;
    private final Map<Integer, String> acknowledged = new TreeMap<>();

    private void open(int seed) throws StoreException {
        node = SimulatedStore.open(seed, disk, "boot", CONFIG);
        node.awaitReady();
    }

    private void write(int key, int version) {
        String value = SimulatedStore.value(key * 10_000 + version);
        if (node.append(key % 4, "key-" + key, value) instanceof AppendResult.Durable) {
            acknowledged.put(key, value);
        }
    }

    /** Every second record is replaced by the next of its kind, so that every segment is half live. Faster than compaction looks. */
    private void fill(int records) {
        for (int i = 0; i < records; i++) {
            write(HOT_KEYS + i, 0);
            write(i % HOT_KEYS, i);
        }
    }

    private void leave(long freeBytes) {
        disk.capacity(disk.totalBytes() - disk.freeBytes() + freeBytes);
    }

    private int queued() {
        return node.store.report().queued();
    }

    private void reserveUntilOneWaits(Runnable reserved) {
        for (int upTo = 1; queued() == 0; upTo++) {
            node.store.reserveHlc(upTo, node.loops[0], reserved);
            node.environment.runFor(MILLIS / 5);
        }
    }

    private void holdsWhatItAcknowledged(boolean clean) throws StoreException {
        disk.processEnded();
        disk.capacity(Long.MAX_VALUE / 4);
        open(2);
        assertThat(node.store.recovery().clean()).isEqualTo(clean);
        acknowledged.forEach(
                (key, value) -> assertThat(node.value(key % 4, "key-" + key)).isEqualTo(value));
    }

    @Test
    void copiesThatWaitForSpaceThatNeverComesAreGivenUpAtTheEnd() throws StoreException {
        open(1);
        fill(90);
        leave(CONFIG.segmentBytes() - 1);
        // the segment that is ready is full too then
        reserveUntilOneWaits(() -> {});
        node.environment.runFor(3_000 * MILLIS);
        assertThat(queued()).as("copies that wait").isGreaterThan(5);

        node.close();
        holdsWhatItAcknowledged(true);
    }

    @Test
    void aDiskWithNoSpaceAtAllEndsWithoutTheCleanMarkAndTheNextStartRecovers() throws StoreException {
        open(1);
        fill(90);
        leave(0);
        node.environment.runFor(3_000 * MILLIS);

        node.close();
        holdsWhatItAcknowledged(false);
    }

    @Test
    void aReservationThatWaitsForSpaceLetsCompactionPassIntoTheReserve() throws StoreException {
        open(1);
        fill(90);
        leave(CONFIG.reserveBytes());
        boolean[] reserved = {false};
        // The last of them has no room and waits in front of the copies.
        reserveUntilOneWaits(() -> {});
        node.store.reserveHlc(1_000_000, node.loops[0], () -> reserved[0] = true);
        node.environment.runFor(10_000 * MILLIS);

        assertThat(reserved[0]).isTrue();
        assertThat(node.append(0, "more", "1")).isInstanceOf(AppendResult.Durable.class);
    }

    @Test
    void anEndAtExactlyTheReserveDoesNotWaitForWhatWaits() throws StoreException {
        open(1);
        fill(90);
        leave(CONFIG.reserveBytes());
        reserveUntilOneWaits(() -> {});
        // compaction is under way, or about to be
        node.environment.runFor(1_001 * MILLIS);

        node.close();
        holdsWhatItAcknowledged(true);
    }

    @Test
    void anEndAtAnyMomentOnANearlyFullDiskEnds() throws StoreException {
        for (int seed = 0; seed < 150; seed++) {
            int current = seed;
            SplittableRandom random = new SplittableRandom(seed);
            disk = new SimulatedDisk(random.split());
            acknowledged.clear();
            open(seed);
            fill(30 + random.nextInt(60));
            leave(
                    switch (random.nextInt(4)) {
                        case 0 -> CONFIG.reserveBytes();
                        case 1 -> CONFIG.reserveBytes() - 1;
                        case 2 -> random.nextInt(CONFIG.segmentBytes());
                        default -> random.nextLong(CONFIG.reserveBytes() + 2 * CONFIG.segmentBytes());
                    });
            for (int i = random.nextInt(150); i > 0; i--) {
                if (random.nextInt(3) == 0) {
                    node.store.reserveHlc(i, node.loops[1], () -> {});
                }
                write(random.nextInt(30), 1_000 + i);
                node.environment.runFor(random.nextInt(100) * MILLIS);
            }
            node.environment.runFor(random.nextInt(4_000) * MILLIS);
            someOnTheirWay(random);

            node.close();
            disk.processEnded();
            disk.capacity(Long.MAX_VALUE / 4);
            open(seed);
            acknowledged.forEach((key, value) -> assertThat(node.value(key % 4, "key-" + key))
                    .as("key-%d, seed %d", key, current)
                    .isEqualTo(value));
        }
    }

    private void someOnTheirWay(SplittableRandom random) {
        for (int i = random.nextInt(40); i > 0; i--) {
            Key key = Key.of("late-" + i);
            int partition = random.nextInt(4);
            node.loop(partition)
                    .post(() -> node.store.append(partition, key, new byte[0], new byte[900], 1, result -> {}));
        }
        for (int steps = random.nextInt(200); steps > 0; steps--) {
            node.environment.step();
        }
    }
}
