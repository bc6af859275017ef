package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import org.junit.jupiter.api.Test;

/** What level local acknowledged is on one disk, and no move may lose it: the store that drops it gives it away before. */
class LocalWriteSimTest {
    @Test
    void atAStoreThatLeavesItIsThereAfterTheMove() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        MoveScript.Held move = script.heldWithAllCopied();

        assertThat(script.putThatReachesOnly(move.leaves(), move.key(), "mine", ConsistencyLevel.LOCAL))
                .isInstanceOf(Outcome.Applied.class);
        move.leaves().boot();
        script.operator.hold(false);

        script.awaitSettled();
        script.awaitHeld(move.leaves(), move.key(), false);
        assertThat(script.get(move.targets().getFirst(), move.key(), ConsistencyLevel.ALL))
                .containsExactly("mine");
    }

    /** From the moment when reads ask it a store that joins takes local writes; then the move turns back. */
    @Test
    void atAStoreThatJoinsItIsThereAfterTheMoveTurnedBack() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        MoveScript.Held move = script.held();
        script.heldInReadNew(move.partition());

        assertThat(script.putThatReachesOnly(move.joins(), move.key(), "mine", ConsistencyLevel.LOCAL))
                .isInstanceOf(Outcome.Applied.class);
        move.joins().boot();
        script.operator.want(3, 2);
        script.operator.hold(false);

        script.await("the machine is drained", () -> move.joins().gone);
        script.awaitSettled();
        assertThat(script.machines(script.ring().replicas(move.partition())))
                .containsExactlyInAnyOrderElementsOf(move.old());
        assertThat(script.get(move.old().getFirst(), move.key(), ConsistencyLevel.ALL))
                .containsExactly("mine");
    }

    @Test
    void atAStoreThatStaysItIsThereAfterTheMove() {
        MoveScript script = new MoveScript(3, 2, MoveFault.NONE);
        script.operator.want(4, 2);
        MoveScript.Held move = script.heldWithAllCopied();
        SimMachine stays = move.stay().getFirst();

        assertThat(script.putThatReachesOnly(stays, move.key(), "mine", ConsistencyLevel.LOCAL))
                .isInstanceOf(Outcome.Applied.class);
        stays.boot();
        script.operator.hold(false);

        script.awaitSettled();
        assertThat(script.get(stays, move.key(), ConsistencyLevel.LOCAL)).containsExactly("mine");
    }
}
