package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.NodeCore;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The end of a copy that a store may not keep: it is given away before it is dropped, and that always comes to an end. */
class HandOverSimTest {
    private static final long UNREACHABLE_MILLIS = 5_000;

    /** After the move nobody exchanges with the store that left, and no hint names what only it holds. */
    @Test
    void whatOnlyTheStoreThatLeftHoldsIsGivenToAllBeforeItIsDropped() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        MoveScript.Held move = script.heldWithAllCopied();
        script.putThatReachesOnly(move.leaves(), move.key(), "late");
        script.cluster.machines.stream()
                .filter(other -> other != move.leaves())
                .forEach(other -> script.cluster.network.partition(move.leaves().name, other.name));
        move.leaves().boot();
        script.awaitLeft(move);

        script.cluster.world.runForMillis(UNREACHABLE_MILLIS);
        script.awaitHeld(move.leaves(), move.key(), true);
        move.targets().forEach(machine -> script.awaitHeld(machine, move.key(), false));
        assertThat(Objects.requireNonNull(move.leaves().core())
                        .repair()
                        .report()
                        .toGiveUp())
                .isPositive();

        script.cluster.machines.forEach(other -> script.cluster.network.heal(move.leaves().name, other.name));
        script.awaitHeld(move.leaves(), move.key(), false);
        move.targets().forEach(machine -> script.awaitHeld(machine, move.key(), true));
        script.awaitSettled();
        assertThat(script.get(move.targets().getFirst(), move.key(), ConsistencyLevel.ALL))
                .containsExactly("late");
    }

    /** Quorums may ask for more replicas than have their disks: then all that have are as many as there can be. */
    @Test
    void anOlderCopyIsGivenUpAlsoWhenADiskOfThoseThatTakeItIsGone() {
        MoveScript script = new MoveScript(4, 3, MoveFault.NONE);
        script.operator.want(5, 3);
        MoveScript.Held move = script.heldWithAllCopied();
        SimMachine loses = move.stay().getFirst();
        assertThat(script.put(move.old().getLast(), move.key(), "kept", ConsistencyLevel.ALL))
                .isInstanceOf(Outcome.Applied.class);
        script.awaitHeld(move.joins(), move.key(), true);

        loses.loseDisk();
        loses.boot();
        script.await("its new store is open", () -> loses.core() != null);
        script.operator.hold(false);

        script.awaitSettled();
        assertThat(script.get(move.joins(), move.key(), ConsistencyLevel.ALL)).containsExactly("kept");
    }

    /** One that takes it doubts its own copy until it exchanged with the other, and what is handed over must not keep the two from that. */
    @Test
    void itWaitsForAReplicaThatHasToHealFirst() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        MoveScript.Held move = script.heldWithAllCopied();
        script.putThatReachesOnly(move.leaves(), move.key(), "late");
        script.cut(move.leaves(), script.othersThan(move.leaves()));
        move.leaves().boot();
        script.awaitLeft(move);
        SimMachine doubts = move.targets().getFirst();
        script.cut(doubts, List.of(move.targets().getLast()));
        script.empty(doubts, move.partition());

        move.targets().forEach(machine -> script.cluster.network.heal(move.leaves().name, machine.name));
        script.awaitHeld(move.targets().getLast(), move.key(), true);
        script.cluster.world.runForMillis(UNREACHABLE_MILLIS);
        script.heal();

        script.awaitSettled();
        assertThat(script.get(doubts, move.key(), ConsistencyLevel.ALL)).containsExactly("late");
    }

    /** Others have something newer, so that what it has differs, and cannot be read. */
    @Test
    void aDamagedRecordThatOthersHaveNewerKeepsNoStoreFromLeaving() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        MoveScript.Held move = script.heldWithAllCopied();
        assertThat(script.put(move.leaves(), move.key(), "older", ConsistencyLevel.ALL))
                .isInstanceOf(Outcome.Applied.class);
        script.awaitHeld(move.leaves(), move.key(), true);
        script.cut(move.leaves(), script.othersThan(move.leaves()));
        script.awaitLeft(move);
        assertThat(script.put(move.targets().getFirst(), move.key(), "newer", ConsistencyLevel.ALL))
                .isInstanceOf(Outcome.Applied.class);
        script.damage(move.leaves(), "older");

        script.heal();

        script.awaitSettled();
        script.awaitHeld(move.leaves(), move.key(), false);
        assertThat(script.get(move.targets().getFirst(), move.key(), ConsistencyLevel.ALL))
                .containsExactly("newer");
    }

    /** It is given up only when each store that may have it said that it has not. */
    @Test
    void aDamagedRecordThatNobodyElseHasIsGivenUpWhenAllWereAsked() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        MoveScript.Held move = script.heldWithAllCopied();
        script.putThatReachesOnly(move.leaves(), move.key(), "damaged");
        script.cut(move.leaves(), script.othersThan(move.leaves()));
        move.leaves().boot();
        script.await("it is back", () -> script.ring().equals(move.leaves().ring()));
        script.damage(move.leaves(), "damaged");
        script.cluster.network.heal(move.leaves().name, move.targets().getFirst().name);
        script.awaitLeft(move);

        script.cluster.world.runForMillis(2 * UNREACHABLE_MILLIS);
        script.awaitHeld(move.leaves(), move.key(), true);

        script.heal();
        script.awaitSettled();
        script.awaitHeld(move.leaves(), move.key(), false);
        assertThat(script.get(move.targets().getFirst(), move.key(), ConsistencyLevel.ALL))
                .isEmpty();
    }

    /**
     * Its watermark is on the way to a slow disk when it leaves. Without other replicas to compare with it must not grow: when the
     * store joins again, those that hold everything would take it for one that repaired without them, and empty themselves.
     */
    @Test
    void theWatermarkOfAStoreThatLeftStaysAsItWas() {
        SimPlan.Upkeep eager = new SimPlan.Upkeep(50, 100, 3 * 3_600_000, 100);
        MoveScript script = new MoveScript(3, 2, 1, 2, eager, MoveFault.NONE);
        SimMachine any = script.cluster.machines.getFirst();
        List<Key> keys = IntStream.range(0, SimCluster.PARTITIONS)
                .mapToObj(script::keyOf)
                .toList();
        keys.forEach(key ->
                assertThat(script.put(any, key, "kept", ConsistencyLevel.ALL)).isInstanceOf(Outcome.Applied.class));
        script.cluster.machines.forEach(machine -> machine.timed.forceNanos(400_000_000));
        Map<String, Left> left = new TreeMap<>();
        Map<String, Integer> joins = new TreeMap<>();
        script.watch(() -> script.cluster.machines.forEach(machine -> lookAtWatermarks(machine, left, joins)));

        for (int machines : List.of(4, 3, 4, 3)) {
            script.operator.want(machines, 2);
            script.awaitSettled();
        }

        assertThat(left.values().stream().filter(each -> each.raised > 1).map(each -> each.where))
                .as("the watermark was raised again after the store had left; once may have been under way")
                .isEmpty();
        assertThat(left.values()).as("some was under way").anyMatch(each -> each.raised == 1);
        assertThat(script.cluster.machines).noneMatch(machine -> machine.emptied);
        keys.forEach(
                key -> assertThat(script.get(any, key, ConsistencyLevel.ALL)).containsExactly("kept"));
    }

    /** A partition from when a store left it. */
    private static final class Left {
        final String where;
        long watermark;
        int raised;

        Left(String where, long watermark) {
            this.where = where;
            this.watermark = watermark;
        }
    }

    private static void lookAtWatermarks(SimMachine machine, Map<String, Left> left, Map<String, Integer> joins) {
        NodeCore core = machine.core();
        Ring ring = machine.ring();
        if (core == null || ring == null) {
            return;
        }
        String storeId = core.store().identity().storeIdText();
        for (int p = 0; p < SimCluster.PARTITIONS; p++) {
            String copy = machine.name + " " + storeId + " partition " + p;
            long watermark = core.store().repairedUpTo(p);
            if (ring.isHolder(p, storeId)) {
                joins.merge(copy, left.containsKey(copy + " left " + joins.get(copy)) ? 1 : 0, Integer::sum);
            } else if (joins.containsKey(copy)) {
                Left since =
                        left.computeIfAbsent(copy + " left " + joins.get(copy), where -> new Left(where, watermark));
                since.raised += watermark > since.watermark ? 1 : 0;
                since.watermark = watermark;
            }
        }
    }

    /** The end of the suspicion takes longer than repair looks away: it must not be taken for a new suspicion. */
    @Test
    void aCopyOnASlowDiskIsCompleteOnce() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        script.await("the new machine is there", () -> script.cluster.machines.size() == 4);
        script.cluster.machines.getLast().timed.forceNanos(400_000_000);
        for (int i = 0; i < 400; i++) {
            Key key = Key.of("key-" + i % 40);
            script.cluster.machines.forEach(machine -> script.send(machine, key, "busy"));
            script.cluster.world.runForMillis(20);
        }

        script.awaitSettled();
    }
}
