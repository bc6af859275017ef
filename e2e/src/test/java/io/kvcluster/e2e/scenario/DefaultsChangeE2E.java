package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.client.Level;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Default level and conflict policy are the ring's: they change under load, on every node, and no process ends for it. */
@Scenario
final class DefaultsChangeE2E {
    /** So many keys that blind writes do not pile up to the limit of siblings. */
    private static final Plan LOAD =
            new Plan("defaults", 6, 600, Duration.ofMillis(50), Level.DEFAULT, Duration.ofSeconds(5), 50, 5);

    private final Target target;
    private final Cluster cluster;

    DefaultsChangeE2E(Target target) {
        this.target = target;
        this.cluster = new Cluster(target, "defaults");
    }

    @Test
    void theDefaultLevelAndTheConflictPolicyChangeUnderLoadWithoutARestartOrAFailedOperation() {
        cluster.apply(Spec.of(target));
        cluster.awaitSettled();
        Map<String, String> pods = cluster.incarnations();
        assertThat(levelOfAReadThatNamesNone()).containsOnly("eventual");
        assertThat(valuesAfterTwoWritesThatSawTheSame("before")).isEqualTo(1);

        try (Traffic traffic = Traffic.start(cluster, LOAD)) {
            traffic.awaitAcknowledged(100, target.patience());
            long begin = System.nanoTime();
            cluster.patchSpec("{\"defaultConsistency\": \"Quorum\", \"conflictResolution\": \"Siblings\"}");
            awaitEpoch(2);
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            assertThat(levelOfAReadThatNamesNone()).containsOnly("quorum");
            assertThat(valuesAfterTwoWritesThatSawTheSame("siblings")).isEqualTo(2);

            traffic.awaitMore(100, target.patience());
            cluster.patchSpec("{\"defaultConsistency\": \"All\", \"conflictResolution\": \"LastWriterWins\"}");
            awaitEpoch(3);
            assertThat(levelOfAReadThatNamesNone()).containsOnly("all");
            assertThat(valuesAfterTwoWritesThatSawTheSame("after")).isEqualTo(1);
            assertThat(siblingsOf("siblings"))
                    .as("what was kept beside each other is one value again")
                    .isEqualTo(1);

            traffic.awaitMore(100, target.patience());
            Report report = traffic.stop();
            Results.of("defaults-change", target)
                    .with("secondsToEveryNode", taken.toMillis() / 1e3)
                    .with("operations", report.operations().size())
                    .with("failed", report.failures().size())
                    .with("longestGapMillis", report.longestGap().toMillis())
                    .publish();
            assertThat(report.failures()).isEmpty();
            assertThat(report.acknowledged())
                    .as("a run that shows little proves little")
                    .isGreaterThanOrEqualTo(300);
        }
        assertThat(cluster.incarnations()).isEqualTo(pods);
        cluster.awaitSettled();
        cluster.delete();
    }

    private void awaitEpoch(long epoch) {
        cluster.awaitStatus(
                "at epoch " + epoch,
                status -> status.ring() != null && status.ring().epoch() == epoch);
        await("every node uses epoch " + epoch)
                .atMost(target.patience())
                .pollInterval(Cluster.POLL)
                .until(() -> cluster.nodes().stream()
                        .allMatch(node -> node.ask("/ring").json().path("epoch").asLong() == epoch));
    }

    private List<String> levelOfAReadThatNamesNone() {
        cluster.nodes().getFirst().put("level", "x", "consistency=all");
        return cluster.nodes().stream()
                .map(node -> node.get("level", "").json().path("consistency").asText())
                .toList();
    }

    private int valuesAfterTwoWritesThatSawTheSame(String key) {
        Node node = cluster.nodes().getFirst();
        String base = node.put(key, "base", "consistency=all").context();
        node.putAfter(base, key, "one", "consistency=all");
        node.putAfter(base, key, "other", "consistency=all");
        return siblingsOf(key);
    }

    private int siblingsOf(String key) {
        Node.Answer read = cluster.nodes().getFirst().get(key, "consistency=all");
        assertThat(read.status()).as("%s", read).isEqualTo(200);
        return Math.max(1, read.json().path("siblings").size());
    }
}
