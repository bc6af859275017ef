package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.RingWatch;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import io.kvcluster.history.HistoryJudge;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The operator is killed again and again while members come and go. The end is the same, and each ring is written once. */
@Scenario
@Tag(Ability.NEEDS_KILL_OPERATOR)
final class OperatorKilledE2E {
    private static final Duration LIMIT = Duration.ofMinutes(8);
    private static final long EVERY_SECONDS = 20;

    private final Target target;

    OperatorKilledE2E(Target target) {
        this.target = target;
    }

    @Test
    void killedEveryTwentySecondsWhileMembersComeAndGoItEndsTheSameAndWritesEachEpochOnce() {
        HistoryJudge judge = HistoryJudge.linearizable();
        Cluster cluster = new Cluster(target, "orphaned");
        cluster.apply(Spec.of(target).without("topology").with("partitions", 32));
        cluster.awaitSettled();
        Map<String, String> before = cluster.incarnations();
        AtomicInteger kills = new AtomicInteger();
        try (ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor();
                RingWatch record = RingWatch.of(cluster);
                Traffic traffic = Traffic.start(cluster, Plan.steady("orphaned"))) {
            long begin = System.nanoTime();
            killer.scheduleAtFixedRate(
                    () -> {
                        target.killOperator();
                        kills.incrementAndGet();
                    },
                    5,
                    EVERY_SECONDS,
                    TimeUnit.SECONDS);
            scale(cluster, 6);
            scale(cluster, 3);
            killer.shutdownNow();
            cluster.awaitSettled(LIMIT);
            long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
            Report report = traffic.stop();
            List<Long> epochs =
                    record.versions().stream().map(RingWatch.Version::epoch).toList();
            Results.of("operator-killed", target)
                    .with("kills", kills.get())
                    .with("seconds", seconds)
                    .with("epochs", epochs.size())
                    .with("operations", report.operations().size())
                    .with("failed", report.failures().size())
                    .publish();
            assertThat(kills.get()).isGreaterThanOrEqualTo(3);
            assertThat(record.writtenTwice()).isEmpty();
            assertThat(epochs)
                    .as("one after the other, none left out")
                    .containsExactlyElementsOf(LongStream.rangeClosed(epochs.getFirst(), epochs.getLast())
                            .boxed()
                            .toList());
            assertThat(report.failures()).isEmpty();
            assertThat(judge.judge(report.history()).passed()).isTrue();
        }
        assertThat(cluster.incarnations()).as("no pod noticed").isEqualTo(before);
        // One a pass, after the pod is gone: the last may be left when the members are as asked.
        await("the claims of those who left are deleted")
                .atMost(LIMIT)
                .pollInterval(Cluster.POLL)
                .until(() -> cluster.claims().size() == 3);
        cluster.delete();
    }

    private static void scale(Cluster cluster, int members) {
        long epoch = cluster.status().orElseThrow().ring().epoch();
        cluster.resource().scale(members);
        cluster.awaitStatus(
                members + " members",
                LIMIT,
                status -> status.operation() == null
                        && status.members().size() == members
                        && status.ring() != null
                        && status.ring().epoch() > epoch);
    }
}
