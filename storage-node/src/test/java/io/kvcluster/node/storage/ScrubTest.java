package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecordStore.Lookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A scrub reads what caches hide. */
class ScrubTest {
    private final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(9));
    private final List<String> told = new ArrayList<>();
    private SimulatedStore node;

    @BeforeEach
    void open() throws StoreException {
        node = SimulatedStore.opening(disk, new StoreListener() {
            @Override
            public void progress(RecoveryProgress progress) {}

            @Override
            public void partitionAvailable(int partition) {}

            @Override
            public void corruptRecord(int partition, Key key, Location at) {
                told.add(partition + " " + key);
            }

            @Override
            public void groupDurable(int records, long nanos) {}
        });
        node.awaitReady();
    }

    private Scrub.Result slice(int partition, Optional<Key> after, int limit) {
        return node.await(partition, done -> node.store.scrub(partition, after, limit, done));
    }

    private List<String> whole(int partition, int limit, List<String> corrupt) {
        List<String> found = new ArrayList<>();
        Optional<Key> after = Optional.empty();
        do {
            Scrub.Slice slice = (Scrub.Slice) slice(partition, after, limit);
            slice.whole().forEach(row -> found.add(row.key().toString()));
            slice.corrupt().forEach(key -> corrupt.add(key.toString()));
            after = slice.next();
        } while (after.isPresent());
        return found;
    }

    @Test
    void itFindsADamagedRecordThatTheCacheStillShows() {
        int keys = node.fillSegments(2);
        node.append(0, "in cache", "value");
        Location at = ((Lookup.Found) node.lookup(0, Key.of("in cache"))).at();
        disk.flip(SegmentFile.name(at.segment()), at.offset() + at.length() - 2L, 3);
        assertThat(node.value(0, "in cache")).isEqualTo("value");

        List<String> corrupt = new ArrayList<>();
        assertThat(whole(0, 4, corrupt)).hasSize((keys + 3) / 4).doesNotContain("in cache");
        assertThat(corrupt).containsExactly("in cache");
        assertThat(told).containsExactly("0 in cache");
        assertThat(whole(1, 1_000, corrupt)).hasSize((keys + 2) / 4);
        assertThat(corrupt).hasSize(1);
    }

    @Test
    void anEmptyPartitionIsThroughAtOnce() {
        assertThat(slice(3, Optional.empty(), 10)).isEqualTo(new Scrub.Slice(List.of(), List.of(), Optional.empty()));
    }

    @Test
    void recordsThatCompactionMovesMeanwhileAreReadWhereTheyLieThen() {
        int keys = node.fillSegments(2);
        for (int version = 0; version < 8; version++) {
            for (int key = 0; key < keys; key += key % 5 == 0 ? 2 : 1) {
                node.append(key % 4, "key-" + key, SimulatedStore.value(key));
            }
            List<Scrub.Result> results = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                node.loop(0).post(() -> node.store.scrub(0, Optional.empty(), 1_000, results::add));
                node.environment.runFor(200_000_000);
            }
            node.environment.runUntil(() -> results.size() == 12);
            int expected = (keys + 3) / 4;
            assertThat(results).allSatisfy(result -> {
                assertThat(((Scrub.Slice) result).whole()).hasSize(expected);
                assertThat(((Scrub.Slice) result).corrupt()).isEmpty();
            });
        }
        assertThat(node.store.report().compaction().rounds()).isPositive();
    }

    @Test
    void aRepairedRecordIsWholeAgain() {
        node.append(2, "k", "1");
        Location at = ((Lookup.Found) node.lookup(2, Key.of("k"))).at();
        disk.flip(SegmentFile.name(at.segment()), at.offset() + 40L, 3);
        List<String> corrupt = new ArrayList<>();
        assertThat(whole(2, 10, corrupt)).isEmpty();
        node.append(2, "k", "2");
        assertThat(whole(2, 10, new ArrayList<>())).containsExactly("k");
        assertThat(corrupt).containsExactly("k");
    }
}
