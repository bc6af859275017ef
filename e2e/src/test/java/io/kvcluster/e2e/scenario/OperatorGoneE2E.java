package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Scenario
@Tag(Ability.NEEDS_STOP_OPERATOR)
final class OperatorGoneE2E {
    private final Target target;

    OperatorGoneE2E(Target target) {
        this.target = target;
    }

    @Test
    void theOperatorGoesAndComesBackAndNoPodIsRestarted() {
        Cluster cluster = Cluster.shared(target);
        Map<String, String> pods = cluster.incarnations();
        target.stopOperator();
        for (Node node : cluster.nodes()) {
            assertThat(node.put("without-operator", "by " + node.name(), "consistency=all")
                            .status())
                    .isEqualTo(200);
        }
        // Something for the new one to do shows that it is at work.
        cluster.patchSpec("{\"healing\": {\"downAfter\": \"6s\"}}");
        target.startOperator();
        cluster.awaitSettled();
        assertThat(cluster.incarnations()).isEqualTo(pods);
        assertThat(cluster.status().orElseThrow().ring().epoch()).isEqualTo(1);
        cluster.patchSpec("{\"healing\": {\"downAfter\": \"5s\"}}");
        cluster.awaitSettled();
    }

    /** Half of what is to be done is done when the operator dies; the next one finishes it. */
    @Test
    void anOperatorStoppedInTheMiddleOfARolloutIsTakenUpByTheNext() {
        Cluster cluster = Cluster.shared(target);
        Map<String, String> before = cluster.incarnations();
        cluster.patchSpec("{\"podTemplate\": {\"metadata\": {\"annotations\": {\"example.com/round\": \"interrupted-"
                + Long.toHexString(System.nanoTime()) + "\"}}}}");
        await("the first pod is replaced")
                .atMost(target.patience())
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !cluster.incarnations().entrySet().containsAll(before.entrySet()));
        target.stopOperator();
        target.startOperator();
        cluster.awaitStatus(
                "rolled out",
                status -> cluster.incarnations().size() == before.size()
                        && cluster.incarnations().values().stream().noneMatch(before::containsValue));
        cluster.awaitSettled();
    }
}
