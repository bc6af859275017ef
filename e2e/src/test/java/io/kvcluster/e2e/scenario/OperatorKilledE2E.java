package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.RingWatch;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Settings;
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
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The operator is killed again and again while members come, go and are replaced. The end is the same, and each ring is written once. */
@Scenario
@Tag(Ability.NEEDS_KILL_OPERATOR)
final class OperatorKilledE2E {
    private static final Duration LIMIT = Duration.ofMinutes(8);
    /** More where a new operator waits longer than that for the lease of the one before and for its turn of the processor. */
    private static final long EVERY_SECONDS = Settings.number("operator.killed.seconds", 20);

    private final Target target;

    OperatorKilledE2E(Target target) {
        this.target = target;
    }

    @Test
    void killedEveryTwentySecondsWhileMembersComeAndGoItEndsTheSameAndWritesEachEpochOnce() {
        Cluster cluster = new Cluster(target, "orphaned");
        cluster.apply(Spec.of(target).without("topology").with("partitions", 32));
        cluster.awaitSettled();
        Map<String, String> before = cluster.incarnations();
        whileItIsKilled(cluster, "scaling", 3, () -> {
            scale(cluster, 6);
            scale(cluster, 3);
            return Optional.empty();
        });
        assertThat(cluster.incarnations()).as("no pod noticed").isEqualTo(before);
        // One a pass, after the pod is gone: the last may be left when the members are as asked.
        await("the claims of those who left are deleted")
                .atMost(LIMIT)
                .pollInterval(Cluster.POLL)
                .until(() -> cluster.claims().size() == 3);
        cluster.delete();
    }

    @Test
    void killedEveryTwentySecondsWhileALostDiskIsFilledItEndsTheSameAndWritesEachEpochOnce() {
        Cluster cluster = new Cluster(target, "orphanedlost");
        cluster.apply(Spec.of(target).without("topology").with("partitions", 32));
        cluster.awaitSettled();
        Filled.fill(cluster);
        String victim = cluster.podNames().getLast();
        String old = cluster.storeOf(victim);
        whileItIsKilled(cluster, "lost-disk", 1, () -> {
            Fault loss = Fault.make("loss of the disk of " + victim, () -> LostVolumes.lose(cluster, List.of(victim)));
            cluster.awaitStatus(
                    "the copies of " + victim, LIMIT, status -> FullCopies.withAnotherStore(status, victim, old));
            return Optional.of(loss);
        });
        Filled.assertHeld(cluster, Map.of());
        cluster.delete();
    }

    @Test
    @Tag(Ability.NEEDS_NODE_LOSS)
    void killedEveryTwentySecondsWhileALostMachineIsReplacedItEndsTheSameAndWritesEachEpochOnce() {
        Cluster cluster = new Cluster(target, "orphanedsilent");
        cluster.apply(Spec.of(target)
                .with("replicas", 4)
                .with("partitions", 32)
                .with("healing", Map.of("downAfter", "5s", "replaceAfter", "10s")));
        cluster.awaitSettled();
        Filled.fill(cluster);
        String victim = cluster.podNames().getLast();
        String old = cluster.storeOf(victim);
        whileItIsKilled(cluster, "lost-machine", 2, () -> {
            Fault loss = Fault.make("loss of the machine of " + victim, () -> target.killNode(victim));
            cluster.awaitStatus("full copies without " + victim, LIMIT, status -> FullCopies.without(status, old));
            target.startNode(victim);
            return Optional.of(loss);
        });
        Filled.assertHeld(cluster, Map.of());
        cluster.delete();
    }

    /**
     * @param leastKills how often it must have been killed until the cluster was settled again, or nothing was shown
     * @param change returns what may fail operations in flight, if anything may
     */
    private void whileItIsKilled(Cluster cluster, String what, int leastKills, Supplier<Optional<Fault>> change) {
        HistoryJudge judge = HistoryJudge.linearizable();
        AtomicInteger kills = new AtomicInteger();
        try (ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor();
                RingWatch record = RingWatch.of(cluster);
                Traffic traffic = Traffic.start(cluster, Plan.steady(cluster.name()))) {
            traffic.awaitMore(200, target.patience());
            long begin = System.nanoTime();
            killer.scheduleAtFixedRate(
                    () -> {
                        target.killOperator();
                        kills.incrementAndGet();
                    },
                    5,
                    EVERY_SECONDS,
                    TimeUnit.SECONDS);
            Optional<Fault> loss = change.get();
            killer.shutdownNow();
            cluster.awaitSettled(LIMIT);
            long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
            traffic.awaitMore(200, target.patience());
            Report report = traffic.stop();
            List<Long> epochs =
                    record.versions().stream().map(RingWatch.Version::epoch).toList();
            Results.of("operator-killed-" + what, target)
                    .with("everySeconds", EVERY_SECONDS)
                    .with("kills", kills.get())
                    .with("seconds", seconds)
                    .with("epochs", epochs.size())
                    .with("operations", report.operations().size())
                    .with("failed", report.failures().size())
                    .publish();
            assertThat(kills.get()).isGreaterThanOrEqualTo(leastKills);
            assertThat(record.writtenTwice()).isEmpty();
            assertThat(epochs)
                    .as("one after the other, none left out")
                    .containsExactlyElementsOf(LongStream.rangeClosed(epochs.getFirst(), epochs.getLast())
                            .boxed()
                            .toList());
            loss.ifPresentOrElse(
                    fault -> InFlight.assertNothingElseFailed(report, fault),
                    () -> assertThat(report.failures()).isEmpty());
            Judgement judgement = judge.judge(report.history());
            assertThat(judgement.passed()).as("%s", judgement).isTrue();
        }
    }

    private static void scale(Cluster cluster, int members) {
        long epoch = cluster.status().orElseThrow().ring().epoch();
        cluster.resource().scale(members);
        cluster.awaitStatus(
                members + " members",
                LIMIT,
                status -> status.operation() == null
                        && status.members().size() == members
                        && status.ring() != null
                        && status.ring().epoch() > epoch);
    }
}
