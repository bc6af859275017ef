package io.kvcluster.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.version.ConflictPolicy;
import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** One replica is silent, and there is no link with the other as the operation begins: its answer comes soon after the link. */
class ReturningLinkSimTest {
    private static final long MILLIS = 1_000_000;
    private static final long DEADLINE_MILLIS = 5_000;

    private static final LongFunction<Command> PUT = deadline -> new Command.Put(
            Key.of("key"),
            "value".getBytes(StandardCharsets.UTF_8),
            new byte[0],
            0,
            ConsistencyLevel.QUORUM,
            deadline,
            "",
            false);
    private static final LongFunction<Command> GET = deadline -> SimulatedCluster.get("key", deadline);

    @Test
    void aWriteSucceedsSoonAfterTheLinkIsBack() {
        Run run = new Run(PUT, 200);
        assertThat(run.outcome).isInstanceOf(Outcome.Applied.class);
        assertThat(run.endedMillis).isBetween(200L, 600L);
    }

    @Test
    void aReadSucceedsSoonAfterTheLinkIsBack() {
        Run run = new Run(GET, 200);
        assertThat(run.outcome).isInstanceOf(Outcome.Read.class);
        assertThat(run.endedMillis).isBetween(200L, 600L);
    }

    @Test
    void howeverLongItTakes() {
        assertThat(new Run(PUT, 3_000).endedMillis).isBetween(3_000L, 3_900L);
        assertThat(new Run(GET, 3_000).endedMillis).isBetween(3_000L, 3_900L);
    }

    @Test
    void withoutItTheSilentOneIsWaitedForUntilTheDeadline() {
        Run put = new Run(PUT, DEADLINE_MILLIS);
        assertThat(put.outcome).isInstanceOfSatisfying(Outcome.NotApplied.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Reason.NOT_ENOUGH_REPLICAS);
            assertThat(refused.retryable()).isTrue();
        });
        assertThat(put.endedMillis).isEqualTo(DEADLINE_MILLIS);
        Run get = new Run(GET, DEADLINE_MILLIS);
        assertThat(get.outcome)
                .isInstanceOfSatisfying(
                        Outcome.Unknown.class,
                        unknown -> assertThat(unknown.reason()).isEqualTo(Reason.TIMEOUT));
        assertThat(get.endedMillis).isEqualTo(DEADLINE_MILLIS);
    }

    /** The operation's coordinator is the first node. */
    private static final class Run {
        private final SimulatedCluster cluster =
                new SimulatedCluster(3, 3, Quorum::of, ConflictPolicy.LAST_WRITER_WINS);
        Outcome outcome;
        long endedMillis;

        Run(LongFunction<Command> command, long backAfterMillis) {
            cluster.lossRate = 0;
            cluster.nodes.get(1).cutOff = true;
            cluster.nodes.get(2).unlinked = true;
            cluster.time.after(backAfterMillis * MILLIS, () -> cluster.nodes.get(2).unlinked = false);
            cluster.submit(
                    cluster.nodes.getFirst(), command.apply(cluster.time.now() + DEADLINE_MILLIS * MILLIS), told -> {
                        outcome = told;
                        endedMillis = cluster.time.now() / MILLIS;
                    });
            cluster.time.runUntil(() -> outcome != null);
        }
    }
}
