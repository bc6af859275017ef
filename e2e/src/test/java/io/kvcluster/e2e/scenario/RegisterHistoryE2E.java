package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.testbed.Slowness;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import io.kvcluster.history.HistoryJudge;
import io.kvcluster.history.HistoryJudge.Judgement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Twelve clients on sixty-four keys at level quorum while nodes are killed and paused in turn. A run that shows little proves
 * little, so it also states what it has shown. {@code e2e.history.seconds} makes it longer.
 */
@Scenario
@Tag(Ability.NEEDS_KILL_9)
@Tag(Ability.NEEDS_PAUSE)
final class RegisterHistoryE2E {
    private static final long DEFAULT_SECONDS = 40;
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofSeconds(3);
    private static final Duration EXCUSED = Duration.ofSeconds(5);
    private static final double MOST_UNKNOWN = 0.01;
    private static final double LEAST_RATE = 300;

    private final Target target;

    RegisterHistoryE2E(Target target) {
        this.target = target;
    }

    @Test
    void whatClientsSeeAtQuorumIsLinearizableWhileNodesAreKilledAndPaused() {
        // Proves itself on the known-bad histories, or throws.
        HistoryJudge judge = HistoryJudge.linearizable();
        Cluster cluster = Cluster.shared(target);
        List<String> pods = cluster.podNames();
        long seconds = Settings.number("history.seconds", DEFAULT_SECONDS);
        List<Fault> faults = new ArrayList<>();
        Report report;
        double slower;
        try (Slowness slowness = Slowness.watch();
                Traffic traffic = Traffic.start(cluster, Plan.hot("register"))) {
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            for (int round = 0; System.nanoTime() < end; round++) {
                letPass(QUIET);
                String victim = pods.get(round % pods.size());
                faults.add(round % 2 == 0 ? kill(victim) : pause(victim));
                cluster.awaitSettled();
            }
            letPass(QUIET);
            report = traffic.stop();
            slower = slowness.factor();
        }

        Results.of("register-history", target)
                .with("seconds", seconds)
                .with("faults", faults.stream().map(Fault::what).toList())
                .with("operations", report.operations().size())
                .with("acknowledged", report.acknowledged())
                .with("unknown", report.unknown())
                .with("notApplied", report.failures().size() - report.unknown())
                .with("acknowledgedPerSecondOutsideFaults", Math.round(report.rateOutside(faults, Duration.ZERO)))
                .with("longestGapMillis", report.longestGap().toMillis())
                .with("p50Micros", report.percentileMicros(50))
                .with("p99Micros", report.percentileMicros(99))
                .with("slowness", slower)
                .publish();
        Judgement judgement = judge.judge(report.history());
        assertThat(judgement.passed()).as("%s", judgement).isTrue();
        assertThat(faults).hasSizeGreaterThanOrEqualTo(2);
        assertThat(report.rateOutside(faults, Duration.ZERO)).isGreaterThanOrEqualTo(LEAST_RATE / slower);
        assertThat(report.unknownShare()).isLessThanOrEqualTo(MOST_UNKNOWN);
        assertThat(report.unknownOutside(faults, EXCUSED)).isEmpty();
    }

    private Fault kill(String pod) {
        return Fault.make("kill -9 " + pod, () -> assertThat(target.kill9(pod)).isTrue());
    }

    private Fault pause(String pod) {
        return Fault.make("pause " + pod, () -> {
            target.pause(pod);
            try {
                letPass(PAUSE);
            } finally {
                target.resume(pod);
            }
        });
    }

    /** The length of a fault, and the quiet between two, are what is being tested, not a wait for something. */
    private static void letPass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        await("time passes")
                .atMost(time.plusSeconds(10))
                .pollInterval(Cluster.POLL)
                .until(() -> System.nanoTime() >= end);
    }
}
