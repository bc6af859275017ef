package io.kvcluster.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.version.ConflictPolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What traced operations tell of their way over three nodes. */
class OperationTraceSimTest {
    private static final long SECOND = 1_000_000_000L;

    private final SimulatedCluster cluster = cluster();

    private static SimulatedCluster cluster() {
        SimulatedCluster cluster = new SimulatedCluster(1, 3, Quorum::of, ConflictPolicy.LAST_WRITER_WINS);
        cluster.lossRate = 0;
        cluster.traced = true;
        return cluster;
    }

    @Test
    void aRegisterWriteTellsItsQuestionsItsCopiesAndItsAcknowledgements() {
        List<String> told = run(0, put("v"));
        assertThat(told)
                .startsWith("PUT at node-0", "asked node-0 VERSION_QUESTION", "asked node-1 VERSION_QUESTION")
                .contains("asked node-1 WRITE", "asked node-2 WRITE", "answered node-0")
                .contains("node-1 served VERSION_QUESTION of " + ToldTrace.CONTEXT)
                .contains("finished QUORUM Applied");
        assertThat(told.indexOf("asked node-1 WRITE")).isLessThan(told.indexOf("finished QUORUM Applied"));
        assertThat(told).doesNotContain("hedged");
    }

    @Test
    void aReadThatMeetsAnOlderReplicaTellsTheMergeAndTheRepair() {
        cluster.nodes.get(2).cutOff = true;
        run(0, put("v"));
        cluster.nodes.get(2).cutOff = false;
        List<String> told = run(2, SimulatedCluster.get("key", cluster.time.now() + SECOND));
        assertThat(told)
                .containsSubsequence(
                        "asked node-2 READ",
                        "asked node-0 READ",
                        "merged 1",
                        "asked node-2 WRITE_BACK",
                        "repaired node-2",
                        "finished QUORUM Read");
    }

    @Test
    void aReplicaThatIsSlowIsHedged() {
        run(0, put("v"));
        cluster.nodes.get(1).pausedUntil = cluster.time.now() + SECOND;
        List<String> told = run(0, SimulatedCluster.get("key", cluster.time.now() + SECOND));
        assertThat(told)
                .containsSubsequence("asked node-1 READ", "hedged", "asked node-2 READ", "finished QUORUM Read");
    }

    @Test
    void whatIsNotTracedTellsNothingAndItsMessagesCarryNothing() {
        cluster.traced = false;
        assertThat(run(0, put("v"))).isEmpty();
        Outcome[] outcome = new Outcome[1];
        cluster.submit(
                cluster.nodes.get(0),
                SimulatedCluster.get("key", cluster.time.now() + SECOND),
                got -> outcome[0] = got);
        // Peers that trace see nothing to join.
        cluster.traced = true;
        cluster.time.runUntil(() -> outcome[0] != null);
        assertThat(cluster.told).isEmpty();
    }

    private Command put(String value) {
        return new Command.Put(
                Key.of("key"),
                value.getBytes(StandardCharsets.UTF_8),
                new byte[0],
                ConsistencyLevel.QUORUM,
                cluster.time.now() + SECOND,
                "",
                false);
    }

    /** Until its outcome. */
    private List<String> run(int node, Command command) {
        cluster.told.clear();
        Outcome[] outcome = new Outcome[1];
        cluster.submit(cluster.nodes.get(node), command, got -> outcome[0] = got);
        cluster.time.runUntil(() -> outcome[0] != null);
        return new ArrayList<>(cluster.told);
    }
}
