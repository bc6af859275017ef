package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Scenario
@Tag(Ability.NEEDS_STOP_OPERATOR)
@Tag(Ability.NEEDS_STOP_API_SERVER)
@Tag(Ability.NEEDS_KILL_9)
final class ControlPlaneGoneE2E {
    private final Target target;

    ControlPlaneGoneE2E(Target target) {
        this.target = target;
    }

    @Test
    void withoutOperatorAndApiServerReadsAndWritesGoOnAlsoThroughANodeRestart() {
        Cluster cluster = Cluster.shared(target);
        List<Node> nodes = cluster.nodes();
        Node victim = nodes.get(1);
        assertThat(victim.put("before", "the outage", "consistency=all").status())
                .isEqualTo(200);
        target.stopOperator();
        AtomicReference<Fault> kill = new AtomicReference<>();
        Report report;
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("outage"))) {
            target.stopApiServer();
            try {
                traffic.awaitAcknowledged(100, target.patience());
                kill.set(Fault.make(
                        "kill -9", () -> assertThat(target.kill9(victim.name())).isTrue()));
                await(victim.name() + " is back, seen by all, with nobody to help")
                        .atMost(target.patience())
                        .pollInterval(Cluster.POLL)
                        .until(() -> victim.isReady() && nodes.stream().allMatch(Node::seesAllUp));
                traffic.awaitMore(100, target.patience());
                assertThat(victim.get("before", "consistency=local").value()).isEqualTo("the outage");
                assertThat(victim.put("during", "the outage", "consistency=all").status())
                        .isEqualTo(200);
            } finally {
                target.startApiServer();
                target.startOperator();
            }
            report = traffic.stop();
        }
        Results.of("control-plane-gone", target)
                .with("operations", report.operations().size())
                .with("failed", report.failures().size())
                .with(
                        "firstSuccessAfterKillMillis",
                        report.firstSuccessAfter(kill.get()).toMillis())
                .publish();
        InFlight.assertNothingElseFailed(report, kill.get());
        cluster.awaitSettled();
    }
}
