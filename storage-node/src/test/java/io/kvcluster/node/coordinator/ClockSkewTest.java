package io.kvcluster.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.version.ConflictPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node whose clock is out of step coordinates nothing, says why, and goes on by itself; its replica serves all the while. */
class ClockSkewTest {
    private static final long SECOND = 1_000_000_000;

    private final SimulatedCluster cluster = new SimulatedCluster(1, 3, Quorum::of, ConflictPolicy.LAST_WRITER_WINS);

    ClockSkewTest() {
        cluster.lossRate = 0;
    }

    private Outcome run(int node, Command command) {
        List<Outcome> outcomes = new ArrayList<>();
        cluster.submit(cluster.nodes.get(node), command, outcomes::add);
        cluster.time.runUntil(() -> !outcomes.isEmpty());
        return outcomes.getFirst();
    }

    private Command put(ConsistencyLevel level) {
        return new Command.Put(Key.of("k"), new byte[] {1}, new byte[0], level, cluster.time.now() + SECOND, "", false);
    }

    @Test
    void everyLevelIsRefusedWithClockSkewAndNothingIsApplied() {
        cluster.nodes.getFirst().outOfStep = "the clock differs";
        for (ConsistencyLevel level :
                List.of(ConsistencyLevel.LOCAL, ConsistencyLevel.EVENTUAL, ConsistencyLevel.QUORUM)) {
            assertThat(run(0, put(level))).isInstanceOfSatisfying(Outcome.NotApplied.class, refused -> {
                assertThat(refused.reason()).isEqualTo(Reason.CLOCK_SKEW);
                assertThat(refused.retryable()).isTrue();
                assertThat(refused.message()).contains("node-0").contains("the clock differs");
            });
        }
        Outcome read = run(1, SimulatedCluster.get("k", cluster.time.now() + SECOND));
        assertThat(((Outcome.Read) read).siblings()).isEmpty();
    }

    @Test
    void othersCoordinateMeanwhileAndItsReplicaCounts() {
        cluster.nodes.getFirst().outOfStep = "the clock differs";
        assertThat(run(1, put(ConsistencyLevel.ALL))).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void itGoesOnWhenTheClocksAgreeAgain() {
        cluster.nodes.getFirst().outOfStep = "the clock differs";
        assertThat(run(0, put(ConsistencyLevel.QUORUM))).isInstanceOf(Outcome.NotApplied.class);
        cluster.nodes.getFirst().outOfStep = null;
        assertThat(run(0, put(ConsistencyLevel.QUORUM))).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void writesFromTheFutureAreNotMergedAndNotAcknowledged() {
        cluster.nodes.getFirst().clockOffsetMillis = 10_000;
        Outcome outcome = run(
                0,
                new Command.Put(
                        Key.of("k"),
                        new byte[] {1},
                        new byte[0],
                        ConsistencyLevel.EVENTUAL,
                        cluster.time.now() + SECOND,
                        "",
                        false));
        assertThat(outcome).as("one copy, its own, is no quorum").isInstanceOf(Outcome.Unknown.class);
        Outcome local =
                run(1, new Command.Get(Key.of("k"), ConsistencyLevel.LOCAL, cluster.time.now() + SECOND, "", false));
        assertThat(((Outcome.Read) local).siblings()).isEmpty();
    }
}
