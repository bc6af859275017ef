package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.Operation;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Acknowledged;
import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import io.kvcluster.history.HistoryJudge;
import io.kvcluster.history.HistoryJudge.Judgement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A machine goes and does not come back for long: its partitions move to others, without hands. When it returns it joins anew. */
@Scenario
@Tag(Ability.NEEDS_NODE_LOSS)
final class NodeLostE2E {
    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static final Duration REPLACE_AFTER = Duration.ofSeconds(10);
    private static final int PARTITIONS = 32;

    private final Target target;

    NodeLostE2E(Target target) {
        this.target = target;
    }

    @Test
    void thePartitionsOfALostMachineMoveToOthersAndWhenItReturnsItJoinsAnew() {
        HistoryJudge judge = HistoryJudge.linearizable();
        Cluster cluster = new Cluster(target, "silent");
        cluster.apply(Spec.of(target)
                .with("replicas", 4)
                .with("partitions", PARTITIONS)
                .with("healing", Map.of("replaceAfter", REPLACE_AFTER.toSeconds() + "s")));
        cluster.awaitSettled();
        Filled.fill(cluster);
        String victim = cluster.podNames().getLast();
        String store = cluster.storeOf(victim);
        LargestOperation peak = new LargestOperation();
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("silent"))) {
            traffic.awaitMore(200, target.patience());
            Fault loss = Fault.make("loss of the machine of " + victim, () -> target.killNode(victim));
            await("full copies without " + victim)
                    .atMost(LIMIT)
                    .pollInterval(Cluster.POLL)
                    .until(() -> cluster.status()
                            .filter(status -> {
                                lookAtReplacement(status, peak);
                                return FullCopies.without(status, store);
                            })
                            .isPresent());
            Duration restored = Duration.ofNanos(System.nanoTime() - loss.toNanos());
            await("the event that tells what it took")
                    .atMost(target.patience())
                    .pollInterval(Cluster.POLL)
                    .until(() -> cluster.events("ReplaceDone").stream().anyMatch(note -> note.contains(" s per GiB")));
            traffic.awaitMore(200, target.patience());
            long back = System.nanoTime();
            target.startNode(victim);
            cluster.awaitSettled(LIMIT);
            Duration rejoined = Duration.ofNanos(System.nanoTime() - back);
            traffic.awaitMore(200, target.patience());
            Report report = traffic.stop();
            Map<String, Acknowledged> newest = traffic.newestAcknowledged();
            long bytes = peak.bytes();
            double moving = restored.minus(REPLACE_AFTER).toMillis() / 1e3;
            Results.of("node-lost", target)
                    .with("partitions", PARTITIONS)
                    .with("replaceAfterSeconds", REPLACE_AFTER.toSeconds())
                    .with("secondsToFullCopies", restored.toMillis() / 1e3)
                    .with("bytes", bytes)
                    .with("secondsPerGiB", bytes == 0 ? 0 : moving * (1L << 30) / bytes)
                    .with("secondsToRejoin", rejoined.toMillis() / 1e3)
                    .with("operations", report.operations().size())
                    .with("failedInFlight", report.failures().size())
                    .with("firstSuccessMillis", report.firstSuccessAfter(loss).toMillis())
                    .with("longestGapMillis", report.longestGap().toMillis())
                    .with("p99Micros", report.percentileMicros(99))
                    .publish();
            assertThat(restored).as("not before replaceAfter").isGreaterThan(REPLACE_AFTER);
            InFlight.assertNothingElseFailed(report, loss);
            Filled.assertHeld(cluster, newest);
            Judgement judgement = judge.judge(report.history());
            assertThat(judgement.passed()).as("%s", judgement).isTrue();
        }
        assertThat(cluster.status().orElseThrow().members()).hasSize(4);
        cluster.delete();
    }

    private static void lookAtReplacement(KvClusterStatus status, LargestOperation peak) {
        Operation now = status.operation();
        if (now != null && now.type().equals("Replace")) {
            peak.look(status);
        }
    }
}
