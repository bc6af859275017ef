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
import io.kvcluster.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The conflict policy changes to and fro while clients work, and nodes hear of it one after the other, some of them late: the
 * argument of ADR 11, run. What a register reads is the version of the greatest dot, and no policy's merge ever loses that one.
 */
class PolicyChangeSimTest {
    private static final long MILLIS = 1_000_000;
    private static final int SEEDS = 150;
    private static final HistoryJudge JUDGE = HistoryJudge.linearizable();

    @Test
    void theNewestVersionStaysALinearizableRegisterWhilePoliciesMix() {
        int answered = 0;
        int mixed = 0;
        int severalSiblings = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            boolean faults = seed % 2 == 1;
            Run run = new Run(seed, faults);
            HistoryJudge.Judgement judgement = JUDGE.judge(History.ofEvents(run.events));
            assertThat(judgement.passed()).as("seed %d: %s", seed, judgement).isTrue();
            if (!faults) {
                assertThat(run.failed)
                        .as("seed %d: no operation fails for the change", seed)
                        .isEmpty();
            }
            answered += run.answered;
            mixed += run.startedWhileMixed;
            severalSiblings += run.severalSiblings;
        }
        assertThat(answered).as("a run that shows little proves little").isGreaterThan(SEEDS * 150);
        assertThat(mixed)
                .as("operations began while nodes had different policies")
                .isGreaterThan(SEEDS * 20);
        assertThat(severalSiblings).as("both policies were at work").isGreaterThan(SEEDS * 5);
    }

    @Test
    void whatIsWrittenUnderSiblingsIsKeptWhateverCameBefore() {
        for (long seed = 0; seed < SEEDS; seed++) {
            BlindWrites run = new BlindWrites(seed);
            assertThat(run.found).as("seed %d", seed).containsAll(run.acknowledged);
            assertThat(run.found)
                    .as("seed %d: what a later write replaced under last-writer-wins stays replaced", seed)
                    .doesNotContain("first");
        }
    }

    @Test
    void backUnderLastWriterWinsAKeyHasOneValueAgain() {
        for (long seed = 0; seed < SEEDS; seed++) {
            BlindWrites run = new BlindWrites(seed);
            run.adopt("LastWriterWins");
            List<String> seen = run.read();
            assertThat(seen).as("seed %d", seed).hasSize(1);
            assertThat(run.found.getFirst()).as("the newest").isEqualTo(seen.getFirst());
        }
    }

    /** The context of a register write takes in what its version question found: without that, this fails. */
    @Test
    void whatARegisterWriteReplacedStaysReplacedOnAReplicaThatMissedIt() {
        for (long seed = 0; seed < 20; seed++) {
            SimulatedCluster cluster = new SimulatedCluster(seed, 3, Quorum::of, ConflictPolicy.LAST_WRITER_WINS);
            cluster.lossRate = 0;
            var missesTheSecond = cluster.nodes.get(0);
            var missesTheFirst = cluster.nodes.get(2);
            missesTheFirst.cutOff = true;
            assertThat(run(cluster, missesTheSecond, put("key", "first", cluster.time.now() + 300 * MILLIS)))
                    .isInstanceOf(Outcome.Applied.class);
            missesTheFirst.cutOff = false;
            missesTheSecond.cutOff = true;
            assertThat(run(cluster, missesTheFirst, put("key", "second", cluster.time.now() + 300 * MILLIS)))
                    .isInstanceOf(Outcome.Applied.class);
            Ring siblings = SimulatedCluster.withPolicy(cluster.ring, "Siblings");
            cluster.nodes.forEach(node -> node.current = siblings);
            missesTheSecond.cutOff = false;
            Outcome read = run(
                    cluster,
                    missesTheFirst,
                    new Command.Get(
                            Key.of("key"), ConsistencyLevel.ALL, cluster.time.now() + 1_000 * MILLIS, "", false));
            assertThat(((Outcome.Read) read).siblings().stream().map(PolicyChangeSimTest::text))
                    .as("seed %d", seed)
                    .containsExactly("second");
        }
    }

    private static Outcome run(SimulatedCluster cluster, SimulatedCluster.SimulatedNode node, Command command) {
        List<Outcome> outcomes = new ArrayList<>();
        cluster.submit(node, command, outcomes::add);
        cluster.time.runUntil(() -> !outcomes.isEmpty());
        return outcomes.getFirst();
    }

    /** Clients on a few keys; every so often a new ring with another policy, which the nodes adopt at different times. */
    private static final class Run {
        private static final int CLIENTS = 8;
        private static final int OPERATIONS_PER_CLIENT = 30;

        private final SimulatedCluster cluster;
        final List<HistoryEvent> events = new ArrayList<>();
        final List<String> failed = new ArrayList<>();
        private final HistoryRecorder recorder;
        private Ring newest;
        private int values;
        private int clientsDone;
        int answered;
        int startedWhileMixed;
        int severalSiblings;

        Run(long seed, boolean faults) {
            cluster = new SimulatedCluster(seed, 3, Quorum::of, ConflictPolicy.LAST_WRITER_WINS);
            cluster.lossRate = faults ? 0.01 : 0;
            newest = cluster.ring;
            recorder = new HistoryRecorder(cluster.time::now, events::add);
            cluster.nodes.forEach(node -> node.clockOffsetMillis = cluster.random.nextInt(1_500));
            for (int client = 0; client < CLIENTS; client++) {
                String name = "client-" + client;
                cluster.time.at(cluster.random.nextInt(1_000_000), () -> next(name, OPERATIONS_PER_CLIENT));
            }
            cluster.time.after(5 * MILLIS, this::changePolicy);
            if (faults) {
                cluster.nodes.forEach(this::scheduleCrash);
            }
            cluster.time.runUntil(() -> clientsDone == CLIENTS);
        }

        private void changePolicy() {
            String now = newest.defaults().getConflictResolution();
            newest = SimulatedCluster.withPolicy(newest, now.equals("Siblings") ? "LastWriterWins" : "Siblings");
            Ring next = newest;
            cluster.nodes.forEach(node -> cluster.time.after(cluster.random.nextInt(30_000_000), () -> {
                if (next.epoch() > node.current.epoch()) {
                    node.current = next;
                }
            }));
            cluster.time.after(40 * MILLIS, this::changePolicy);
        }

        private boolean mixed() {
            return cluster.nodes.stream()
                            .map(node -> node.current.epoch())
                            .distinct()
                            .count()
                    > 1;
        }

        private void next(String client, int left) {
            if (left == 0) {
                clientsDone++;
                return;
            }
            startedWhileMixed += mixed() ? 1 : 0;
            String key = "key-" + cluster.random.nextInt(3);
            var node = cluster.nodes.get(cluster.random.nextInt(cluster.nodes.size()));
            long deadline = cluster.time.now() + 500 * MILLIS;
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
            cluster.time.at(deadline + 100 * MILLIS, () -> {
                if (!ended[0]) {
                    ended[0] = true;
                    invocation.complete(io.kvcluster.history.Outcome.unknown("the node died"));
                    next(client, left - 1);
                }
            });
        }

        /** A node that starts again has the ring that it kept. */
        private void scheduleCrash(SimulatedCluster.SimulatedNode node) {
            cluster.time.after(20 * MILLIS + cluster.random.nextInt(300_000_000), () -> {
                node.crash();
                cluster.time.after(cluster.random.nextInt(100_000_000), node::boot);
                cluster.time.after(250 * MILLIS, () -> scheduleCrash(node));
            });
        }

        private static Command command(Action action, String key, long deadline) {
            return switch (action) {
                case Action.Get _ -> SimulatedCluster.get(key, deadline);
                case Action.Put put -> put(key, put.value(), deadline);
                case Action.Delete _ ->
                    new Command.Delete(Key.of(key), new byte[0], ConsistencyLevel.QUORUM, deadline, "", false);
            };
        }

        /** The register is the newest version; a delete that is the newest says absent, whatever siblings stand beside it. */
        private io.kvcluster.history.Outcome observed(Outcome outcome) {
            return switch (outcome) {
                case Outcome.Applied _ -> {
                    answered++;
                    yield io.kvcluster.history.Outcome.applied();
                }
                case Outcome.Read read -> {
                    answered++;
                    severalSiblings += read.siblings().size() > 1 ? 1 : 0;
                    yield read.siblings().isEmpty()
                                    || read.siblings().getFirst().deleted()
                            ? io.kvcluster.history.Outcome.absent()
                            : io.kvcluster.history.Outcome.found(
                                    text(read.siblings().getFirst()));
                }
                case Outcome.NotApplied why -> {
                    if (why.reason() != io.kvcluster.node.command.Reason.TOO_MANY_SIBLINGS) {
                        failed.add(why.toString());
                    }
                    yield io.kvcluster.history.Outcome.notApplied(why.reason().name());
                }
                case Outcome.Unknown unknown -> {
                    failed.add(unknown.toString());
                    yield io.kvcluster.history.Outcome.unknown(unknown.reason().name());
                }
            };
        }
    }

    /** Two writes under last-writer-wins, one after the other; then the policy becomes Siblings, and blind writes race. */
    private static final class BlindWrites {
        private final SimulatedCluster cluster;
        final List<String> acknowledged = new ArrayList<>();
        final List<String> found;
        private final Map<String, Outcome> outcomes = new LinkedHashMap<>();

        BlindWrites(long seed) {
            cluster = new SimulatedCluster(seed, 3, Quorum::of, ConflictPolicy.LAST_WRITER_WINS);
            cluster.lossRate = 0;
            cluster.nodes.forEach(node -> node.clockOffsetMillis = cluster.random.nextInt(1_500));
            write("first");
            write("second");
            adopt("Siblings");
            for (int i = 0; i < 6; i++) {
                String value = "blind-" + i;
                cluster.time.after(cluster.random.nextInt(4_000_000), () -> start(value));
            }
            cluster.time.runUntil(() -> outcomes.size() == 8);
            outcomes.forEach((value, outcome) -> {
                if (value.startsWith("blind") && outcome instanceof Outcome.Applied) {
                    acknowledged.add(value);
                }
            });
            found = read();
        }

        void adopt(String policy) {
            Ring next = SimulatedCluster.withPolicy(cluster.nodes.getFirst().current, policy);
            cluster.nodes.forEach(node -> node.current = next);
        }

        private void write(String value) {
            start(value);
            cluster.time.runUntil(() -> outcomes.containsKey(value));
        }

        private void start(String value) {
            long deadline = cluster.time.now() + 5_000 * MILLIS;
            var node = cluster.nodes.get(cluster.random.nextInt(cluster.nodes.size()));
            cluster.submit(node, put("key", value, deadline), outcome -> outcomes.put(value, outcome));
        }

        List<String> read() {
            List<Outcome> answer = new ArrayList<>();
            cluster.submit(
                    cluster.nodes.get(cluster.random.nextInt(cluster.nodes.size())),
                    new Command.Get(
                            Key.of("key"), ConsistencyLevel.ALL, cluster.time.now() + 60_000 * MILLIS, "", false),
                    answer::add);
            cluster.time.runUntil(() -> !answer.isEmpty());
            return ((Outcome.Read) answer.getFirst())
                    .siblings().stream().map(PolicyChangeSimTest::text).toList();
        }
    }

    private static Command put(String key, String value, long deadline) {
        return new Command.Put(
                Key.of(key),
                value.getBytes(StandardCharsets.UTF_8),
                new byte[0],
                ConsistencyLevel.QUORUM,
                deadline,
                "",
                false);
    }

    private static String text(Outcome.Version version) {
        return new String(version.value(), StandardCharsets.UTF_8);
    }
}
