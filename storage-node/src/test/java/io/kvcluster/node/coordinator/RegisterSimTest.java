package io.kvcluster.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.history.Action;
import io.kvcluster.history.History;
import io.kvcluster.history.HistoryEvent;
import io.kvcluster.history.HistoryJudge;
import io.kvcluster.history.HistoryRecorder;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.version.ConflictPolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Registers at quorum are linearizable through crashes, pauses, loss and clocks that differ; and not without the two rules that make them so. */
class RegisterSimTest {
    private static final long SECONDS = 1_000_000_000;
    private static final int SEEDS = 200;
    private static final HistoryJudge JUDGE = HistoryJudge.linearizable();

    @Test
    void quorumOperationsAreLinearizableUnderFaults() {
        int answered = 0;
        int repairs = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Run run = new Run(seed, Quorum::of);
            HistoryJudge.Judgement judgement = run.judge();
            assertThat(judgement.passed()).as("seed %d: %s", seed, judgement).isTrue();
            answered += run.answered;
            repairs += run.cluster.readRepairs;
        }
        assertThat(answered).as("a run that shows little proves little").isGreaterThan(SEEDS * 150);
        assertThat(repairs).as("reads had to write back").isGreaterThan(SEEDS / 2);
    }

    @Test
    void withoutTheVersionQuestionAViolationIsFound() {
        assertThat(violations((level, n, r, w) -> without(Quorum.of(level, n, r, w), true)))
                .isPositive();
    }

    @Test
    void withoutTheWriteBackAViolationIsFound() {
        assertThat(violations((level, n, r, w) -> without(Quorum.of(level, n, r, w), false)))
                .isPositive();
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        assertThat(new Run(7, Quorum::of).finished()).isEqualTo(new Run(7, Quorum::of).finished());
    }

    private static Quorum without(Quorum quorum, boolean question) {
        return new Quorum(
                quorum.replicas(),
                quorum.reads(),
                quorum.writes(),
                quorum.question() && !question,
                quorum.writeBack() && question);
    }

    private static long violations(Quorum.Rule rule) {
        return LongStream.range(0, SEEDS)
                .filter(seed -> !new Run(seed, rule).judge().passed())
                .count();
    }

    /** One seed: a few clients on a few keys of three nodes, faults all along. */
    private static final class Run {
        private static final int CLIENTS = 10;
        private static final int KEYS = 3;
        private static final int OPERATIONS_PER_CLIENT = 25;

        final SimulatedCluster cluster;
        private final List<HistoryEvent> events = new ArrayList<>();
        private final HistoryRecorder recorder;
        private int values;
        private int clientsDone;
        int answered;

        Run(long seed, Quorum.Rule rule) {
            cluster = new SimulatedCluster(seed, 3, rule, ConflictPolicy.LAST_WRITER_WINS);
            recorder = new HistoryRecorder(cluster.time::now, events::add);
            cluster.nodes.forEach(node -> node.clockOffsetMillis = cluster.random.nextInt(1_500));
            for (int client = 0; client < CLIENTS; client++) {
                String name = "client-" + client;
                cluster.time.at(cluster.random.nextInt(1_000_000), () -> next(name, OPERATIONS_PER_CLIENT));
            }
            cluster.nodes.forEach(this::scheduleFault);
        }

        HistoryJudge.Judgement judge() {
            return JUDGE.judge(History.ofEvents(finished()));
        }

        List<HistoryEvent> finished() {
            cluster.time.runUntil(() -> clientsDone == CLIENTS);
            return events;
        }

        private void next(String client, int left) {
            if (left == 0) {
                clientsDone++;
                return;
            }
            String key = "key-" + cluster.random.nextInt(KEYS);
            var node = cluster.nodes.get(cluster.random.nextInt(cluster.nodes.size()));
            long deadline = cluster.time.now() + SECONDS / 2;
            int dice = cluster.random.nextInt(20);
            String value = "v" + values++;
            Action action = dice < 10 ? Action.get() : dice < 18 ? Action.put(value) : Action.delete();
            HistoryRecorder.Invocation invocation = recorder.invoke(client, key, action);
            boolean[] ended = new boolean[1];
            cluster.submit(node, command(action, key, deadline), outcome -> {
                if (!ended[0]) {
                    ended[0] = true;
                    invocation.complete(observed(outcome));
                    cluster.time.after(cluster.random.nextInt(3_000_000), () -> next(client, left - 1));
                }
            });
            cluster.time.at(deadline + SECONDS / 10, () -> {
                if (!ended[0]) {
                    ended[0] = true;
                    invocation.complete(io.kvcluster.history.Outcome.unknown("the node died"));
                    next(client, left - 1);
                }
            });
        }

        private Command command(Action action, String key, long deadline) {
            return switch (action) {
                case Action.Get _ -> SimulatedCluster.get(key, deadline);
                case Action.Put put ->
                    new Command.Put(
                            Key.of(key),
                            put.value().getBytes(StandardCharsets.UTF_8),
                            new byte[0],
                            ConsistencyLevel.QUORUM,
                            deadline,
                            "",
                            false);
                case Action.Delete _ ->
                    new Command.Delete(Key.of(key), new byte[0], ConsistencyLevel.QUORUM, deadline, "", false);
            };
        }

        private io.kvcluster.history.Outcome observed(Outcome outcome) {
            return switch (outcome) {
                case Outcome.Applied _ -> {
                    answered++;
                    yield io.kvcluster.history.Outcome.applied();
                }
                case Outcome.Read read -> {
                    answered++;
                    yield read.siblings().isEmpty()
                            ? io.kvcluster.history.Outcome.absent()
                            : io.kvcluster.history.Outcome.found(
                                    new String(read.siblings().getFirst().value(), StandardCharsets.UTF_8));
                }
                case Outcome.NotApplied refused ->
                    io.kvcluster.history.Outcome.notApplied(refused.reason().name());
                case Outcome.Unknown unknown ->
                    io.kvcluster.history.Outcome.unknown(unknown.reason().name());
            };
        }

        private void scheduleFault(SimulatedCluster.SimulatedNode node) {
            cluster.time.after(20_000_000L + cluster.random.nextInt(400_000_000), () -> {
                switch (cluster.random.nextInt(4)) {
                    case 0 -> {
                        node.crash();
                        cluster.time.after(cluster.random.nextInt(200_000_000), node::boot);
                    }
                    case 1 -> node.pausedUntil = cluster.time.now() + cluster.random.nextInt(100_000_000);
                    case 2 -> {
                        node.cutOff = true;
                        cluster.time.after(cluster.random.nextInt(150_000_000), () -> node.cutOff = false);
                    }
                    default -> node.clockOffsetMillis = cluster.random.nextInt(1_500);
                }
                cluster.time.after(250_000_000, () -> scheduleFault(node));
            });
        }
    }
}
