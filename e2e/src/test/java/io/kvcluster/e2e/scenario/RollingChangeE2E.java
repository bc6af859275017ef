package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

@Scenario
final class RollingChangeE2E {
    private static final String ANNOTATION = "example.com/round";

    private final Target target;

    RollingChangeE2E(Target target) {
        this.target = target;
    }

    /** A restart in order drains what is in flight: nothing fails at all. */
    @Test
    void aChangedTemplateReplacesThePodsOneAtATimeAndNoOperationFails() {
        Cluster cluster = Cluster.shared(target);
        Map<String, String> before = cluster.incarnations();
        String round = Long.toHexString(System.nanoTime());
        AtomicLong mostAway = new AtomicLong();
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("rolled"))) {
            long begin = System.nanoTime();
            cluster.patchSpec("{\"podTemplate\": {\"metadata\": {\"annotations\": {\"" + ANNOTATION + "\": \"" + round
                    + "\"}}}}");
            await("every pod carries the annotation")
                    .atMost(target.patience().multipliedBy(2))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        List<Pod> pods = cluster.pods();
                        long away = before.size()
                                - pods.stream().filter(Cluster::isReady).count();
                        mostAway.accumulateAndGet(away, Math::max);
                        return away == 0
                                && pods.stream()
                                        .allMatch(pod -> round.equals(pod.getMetadata()
                                                .getAnnotations()
                                                .get(ANNOTATION)));
                    });
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            Report report = traffic.stop();
            Results.of("rolling-change", target)
                    .with("seconds", taken.toMillis() / 1e3)
                    .with("operations", report.operations().size())
                    .with("failed", report.failures().size())
                    .with("longestGapMillis", report.longestGap().toMillis())
                    .publish();
            assertThat(mostAway).hasValue(1);
            assertThat(cluster.incarnations())
                    .hasSameSizeAs(before)
                    .satisfies(after -> assertThat(after.values()).doesNotContainAnyElementsOf(before.values()));
            assertThat(report.failures()).isEmpty();
        }
        // The shared cluster keeps the annotation: taking it away would be another round.
        cluster.awaitSettled();
    }
}
