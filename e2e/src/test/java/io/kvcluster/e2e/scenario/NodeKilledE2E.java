package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.client.WriteOutcome;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.MemberStatus;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Slowness;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Scenario
@Tag(Ability.NEEDS_KILL_9)
final class NodeKilledE2E {
    private static final Duration DOWN_AFTER = Duration.ofSeconds(5);
    private static final Duration NOTICED = Duration.ofSeconds(1);
    private static final Duration UP_SEEN = Duration.ofSeconds(2);
    private static final Duration FIRST_SUCCESS = Duration.ofSeconds(1);
    private static final Duration STARVED = Duration.ofSeconds(30);
    private static final int OPERATIONS = 120;
    /** Many to each partition: that of every primary is among them. */
    private static final int EVERY_KEY = 512;

    private final Target target;

    NodeKilledE2E(Target target) {
        this.target = target;
    }

    @Test
    void aKillCostsOnlyOperationsInFlightAndTheNextSucceedWithinASecond() {
        Cluster cluster = Cluster.shared(target);
        String victim = cluster.podNames().getFirst();
        try (Slowness slowness = Slowness.watch();
                KvClient client = cluster.connect();
                Traffic traffic = Traffic.start(cluster, Plan.steady("killed"))) {
            traffic.awaitAcknowledged(OPERATIONS, target.patience());
            putEveryKey(client);
            Fault kill = Fault.make(
                    "kill -9 " + victim, () -> assertThat(target.kill9(victim)).isTrue());
            Duration everyKey = putEveryKey(client).minusNanos(kill.toNanos());
            long soFar = traffic.acknowledged();
            cluster.awaitSettled();
            traffic.awaitAcknowledged(soFar + OPERATIONS, target.patience());
            Report report = traffic.stop();
            double slower = slowness.factor();

            Results.of("node-killed", target)
                    .with("operations", report.operations().size())
                    .with("failed", report.failures().size())
                    .with("firstSuccessMillis", report.firstSuccessAfter(kill).toMillis())
                    .with("everyKeyMillis", everyKey.toMillis())
                    .with("longestGapMillis", report.longestGap().toMillis())
                    .with("p50Micros", report.percentileMicros(50))
                    .with("p99Micros", report.percentileMicros(99))
                    .with("slowness", slower)
                    .publish();
            InFlight.assertNothingElseFailed(report, kill);
            assertThat(report.firstSuccessAfter(kill)).isLessThanOrEqualTo(times(slower, FIRST_SUCCESS));
            assertThat(everyKey).isLessThanOrEqualTo(times(slower, FIRST_SUCCESS));
        }
    }

    /** Kept down by killing whatever the kubelet starts, until its back-off is long enough to be seen. */
    @Test
    void theStatusTellsThatANodeIsDownAndThatItIsUpSoonAfterTheTruth() {
        Cluster cluster = Cluster.shared(target);
        String victim = cluster.podNames().getLast();
        try (Slowness slowness = Slowness.watch()) {
            downAndUp(cluster, victim, slowness);
        }
        cluster.awaitSettled();
    }

    private void downAndUp(Cluster cluster, String victim, Slowness slowness) {
        long killed = System.nanoTime();
        assertThat(target.kill9(victim)).isTrue();
        AtomicReference<KvClusterStatus> shown = new AtomicReference<>();
        await(victim + " shown as down")
                .atMost(DOWN_AFTER.plus(STARVED))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    target.kill9(victim);
                    cluster.status().ifPresent(shown::set);
                    return shown.get().members().stream()
                            .anyMatch(member -> member.name().equals(victim) && !member.live());
                });
        Duration downSeen = Duration.ofNanos(System.nanoTime() - killed);
        // Of that very status: by now the node may be back.
        assertThat(shown.get().conditions())
                .extracting(condition -> condition.getType() + "=" + condition.getStatus())
                .contains("Degraded=True", "Available=True");

        await(victim + " serves")
                .atMost(target.patience())
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        cluster.nodes().stream().anyMatch(node -> node.name().equals(victim) && node.isReady()));
        long serves = System.nanoTime();
        await(victim + " shown as up")
                .atMost(UP_SEEN.plus(STARVED))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> cluster.member(victim).filter(MemberStatus::live).isPresent());
        Duration upSeen = Duration.ofNanos(System.nanoTime() - serves);
        double slower = slowness.factor();
        Results.of("node-down-and-up", target)
                .with("downSeenAfterMillis", downSeen.toMillis())
                .with("upSeenAfterMillis", upSeen.toMillis())
                .with("slowness", slower)
                .publish();
        assertThat(downSeen).isLessThanOrEqualTo(DOWN_AFTER.plus(times(slower, NOTICED)));
        assertThat(upSeen).isLessThanOrEqualTo(times(slower, UP_SEEN));
    }

    /**
     * One put of every key, all at the same time; each has to be acknowledged.
     *
     * @return when the last one was, on the clock of the history
     */
    private static Duration putEveryKey(KvClient client) {
        RequestOptions quorum =
                RequestOptions.DEFAULT.at(Level.QUORUM).within(Plan.steady("").timeout());
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<WriteOutcome>> puts = IntStream.range(0, EVERY_KEY)
                    .mapToObj(i -> ByteString.copyFromUtf8("every-key-" + i))
                    .map(key -> all.submit(() -> client.put(key, key, quorum)))
                    .toList();
            assertThat(puts).allSatisfy(put -> assertThat(put.get()).isInstanceOf(WriteOutcome.Applied.class));
        }
        return Duration.ofNanos(System.nanoTime());
    }

    /** On a machine that others keep busy. */
    private static Duration times(double slower, Duration limit) {
        return Duration.ofNanos((long) (slower * limit.toNanos()));
    }
}
