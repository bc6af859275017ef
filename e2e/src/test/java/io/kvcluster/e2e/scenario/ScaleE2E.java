package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Acknowledged;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import io.kvcluster.history.HistoryJudge;
import io.kvcluster.history.HistoryJudge.Judgement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Members come and go under load: no operation fails, nothing that was acknowledged is lost, nothing stale is read at quorum. */
@Scenario
final class ScaleE2E {
    private static final Duration LIMIT = Duration.ofMinutes(6);

    private final Target target;

    ScaleE2E(Target target) {
        this.target = target;
    }

    /** How one way went. */
    private record Way(Duration taken, int copies, long bytes, long epochs) {}

    @Test
    void threeMembersBecomeSixAndThreeAgainAndNoOperationFails() {
        HistoryJudge judge = HistoryJudge.linearizable();
        Cluster cluster = cluster("scaled");
        Map<String, String> before = cluster.incarnations();
        Filled.fill(cluster);
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("scaled"))) {
            traffic.awaitMore(100, target.patience());
            Way up = scale(cluster, 6);
            assertThat(cluster.incarnations()).as("nobody restarts for it").containsAllEntriesOf(before);
            traffic.awaitMore(100, target.patience());
            Way down = scale(cluster, 3);
            traffic.awaitMore(100, target.patience());
            assertThat(cluster.incarnations()).isEqualTo(before);
            Report report = traffic.stop();
            Map<String, Acknowledged> newest = traffic.newestAcknowledged();
            Results.of("scale", target)
                    .with("partitions", cluster.status().orElseThrow().ring().partitions())
                    .with("secondsUp", up.taken().toMillis() / 1e3)
                    .with("copiesUp", up.copies())
                    .with("millisPerCopyUp", up.taken().toMillis() / Math.max(1, up.copies()))
                    .with("bytesPerCopyUp", up.bytes() / Math.max(1, up.copies()))
                    .with("epochsUp", up.epochs())
                    .with("secondsDown", down.taken().toMillis() / 1e3)
                    .with("copiesDown", down.copies())
                    .with("bytesPerCopyDown", down.bytes() / Math.max(1, down.copies()))
                    .with("epochsDown", down.epochs())
                    .with("operations", report.operations().size())
                    .with("failed", report.failures().size())
                    .with("longestGapMillis", report.longestGap().toMillis())
                    .with("p50Micros", report.percentileMicros(50))
                    .with("p99Micros", report.percentileMicros(99))
                    .publish();
            assertThat(report.failures()).isEmpty();
            Filled.assertHeld(cluster, newest);
            Judgement judgement = judge.judge(report.history());
            assertThat(judgement.passed()).as("%s", judgement).isTrue();
        }
        assertThat(cluster.claims()).as("reclaim Delete").hasSize(3);
        cluster.delete();
    }

    @Test
    void aScaleUpThatIsTakenBackHalfWayEndsWhereItBegan() {
        Cluster cluster = cluster("cancelled");
        Map<String, String> before = cluster.incarnations();
        Filled.fill(cluster);
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("cancelled"))) {
            traffic.awaitMore(100, target.patience());
            cluster.resource().scale(5);
            cluster.awaitStatus(
                    "half-way",
                    status -> status.operation() != null
                            && status.operation().copiesDone() > 0
                            && status.operation().partitionsMoving() > 0);
            Way back = scale(cluster, 3);
            traffic.awaitMore(100, target.patience());
            Report report = traffic.stop();
            Map<String, Acknowledged> newest = traffic.newestAcknowledged();
            Results.of("scale-cancelled", target)
                    .with("secondsBack", back.taken().toMillis() / 1e3)
                    .with("operations", report.operations().size())
                    .with("failed", report.failures().size())
                    .publish();
            assertThat(report.failures()).isEmpty();
            Filled.assertHeld(cluster, newest);
        }
        assertThat(cluster.incarnations()).isEqualTo(before);
        cluster.delete();
    }

    /** Two copies, then three again, and other quorums on the way. */
    @Test
    void copiesAndQuorumsChangeUnderLoad() {
        Cluster cluster = cluster("copies");
        Filled.fill(cluster);
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("copies"))) {
            traffic.awaitMore(100, target.patience());
            cluster.patchSpec("{\"replicationFactor\": 2}");
            cluster.awaitSettled(LIMIT);
            traffic.awaitMore(100, target.patience());
            cluster.patchSpec("{\"replicationFactor\": 3, \"quorums\": {\"read\": 1, \"write\": 3}}");
            cluster.awaitSettled(LIMIT);
            traffic.awaitMore(100, target.patience());
            Report report = traffic.stop();
            Map<String, Acknowledged> newest = traffic.newestAcknowledged();
            assertThat(report.failures()).isEmpty();
            Filled.assertHeld(cluster, newest);
        }
        assertThat(cluster.status().orElseThrow().quorums()).isEqualTo("1/3");
        cluster.delete();
    }

    private Cluster cluster(String name) {
        Cluster cluster = new Cluster(target, name);
        cluster.apply(Spec.of(target).with("partitions", 32));
        cluster.awaitSettled();
        return cluster;
    }

    /** Through the scale subresource, as {@code kubectl scale}. */
    private Way scale(Cluster cluster, int members) {
        long epoch = cluster.status().orElseThrow().ring().epoch();
        LargestOperation largest = new LargestOperation();
        long begin = System.nanoTime();
        cluster.resource().scale(members);
        await("settled with " + members)
                .atMost(LIMIT)
                .pollInterval(Cluster.POLL)
                .until(() -> cluster.currentStatus()
                        .filter(status -> {
                            largest.look(status);
                            return status.operation() == null
                                    && status.members().size() == members
                                    && status.ring().epoch() > epoch;
                        })
                        .isPresent());
        cluster.awaitSettled(LIMIT);
        Duration taken = Duration.ofNanos(System.nanoTime() - begin);
        assertThat(cluster.pods()).hasSize(members).allMatch((Pod pod) -> Cluster.isReady(pod));
        return new Way(
                taken,
                largest.copies(),
                largest.bytes(),
                cluster.status().orElseThrow().ring().epoch() - epoch);
    }
}
