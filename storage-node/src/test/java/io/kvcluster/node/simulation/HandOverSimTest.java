package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The end of a copy that a store may not keep: it is given away before it is dropped, and that always comes to an end. */
class HandOverSimTest {
    private static final long UNREACHABLE_MILLIS = 5_000;

    /** After the move nobody exchanges with the store that left, and no hint names what only it holds. */
    @Test
    void whatOnlyTheStoreThatLeftHoldsIsGivenToAllBeforeItIsDropped() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        int partition = script.heldInCopy();
        List<SimMachine> old = script.machines(script.ring().replicas(partition));
        List<SimMachine> targets = script.machines(script.ring().target(partition));
        SimMachine leaves = MoveScript.in(old, targets);
        targets.forEach(machine -> script.awaitCopied(machine, partition));
        Key key = script.keyOf(partition);
        script.putThatReachesOnly(leaves, key, "late");
        script.cluster.machines.stream()
                .filter(other -> other != leaves)
                .forEach(other -> script.cluster.network.partition(leaves.name, other.name));
        leaves.boot();
        script.operator.hold(false);
        script.await(
                "the store has left",
                () -> !script.ring().moves(partition) && script.ring().equals(leaves.ring()));

        script.cluster.world.runForMillis(UNREACHABLE_MILLIS);
        script.awaitHeld(leaves, key, true);
        targets.forEach(machine -> script.awaitHeld(machine, key, false));
        assertThat(Objects.requireNonNull(leaves.core()).repair().report().toGiveUp())
                .isPositive();

        script.cluster.machines.forEach(other -> script.cluster.network.heal(leaves.name, other.name));
        script.awaitHeld(leaves, key, false);
        targets.forEach(machine -> script.awaitHeld(machine, key, true));
        script.awaitSettled();
        assertThat(script.get(targets.getFirst(), key, ConsistencyLevel.ALL)).containsExactly("late");
    }

    /** Quorums may ask for more replicas than have their disks: then all that have are as many as there can be. */
    @Test
    void anOlderCopyIsGivenUpAlsoWhenADiskOfThoseThatTakeItIsGone() {
        MoveScript script = new MoveScript(4, 3, MoveFault.NONE);
        script.operator.want(5, 3);
        int partition = script.heldInCopy();
        List<SimMachine> old = script.machines(script.ring().replicas(partition));
        List<SimMachine> targets = script.machines(script.ring().target(partition));
        SimMachine joins = MoveScript.in(targets, old);
        SimMachine loses = MoveScript.in(old, List.of(MoveScript.in(old, targets)));
        targets.forEach(machine -> script.awaitCopied(machine, partition));
        Key key = script.keyOf(partition);
        assertThat(script.put(old.getLast(), key, "kept", ConsistencyLevel.ALL)).isInstanceOf(Outcome.Applied.class);
        script.awaitHeld(joins, key, true);

        loses.loseDisk();
        loses.boot();
        script.await("its new store is open", () -> loses.core() != null);
        script.operator.hold(false);

        script.awaitSettled();
        assertThat(script.get(joins, key, ConsistencyLevel.ALL)).containsExactly("kept");
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
