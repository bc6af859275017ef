package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.crd.MemberStatus;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import io.kvcluster.history.HistoryJudge;
import io.kvcluster.history.HistoryJudge.Judgement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every machine of one of three zones is lost. Two zones keep serving. One member an hour is given up by itself; for the other the status
 * says what holds it, and a human says that it does not come back. Then there are full copies in two zones; when the zone returns it is
 * filled again.
 */
@Scenario
@Tag(Ability.NEEDS_NODE_LOSS)
final class ZoneLostE2E {
    private static final Duration LIMIT = Duration.ofMinutes(6);

    private final Target target;

    ZoneLostE2E(Target target) {
        this.target = target;
    }

    @Test
    void twoZonesServeOneMemberIsGivenUpAndTheOtherWhenAHumanSaysSo() {
        assertThat(target.zones()).as("zones of the target").hasSizeGreaterThanOrEqualTo(3);
        HistoryJudge judge = HistoryJudge.linearizable();
        Cluster cluster = new Cluster(target, "zonelost");
        cluster.apply(Spec.of(target)
                .with("replicas", 6)
                .with("partitions", 32)
                .with("healing", Map.of("downAfter", "5s", "replaceAfter", "10s")));
        cluster.awaitSettled();
        Filled.fill(cluster);
        List<MemberStatus> victims = cluster.status().orElseThrow().members().stream()
                .filter(member -> target.zones().getLast().equals(member.zone()))
                .toList();
        assertThat(victims).hasSize(2);
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("zonelost"))) {
            traffic.awaitMore(200, target.patience());
            Fault loss = Fault.make(
                    "loss of the zone " + target.zones().getLast(),
                    () -> victims.forEach(member -> target.killNode(member.name())));
            MemberStatus held = awaitHeld(cluster, victims);
            cluster.giveUp(held.storeId());
            cluster.awaitStatus(
                    "full copies in two zones",
                    LIMIT,
                    status -> victims.stream().allMatch(member -> FullCopies.without(status, member.storeId())));
            Duration restored = Duration.ofNanos(System.nanoTime() - loss.toNanos());
            traffic.awaitMore(200, target.patience());
            victims.forEach(member -> target.startNode(member.name()));
            cluster.awaitSettled(LIMIT);
            traffic.awaitMore(200, target.patience());
            Report report = traffic.stop();
            Results.of("zone-lost", target)
                    .with("members", 6)
                    .with("secondsToFullCopies", restored.toMillis() / 1e3)
                    .with("operations", report.operations().size())
                    .with("failedInFlight", report.failures().size())
                    .with("firstSuccessMillis", report.firstSuccessAfter(loss).toMillis())
                    .publish();
            InFlight.assertNothingElseFailed(report, loss);
            Filled.assertHeld(cluster, traffic.newestAcknowledged());
            Judgement judgement = judge.judge(report.history());
            assertThat(judgement.passed()).as("%s", judgement).isTrue();
        }
        assertThat(cluster.status().orElseThrow().members()).hasSize(6);
        cluster.delete();
    }

    /** The one that is not given up while the other is, as the status says. */
    private static MemberStatus awaitHeld(Cluster cluster, List<MemberStatus> victims) {
        return await("one of two is given up, the other is held")
                .atMost(LIMIT)
                .pollInterval(Cluster.POLL)
                .until(
                        () -> victims.stream()
                                .filter(member -> cluster.isReplacementLimited(member.name()))
                                .toList(),
                        held -> held.size() == 1)
                .getFirst();
    }
}
