package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What level local acknowledged is on one disk, and no move may lose it: the store that drops it gives it away before. */
class LocalWriteSimTest {
    @Test
    void atAStoreThatLeavesItIsThereAfterTheMove() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        int partition = script.heldInCopy();
        List<SimMachine> old = script.machines(script.ring().replicas(partition));
        List<SimMachine> targets = script.machines(script.ring().target(partition));
        SimMachine leaves = MoveScript.in(old, targets);
        targets.forEach(machine -> script.awaitCopied(machine, partition));
        Key key = script.keyOf(partition);

        assertThat(script.putThatReachesOnly(leaves, key, "mine", ConsistencyLevel.LOCAL))
                .isInstanceOf(Outcome.Applied.class);
        leaves.boot();
        script.operator.hold(false);

        script.awaitSettled();
        script.awaitHeld(leaves, key, false);
        assertThat(script.get(targets.getFirst(), key, ConsistencyLevel.ALL)).containsExactly("mine");
    }

    /** From the moment when reads ask it a store that joins takes local writes; then the move turns back. */
    @Test
    void atAStoreThatJoinsItIsThereAfterTheMoveTurnedBack() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        int partition = script.heldInCopy();
        List<SimMachine> old = script.machines(script.ring().replicas(partition));
        SimMachine joins = MoveScript.in(script.machines(script.ring().target(partition)), old);
        script.heldInReadNew(partition);
        Key key = script.keyOf(partition);

        assertThat(script.putThatReachesOnly(joins, key, "mine", ConsistencyLevel.LOCAL))
                .isInstanceOf(Outcome.Applied.class);
        joins.boot();
        script.operator.want(3, 2);
        script.operator.hold(false);

        script.await("the machine is drained", () -> joins.gone);
        script.awaitSettled();
        assertThat(script.machines(script.ring().replicas(partition))).containsExactlyInAnyOrderElementsOf(old);
        assertThat(script.get(old.getFirst(), key, ConsistencyLevel.ALL)).containsExactly("mine");
    }

    @Test
    void atAStoreThatStaysItIsThereAfterTheMove() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        int partition = script.heldInCopy();
        List<SimMachine> old = script.machines(script.ring().replicas(partition));
        List<SimMachine> targets = script.machines(script.ring().target(partition));
        SimMachine stays = old.stream().filter(targets::contains).findFirst().orElseThrow();
        targets.forEach(machine -> script.awaitCopied(machine, partition));
        Key key = script.keyOf(partition);

        assertThat(script.putThatReachesOnly(stays, key, "mine", ConsistencyLevel.LOCAL))
                .isInstanceOf(Outcome.Applied.class);
        stays.boot();
        script.operator.hold(false);

        script.awaitSettled();
        assertThat(script.get(stays, key, ConsistencyLevel.LOCAL)).containsExactly("mine");
    }
}
