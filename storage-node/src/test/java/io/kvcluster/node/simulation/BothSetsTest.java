package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.ConsistencyLevel;
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
        MoveScript.Held move = script.heldWithAllCopied();
        SimMachine stays = move.stay().getFirst();

        script.putThatReachesOnly(move.leaves(), move.key(), "seen");
        move.leaves().boot();

        List<String> before = script.get(stays, move.key(), ConsistencyLevel.QUORUM);
        script.heldInReadNew(move.partition());
        return List.of(before, script.get(move.joins(), move.key(), ConsistencyLevel.QUORUM));
    }
}
