package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.crd.MemberStatus;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Scenario
@Tag(Ability.NEEDS_RESTART_EVERYTHING)
final class EverythingRestartedE2E {
    private static final int KEYS = 100;

    private final Target target;

    EverythingRestartedE2E(Target target) {
        this.target = target;
    }

    @Test
    void allIsStoppedAndStartedAgainAndTheDataIsThere() {
        Cluster cluster = Cluster.shared(target);
        Node node = cluster.nodes().getFirst();
        for (int i = 0; i < KEYS; i++) {
            assertThat(node.put("restart-" + i, "value " + i, "consistency=quorum")
                            .status())
                    .isEqualTo(200);
        }
        List<String> stores = stores(cluster);

        long begin = System.nanoTime();
        target.restartEverything();
        cluster.awaitSettled();
        Results.of("everything-restarted", target)
                .with(
                        "settledAfterMillis",
                        Duration.ofNanos(System.nanoTime() - begin).toMillis())
                .publish();

        assertThat(stores(cluster)).isEqualTo(stores);
        assertThat(cluster.status().orElseThrow().ring().epoch()).isEqualTo(1);
        Node other = cluster.nodes().getLast();
        for (int i = 0; i < KEYS; i++) {
            assertThat(other.get("restart-" + i, "consistency=quorum").value()).isEqualTo("value " + i);
        }
    }

    private static List<String> stores(Cluster cluster) {
        return cluster.status().orElseThrow().members().stream()
                .map(MemberStatus::storeId)
                .sorted()
                .toList();
    }
}
