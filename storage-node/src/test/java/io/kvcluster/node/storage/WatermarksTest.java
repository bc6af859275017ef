package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.seams.PowerCut;
import io.kvcluster.node.seams.SimulatedDisk;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** {@code repairedUpTo} is durable before it is shown, and never goes back. */
class WatermarksTest {
    private SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(5));

    private static void raise(SimulatedStore node, int partition, long hlc) {
        boolean[] durable = {false};
        node.store.raiseRepairedUpTo(partition, hlc, node.loops[0], () -> durable[0] = true);
        node.environment.runUntil(() -> durable[0]);
    }

    @Test
    void itRisesAndNeverGoesBackAlsoThroughDropsRestartsAndPowerCuts() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        assertThat(node.store.repairedUpTo(3)).isZero();
        raise(node, 3, 100);
        raise(node, 1, 7);
        raise(node, 3, 50);
        assertThat(node.store.repairedUpTo(3)).isEqualTo(100);
        node.drop(3);

        disk = disk.afterPowerCut();
        node = SimulatedStore.ready(disk);
        assertThat(node.store.repairedUpTo(3)).isEqualTo(100);
        assertThat(node.store.repairedUpTo(1)).isEqualTo(7);
        assertThat(node.store.repairedUpTo(0)).isZero();
        raise(node, 3, 101);
        assertThat(node.store.repairedUpTo(3)).isEqualTo(101);
    }

    @Test
    void theMoveThatACopyWasBegunForIsKeptApart() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        assertThat(node.store.copyBegun(3)).isZero();
        boolean[] durable = {false};
        node.store.beginCopy(3, 7, node.loops[0], () -> durable[0] = true);
        SimulatedStore begun = node;
        node.environment.runUntil(() -> durable[0]);
        assertThat(begun.store.copyBegun(3)).isEqualTo(7);

        disk = disk.afterPowerCut();
        node = SimulatedStore.ready(disk);
        assertThat(node.store.copyBegun(3)).isEqualTo(7);
        assertThat(node.store.repairedUpTo(3)).isZero();
    }

    @Test
    void manyThatAreRaisedAtOnceAreAllDurableWhenTheyAreTold() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        int[] told = {0};
        for (int i = 1; i <= 40; i++) {
            int hlc = i;
            node.store.raiseRepairedUpTo(i % 4, i, node.loops[i % 2], () -> {
                assertThat(node.store.repairedUpTo(hlc % 4)).isGreaterThanOrEqualTo(hlc);
                told[0]++;
            });
        }
        node.environment.runUntil(() -> told[0] == 40);
        assertThat(node.store.repairedUpTo(0)).isEqualTo(40);
    }

    @Test
    void whatWasShownSurvivesAPowerCutAtAnyCall() throws StoreException {
        for (int calls = 0; calls < 40; calls++) {
            disk = new SimulatedDisk(new SplittableRandom(calls));
            SimulatedStore node = SimulatedStore.ready(disk);
            raise(node, 2, 10);
            disk.cutAfter(calls);
            long shown = 10;
            try {
                for (int hlc = 11; hlc < 30; hlc++) {
                    raise(node, 2, hlc);
                    shown = node.store.repairedUpTo(2);
                }
            } catch (PowerCut gone) {
                shown = Math.max(shown, node.store.repairedUpTo(2));
            }
            disk = disk.afterPowerCut();
            assertThat(SimulatedStore.ready(disk).store.repairedUpTo(2)).isGreaterThanOrEqualTo(shown);
        }
    }

    @Test
    void aFullDiskMakesItWait() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        disk.capacity(disk.totalBytes() - disk.freeBytes());
        boolean[] durable = {false};
        node.store.raiseRepairedUpTo(1, 9, node.loops[0], () -> durable[0] = true);
        node.environment.runFor(3_000_000_000L);
        assertThat(node.store.repairedUpTo(1)).isZero();
        assertThat(durable[0]).isFalse();
        disk.capacity(Long.MAX_VALUE / 4);
        node.environment.runUntil(() -> durable[0]);
        assertThat(node.store.repairedUpTo(1)).isEqualTo(9);
    }

    @Test
    void aDamagedFileRefusesTheStart() throws StoreException {
        SimulatedStore node = SimulatedStore.ready(disk);
        raise(node, 1, 9);
        disk.flip(Watermarks.NAME, 3, 0);
        disk.processEnded();
        assertThatThrownBy(() -> SimulatedStore.ready(disk))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(StoreException.Kind.DAMAGED))
                .hasMessageContaining("repaired is damaged");
    }
}
