package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import org.junit.jupiter.api.Test;

/** Two damages of one disk: a replica doubts its copy, and a record in it that nobody else has cannot be read. */
class DoubtfulDamageSimTest {
    /** What it cannot give must not keep it from taking all that the others have; afterwards it is given up as any such record. */
    @Test
    void itsDoubtEndsAndThenTheRecordIsGivenUp() {
        SimPlan.Upkeep eager = new SimPlan.Upkeep(200, 1_000, 3 * 3_600_000, 100);
        MoveScript script = new MoveScript(3, 3, 2, 2, eager, MoveFault.NONE);
        SimMachine damaged = script.cluster.machines.getFirst();
        SimMachine other = script.cluster.machines.getLast();
        int partition = 0;
        Key key = script.keyOf(partition);
        script.putThatReachesOnly(damaged, key, "damaged");
        script.cut(damaged, script.othersThan(damaged));
        damaged.boot();
        script.await("it is back", () -> script.ring().equals(damaged.ring()));
        script.damage(damaged, "damaged");
        script.doubt(damaged, partition);

        script.heal();

        script.awaitSettled();
        script.awaitHeld(damaged, key, false);
        assertThat(script.get(other, key, ConsistencyLevel.ALL)).isEmpty();
    }
}
