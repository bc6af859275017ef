package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.crd.Blocker;
import io.kvcluster.crd.MemberStatus;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.RingWatch;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Every pod is given an empty disk at once, as a bad storage class or a wrong script does. Nobody is replaced and no new history is begun:
 * the old volumes may still be somewhere, and a cluster that forgot them would look healthy and be empty.
 */
@Scenario
final class AllDisksLostE2E {
    private static final Duration REPLACE_AFTER = Duration.ofSeconds(10);

    private final Target target;

    AllDisksLostE2E(Target target) {
        this.target = target;
    }

    @Test
    void nobodyIsReplacedAndTheStatusSaysWhy() {
        Cluster cluster = new Cluster(target, "emptied");
        cluster.apply(Spec.of(target)
                .without("topology")
                .with("partitions", 32)
                .with("healing", Map.of("downAfter", "5s", "replaceAfter", REPLACE_AFTER.toSeconds() + "s")));
        cluster.awaitSettled();
        List<String> stores = stores(cluster);
        try (RingWatch record = RingWatch.of(cluster)) {
            LostVolumes.lose(cluster, cluster.podNames());
            await("the status says what holds it")
                    .atMost(target.patience())
                    .pollInterval(Cluster.POLL)
                    .until(() -> isHeld(cluster));
            await("still held when replaceAfter is long over")
                    .during(REPLACE_AFTER.multipliedBy(2))
                    .atMost(REPLACE_AFTER.multipliedBy(3))
                    .pollInterval(Cluster.POLL)
                    .until(() -> isHeld(cluster));
            assertThat(stores(cluster)).isEqualTo(stores);
            assertThat(record.versions()).extracting(RingWatch.Version::epoch).containsOnly(1L);
        }
        assertThat(cluster.nodes()).noneMatch(node -> node.isReady());
        cluster.delete();
    }

    /** One for want of members that are heard, the others because one is enough for an hour. */
    private static boolean isHeld(Cluster cluster) {
        List<Blocker> blockers = cluster.blockers();
        return cluster.has("Available", "False")
                && blockers.stream()
                        .anyMatch(blocker -> blocker.check().equals("MemberHeld")
                                && blocker.message().contains("only 0 of 3 members are heard"))
                && cluster.podNames().stream()
                        .allMatch(pod -> blockers.stream()
                                .anyMatch(blocker -> blocker.object().equals("Pod/" + pod)));
    }

    private static List<String> stores(Cluster cluster) {
        return cluster.status().orElseThrow().members().stream()
                .map(MemberStatus::storeId)
                .toList();
    }
}
