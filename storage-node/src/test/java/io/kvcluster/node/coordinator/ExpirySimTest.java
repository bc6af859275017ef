package io.kvcluster.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.version.ConflictPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What expired at quorum stays gone, through crashes, pauses, loss and clocks that differ and jump; and not without the write-back. */
class ExpirySimTest {
    private static final long MILLIS = 1_000_000;
    private static final int SEEDS = 100;

    @Test
    void onceAReadFoundNothingNoLaterReadFindsTheValueAgain() {
        int alive = 0;
        int gone = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Run run = new Run(seed, Quorum::of);
            assertThat(run.resurrected()).as("seed %d", seed).isEmpty();
            alive += (int) run.reads.stream().filter(Read::found).count();
            gone += (int) run.reads.stream().filter(read -> !read.found()).count();
        }
        assertThat(alive).as("a run that shows little proves little").isGreaterThan(SEEDS * 20);
        assertThat(gone).isGreaterThan(SEEDS * 20);
    }

    @Test
    void withoutTheWriteBackAViolationIsFound() {
        Quorum.Rule noWriteBack = (level, n, r, w) -> {
            Quorum quorum = Quorum.of(level, n, r, w);
            return new Quorum(quorum.replicas(), quorum.reads(), quorum.writes(), quorum.question(), false);
        };
        long violations = LongStream.range(0, SEEDS)
                .filter(seed -> !new Run(seed, noWriteBack).resurrected().isEmpty())
                .count();
        assertThat(violations).isPositive();
    }

    private record Read(int key, long invoked, long completed, boolean found) {}

    /** One seed: keys that live for a moment, one after the other, and clients that look for them all the while. */
    private static final class Run {
        private static final int KEYS = 12;
        private static final int READERS = 3;
        private static final int TTL_MILLIS = 60;

        private final SimulatedCluster cluster;
        final List<Read> reads = new ArrayList<>();
        private int acknowledged = -1;
        private boolean done;

        Run(long seed, Quorum.Rule rule) {
            cluster = new SimulatedCluster(seed, 3, rule, ConflictPolicy.LAST_WRITER_WINS);
            cluster.nodes.forEach(node -> node.clockOffsetMillis = cluster.random.nextInt(1_500));
            put(0);
            for (int reader = 0; reader < READERS; reader++) {
                cluster.time.after(cluster.random.nextInt(1_000_000), this::read);
            }
            cluster.nodes.forEach(this::scheduleFault);
            cluster.time.runUntil(() -> done);
        }

        private void put(int key) {
            if (key == KEYS) {
                done = true;
                return;
            }
            long deadline = cluster.time.now() + 100 * MILLIS;
            boolean[] ended = new boolean[1];
            cluster.submit(
                    anyNode(),
                    new Command.Put(
                            Key.of("key-" + key),
                            new byte[] {1},
                            new byte[0],
                            TTL_MILLIS,
                            ConsistencyLevel.QUORUM,
                            deadline,
                            "",
                            false),
                    outcome -> {
                        if (!ended[0] && outcome instanceof Outcome.Applied) {
                            ended[0] = true;
                            acknowledged = key;
                            cluster.time.after(3L * TTL_MILLIS * MILLIS, () -> put(key + 1));
                        }
                    });
            // not known to be there: the next key instead, for this one may come late
            cluster.time.at(deadline + 10 * MILLIS, () -> {
                if (!ended[0]) {
                    ended[0] = true;
                    put(key + 1);
                }
            });
        }

        private void read() {
            int key = acknowledged;
            long invoked = cluster.time.now();
            long deadline = invoked + 100 * MILLIS;
            boolean[] ended = new boolean[1];
            if (key < 0) {
                cluster.time.after(MILLIS, this::read);
                return;
            }
            cluster.submit(
                    anyNode(),
                    new Command.Get(Key.of("key-" + key), ConsistencyLevel.QUORUM, deadline, "", false),
                    outcome -> {
                        if (!ended[0]) {
                            ended[0] = true;
                            if (outcome instanceof Outcome.Read read) {
                                reads.add(new Read(
                                        key,
                                        invoked,
                                        cluster.time.now(),
                                        !read.siblings().isEmpty()));
                                if (read.siblings().isEmpty()) {
                                    assertThat(read.contextToken())
                                            .as("a token covers what expired")
                                            .isNotEmpty();
                                }
                            }
                            cluster.time.after(cluster.random.nextInt(2_000_000), this::read);
                        }
                    });
            cluster.time.at(deadline + 10 * MILLIS, () -> {
                if (!ended[0]) {
                    ended[0] = true;
                    read();
                }
            });
        }

        private SimulatedCluster.SimulatedNode anyNode() {
            return cluster.nodes.get(cluster.random.nextInt(cluster.nodes.size()));
        }

        private void scheduleFault(SimulatedCluster.SimulatedNode node) {
            cluster.time.after(20 * MILLIS + cluster.random.nextInt(200_000_000), () -> {
                switch (cluster.random.nextInt(4)) {
                    case 0 -> {
                        node.crash();
                        cluster.time.after(cluster.random.nextInt(20_000_000), node::boot);
                    }
                    case 1 -> node.pausedUntil = cluster.time.now() + cluster.random.nextInt(30_000_000);
                    case 2 -> {
                        node.cutOff = true;
                        cluster.time.after(cluster.random.nextInt(40_000_000), () -> node.cutOff = false);
                    }
                    default -> node.clockOffsetMillis = cluster.random.nextInt(1_500);
                }
                cluster.time.after(100 * MILLIS, () -> scheduleFault(node));
            });
        }

        /** Reads that found a key although one that ended before they began did not. */
        List<Read> resurrected() {
            return reads.stream()
                    .filter(Read::found)
                    .filter(late -> reads.stream()
                            .anyMatch(early ->
                                    early.key() == late.key() && !early.found() && early.completed() < late.invoked()))
                    .toList();
        }
    }
}
