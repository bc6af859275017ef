package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecordStore.Lookup;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A key leaves the index only while its record is the one that was collected. */
class ForgetTest {
    private final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(5));

    private static boolean forget(SimulatedStore node, String key, Location at) {
        return node.await(0, done -> done.accept(node.store.forget(0, Key.of(key), at)));
    }

    private static Location at(SimulatedStore node, String key) {
        return ((Lookup.Found) node.lookup(0, Key.of(key))).at();
    }

    @Test
    void itTakesTheKeyOutAndCountsIt() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.append(0, "a", "1");
        node.append(0, "b", "2");

        assertThat(forget(node, "a", at(node, "a"))).isTrue();

        assertThat(node.value(0, "a")).isEqualTo("absent");
        assertThat(node.keys(0, 10)).containsExactly("b");
        assertThat((long) node.<Long>await(0, done -> done.accept(node.store.keys(0))))
                .isEqualTo(1);
        node.close();
        disk.processEnded();
        SimulatedStore again = SimulatedStore.ready(disk);
        assertThat(again.value(0, "b")).isEqualTo("2");
    }

    @Test
    void aRecordThatWasReplacedStays() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.append(0, "a", "1");
        Location old = at(node, "a");
        node.append(0, "a", "2");

        assertThat(forget(node, "a", old)).isFalse();
        assertThat(forget(node, "never written", old)).isFalse();
        assertThat(node.value(0, "a")).isEqualTo("2");
    }

    @Test
    void aRebuildBringsBackAtMostTheForgottenRecordItself() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        node.append(0, "a", "old");
        node.append(0, "a", "tombstone");
        forget(node, "a", at(node, "a"));
        disk.processEnded();

        assertThat(SimulatedStore.ready(disk).value(0, "a")).isIn("tombstone", "absent");
    }
}
