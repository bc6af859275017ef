package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a read gave before the new replicas are asked, a read of the new replicas gives too. */
class BothSetsTest {
    @Test
    void whatAReadOfTheOldReplicasGaveIsHeldByTheNewOnes() {
        assertThat(readBeforeAndAfter(MoveFault.NONE)).containsExactly(List.of("seen"), List.of("seen"));
    }

    @Test
    void heldByTheOldOnesAloneItIsLost() {
        assertThat(readBeforeAndAfter(MoveFault.WRITE_BACK_TO_ONE_SET)).containsExactly(List.of("seen"), List.of());
    }

    /**
     * Of the old replicas one leaves. A write reaches that one alone, for its coordinator ends, after the copies are complete. One of
     * two old replicas is as many as must hold an answer there: only the new set's rule brings it to those that are asked next.
     */
    private static List<List<String>> readBeforeAndAfter(MoveFault fault) {
        MoveScript script = new MoveScript(3, 2, fault);
        script.operator.want(4, 2);
        int partition = script.heldInCopy();
        List<SimMachine> old = script.machines(script.ring().replicas(partition));
        List<SimMachine> targets = script.machines(script.ring().target(partition));
        SimMachine leaves = MoveScript.in(old, targets);
        SimMachine joins = MoveScript.in(targets, old);
        SimMachine stays = MoveScript.in(old, List.of(leaves));
        targets.forEach(machine -> script.awaitCopied(machine, partition));

        Key key = script.keyOf(partition);
        script.putThatReachesOnly(leaves, key, "seen");
        leaves.boot();

        List<String> before = script.get(stays, key, ConsistencyLevel.QUORUM);
        script.heldInReadNew(partition);
        return List.of(before, script.get(joins, key, ConsistencyLevel.QUORUM));
    }
}
