package io.kvcluster.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.ConflictPolicy;
import io.kvcluster.node.version.Context;
import io.kvcluster.node.version.ContextToken;
import io.kvcluster.node.version.Dot;
import io.kvcluster.node.version.Hlc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A context that this cluster cannot have given is the client's mistake, and nothing is applied. */
class ContextRulesTest {
    private static final Key KEY = Key.of("k");
    private final SimulatedCluster cluster = new SimulatedCluster(3, 3, Quorum::of, ConflictPolicy.SIBLINGS);

    ContextRulesTest() {
        cluster.lossRate = 0;
    }

    private Outcome put(byte[] token) {
        List<Outcome> outcomes = new ArrayList<>();
        cluster.submit(
                cluster.nodes.getFirst(),
                new Command.Put(
                        KEY,
                        new byte[] {1},
                        token,
                        ConsistencyLevel.ALL,
                        cluster.time.now() + 1_000_000_000,
                        "",
                        false),
                outcomes::add);
        cluster.time.runUntil(() -> !outcomes.isEmpty());
        return outcomes.getFirst();
    }

    private byte[] token(Actor actor, long hlc) {
        return ContextToken.encode(cluster.ring.clusterId(), KEY, Context.of(new Dot(hlc, actor)));
    }

    private static void assertInvalid(Outcome outcome) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.NotApplied.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Reason.INVALID_CONTEXT);
            assertThat(refused.retryable()).isFalse();
        });
    }

    @Test
    void aContextFromTheFutureIsRefused() {
        assertInvalid(put(token(new Actor(1, 1), Hlc.of(5_000_000, 0))));
    }

    @Test
    void aContextOfAStoreThatNeverWroteTheKeyIsRefused() {
        put(new byte[0]);
        assertInvalid(put(token(new Actor(99, 1), Hlc.of(1_000, 0))));
    }

    @Test
    void aContextOfAMemberIsTaken() {
        byte[] given = ((Outcome.Applied) put(new byte[0])).contextToken();
        assertThat(put(given)).isInstanceOf(Outcome.Applied.class);
        assertThat(put(token(new Actor(1, 1), Hlc.of(1_000, 0)))).isInstanceOf(Outcome.Applied.class);
    }
}
