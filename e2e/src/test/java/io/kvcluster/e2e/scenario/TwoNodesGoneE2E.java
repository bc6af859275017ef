package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Scenario
@Tag(Ability.NEEDS_PAUSE)
final class TwoNodesGoneE2E {
    private final Target target;

    TwoNodesGoneE2E(Target target) {
        this.target = target;
    }

    @Test
    void withoutAQuorumAWriteIsRefusedAndNothingOfItIsAppliedAnywhere() {
        Cluster cluster = Cluster.shared(target);
        List<Node> nodes = cluster.nodes();
        Node left = nodes.get(0);
        assertThat(left.put("two-gone", "old", "consistency=all").status()).isEqualTo(200);
        target.pause(nodes.get(1).name());
        target.pause(nodes.get(2).name());
        try {
            await("both are known to be down")
                    .atMost(target.patience())
                    .pollInterval(Cluster.POLL)
                    .until(() -> left.statusOf(nodes.get(1).name()).equals("DOWN")
                            && left.statusOf(nodes.get(2).name()).equals("DOWN"));

            Node.Answer put = left.put("two-gone", "new", "consistency=quorum");
            assertThat(put.status()).as("%s", put).isEqualTo(503);
            assertThat(put.reason()).isEqualTo("NOT_ENOUGH_REPLICAS");
            Node.Answer fresh = left.put("two-gone-fresh", "new", "consistency=all");
            assertThat(fresh.reason()).isEqualTo("NOT_ENOUGH_REPLICAS");
            assertThat(left.get("two-gone", "consistency=quorum").reason()).isEqualTo("NOT_ENOUGH_REPLICAS");
            assertThat(left.get("two-gone", "consistency=one").value()).isEqualTo("old");
            cluster.awaitStatus(
                    "unavailable",
                    status -> status.conditions().stream()
                            .anyMatch(condition -> condition.getType().equals("Available")
                                    && condition.getStatus().equals("False")
                                    && condition.getReason().equals("QuorumLost")));
        } finally {
            target.resume(nodes.get(1).name());
            target.resume(nodes.get(2).name());
        }
        cluster.awaitSettled();
        for (Node node : cluster.nodes()) {
            assertThat(node.get("two-gone", "consistency=local").value()).isEqualTo("old");
            assertThat(node.get("two-gone-fresh", "consistency=local").status()).isEqualTo(404);
        }
        assertThat(left.get("two-gone", "consistency=all").value()).isEqualTo("old");
    }
}
