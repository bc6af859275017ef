package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Partition;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import io.kvcluster.history.HistoryJudge;
import io.kvcluster.history.HistoryJudge.Judgement;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One node is cut off from the other two. Clients may still reach it: what it tells them then is what the scenario is about. Where
 * the partition is one of the whole machine, nobody reaches it, which is an answer too.
 */
@Scenario
@Tag(Ability.NEEDS_PARTITION)
final class NodePartitionedE2E {
    private static final Duration EXCUSED = Duration.ofSeconds(5);
    private static final int OPERATIONS = 400;

    private final Target target;

    NodePartitionedE2E(Target target) {
        this.target = target;
    }

    @Test
    void oneNodeCutOffByAPartitionServesNoQuorumWhileTheMajorityDoes() {
        // Proves itself on the known-bad histories, or throws.
        HistoryJudge judge = HistoryJudge.linearizable();
        Cluster cluster = Cluster.shared(target);
        List<Node> nodes = cluster.nodes();
        Node lonely = nodes.getLast();
        List<Node> majority = nodes.subList(0, nodes.size() - 1);
        assertThat(lonely.put("partition", "before", "consistency=all").status())
                .isEqualTo(200);
        Fault partition;
        Report report;
        try (Traffic traffic = Traffic.start(cluster, Plan.hot("partitioned"))) {
            traffic.awaitAcknowledged(OPERATIONS, target.patience());
            partition = Fault.make("partition of " + lonely.name(), () -> {
                target.partition(lonely.name(), Partition.BOTH_WAYS);
                try {
                    whileCutOff(traffic, lonely, majority);
                } finally {
                    target.heal(lonely.name());
                }
            });
            cluster.awaitSettled();
            traffic.awaitMore(OPERATIONS, target.patience());
            report = traffic.stop();
        }
        Results.of("node-partitioned", target)
                .with(
                        "seconds",
                        Duration.ofNanos(partition.toNanos() - partition.fromNanos())
                                        .toMillis()
                                / 1e3)
                .with("operations", report.operations().size())
                .with("acknowledged", report.acknowledged())
                .with("unknown", report.unknown())
                .with(
                        "firstSuccessAfterHealMillis",
                        report.firstSuccessAfter(partition).toMillis())
                .with("longestGapMillis", report.longestGap().toMillis())
                .publish();
        Judgement judgement = judge.judge(report.history());
        assertThat(judgement.passed()).as("%s", judgement).isTrue();
        assertThat(report.unknownOutside(List.of(partition), EXCUSED)).isEmpty();
        assertThat(report.failuresBegunBefore(partition)).hasSizeLessThanOrEqualTo(12);
        for (Node node : cluster.nodes()) {
            assertThat(node.get("partition", "consistency=quorum").value()).isEqualTo("during");
        }
    }

    private void whileCutOff(Traffic traffic, Node lonely, List<Node> majority) {
        await("the majority knows that " + lonely.name() + " is cut off")
                .atMost(target.patience())
                .pollInterval(Cluster.POLL)
                .until(() -> majority.stream()
                        .allMatch(node -> node.statusOf(lonely.name()).equals("DOWN")));
        Node.Answer put = majority.getFirst().put("partition", "during", "consistency=quorum");
        assertThat(put.status()).as("%s", put).isEqualTo(200);
        assertThat(majority.getLast().get("partition", "consistency=quorum").value())
                .isEqualTo("during");
        traffic.awaitMore(OPERATIONS, target.patience());
        try {
            await(lonely.name() + " knows that it is cut off")
                    .atMost(target.patience())
                    .pollInterval(Cluster.POLL)
                    .until(() -> majority.stream()
                            .allMatch(node -> lonely.statusOf(node.name()).equals("DOWN")));
            Node.Answer refused = lonely.put("partition", "alone", "consistency=quorum");
            assertThat(refused.reason()).as("%s", refused).isEqualTo("NOT_ENOUGH_REPLICAS");
            assertThat(lonely.get("partition", "consistency=quorum").reason()).isEqualTo("NOT_ENOUGH_REPLICAS");
            assertThat(lonely.get("partition", "consistency=local").value()).isEqualTo("before");
        } catch (UncheckedIOException unreachable) {
            // The whole machine is cut off, from us too.
            assertThat(target.name()).as("%s", unreachable).isNotEqualTo("local");
        }
    }
}
