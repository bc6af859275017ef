package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import java.util.Map;
import org.junit.jupiter.api.Test;

@Scenario
final class BadEditE2E {
    private final Target target;

    BadEditE2E(Target target) {
        this.target = target;
    }

    /** A pod template is the one thing that a schema cannot judge. */
    @Test
    void anEditThatOnlyTheOperatorCanSeeIsWrongKeepsTheLastValidSpecRunning() {
        Cluster cluster = Cluster.shared(target);
        Map<String, String> pods = cluster.incarnations();

        cluster.patchSpec("{\"podTemplate\": {\"nodeSelektor\": {\"disk\": \"fast\"}}}");
        cluster.awaitStatus(
                "warning of the spec",
                status -> status.conditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Warning")
                                && condition.getStatus().equals("True")
                                && condition.getReason().equals("InvalidSpec")
                                && condition.getMessage().contains("spec.podTemplate.nodeSelektor")));
        assertThat(cluster.has("Available", "True")).isTrue();
        assertThat(cluster.incarnations()).isEqualTo(pods);
        Node node = cluster.nodes().getFirst();
        assertThat(node.put("bad-edit", "served", "consistency=all").status()).isEqualTo(200);

        cluster.patchSpec("{\"podTemplate\": {\"nodeSelektor\": null}}");
        cluster.awaitSettled();
        assertThat(cluster.has("Warning", "False")).isTrue();
        assertThat(cluster.incarnations()).isEqualTo(pods);
    }
}
