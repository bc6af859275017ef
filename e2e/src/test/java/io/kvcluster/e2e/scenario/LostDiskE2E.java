package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.result.Results;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The pod of a member goes, its claim and its data with it: the others give the copies back, and nobody trusts the new store before. */
@Scenario
final class LostDiskE2E {
    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static final int PARTITIONS = 32;

    private final Target target;

    LostDiskE2E(Target target) {
        this.target = target;
    }

    @Test
    void aDeletedVolumeIsFilledFromTheOthersAndItsNodeAnswersNothingBeforeItsProof() {
        HistoryJudge judge = HistoryJudge.linearizable();
        Cluster cluster = new Cluster(target, "lost");
        cluster.apply(Spec.of(target).with("partitions", PARTITIONS));
        cluster.awaitSettled();
        String victim = cluster.podNames().getLast();
        String old = cluster.storeOf(victim);
        Filled.fill(cluster);
        LargestOperation peak = new LargestOperation();
        Duration restored;
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("lost"))) {
            traffic.awaitMore(200, target.patience());
            Fault loss = Fault.make("loss of the disk of " + victim, () -> LostVolumes.lose(cluster, List.of(victim)));
            await("the copies of " + victim)
                    .atMost(LIMIT)
                    .pollInterval(Cluster.POLL)
                    .until(() -> cluster.status()
                            .filter(status -> {
                                peak.look(status);
                                return FullCopies.withAnotherStore(status, victim, old);
                            })
                            .isPresent());
            restored = Duration.ofNanos(System.nanoTime() - loss.toNanos());
            cluster.awaitSettled(LIMIT);
            traffic.awaitMore(200, target.patience());
            Report report = traffic.stop();
            Map<String, Acknowledged> newest = traffic.newestAcknowledged();
            long bytes = peak.bytes();
            Results.of("lost-disk", target)
                    .with("partitions", PARTITIONS)
                    .with("secondsToFullCopies", restored.toMillis() / 1e3)
                    .with("bytes", bytes)
                    .with("secondsPerGiB", bytes == 0 ? 0 : restored.toMillis() / 1e3 * (1L << 30) / bytes)
                    .with("operations", report.operations().size())
                    .with("failedInFlight", report.failures().size())
                    .with("firstSuccessMillis", report.firstSuccessAfter(loss).toMillis())
                    .with("longestGapMillis", report.longestGap().toMillis())
                    .with("p99Micros", report.percentileMicros(99))
                    .publish();
            InFlight.assertNothingElseFailed(report, loss);
            Filled.assertHeld(cluster, newest);
            Judgement judgement = judge.judge(report.history());
            assertThat(judgement.passed()).as("%s", judgement).isTrue();
        }
        CopyLog.of(cluster, victim).assertProvedBeforeAnswering(PARTITIONS);
        cluster.delete();
    }
}
