package io.kvcluster.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.grpc.Status;
import io.kvcluster.client.FakeCluster;
import io.kvcluster.client.FakeNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.KvClientConfig;
import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.proto.kv.Reason;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BenchTest {
    private final FakeCluster cluster = FakeCluster.onLoopback(3);
    private final KvClient client = KvClient.connect(KvClientConfig.of(cluster.seed(0)));

    @BeforeEach
    void connect() throws InterruptedException {
        assertThat(client.awaitConnected(Duration.ofSeconds(60))).isTrue();
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void countsWhatTheServersDidAndTheMixThatWasAsked() throws InterruptedException {
        AtomicInteger begins = new AtomicInteger();
        Bench bench = new Bench(client, plan(80, true));
        BenchResult result = bench.run(begin -> begins.addAndGet(begin ? 1 : 10));
        assertThat(begins).hasValue(11);
        assertThat(bench.loaded()).isEqualTo(100);
        assertThat(cluster.node(0).map()).hasSize(100);
        assertThat(result.operations()).isPositive();
        assertThat(result.operations())
                .isLessThanOrEqualTo(
                        cluster.nodes().stream().mapToLong(FakeNode::requests).sum());
        assertThat((double) result.reads().operations() / result.operations()).isBetween(0.7, 0.9);
        assertThat(result.reads().notFound()).isZero();
        assertThat(result.failures()).isZero();
        assertThat(result.puts().p50())
                .isPositive()
                .isLessThanOrEqualTo(result.puts().p99());
        assertThat(result.puts().p999()).isLessThanOrEqualTo(result.puts().max() * 1.01);
    }

    @Test
    void errorsAreCountedByReasonAndNotTimed() throws InterruptedException {
        cluster.nodes()
                .forEach(node ->
                        node.always(new FakeNode.Behaviour.Refuse(Status.Code.INVALID_ARGUMENT, Reason.KEY_TOO_LARGE)));
        BenchResult result = new Bench(client, plan(0, false)).run(_ -> {});
        assertThat(result.operations()).isZero();
        assertThat(result.puts().errors()).containsOnlyKeys("KEY_TOO_LARGE");
    }

    @Test
    void readsOfKeysThatWereNotLoadedFindNothing() throws InterruptedException {
        BenchResult result = new Bench(client, plan(100, false)).run(_ -> {});
        assertThat(result.reads().notFound()).isEqualTo(result.operations()).isPositive();
    }

    @Test
    void theTimelineHasAllThatTheTotalsHave() throws InterruptedException {
        BenchResult result = new Bench(client, plan(50, true)).run(_ -> {});
        assertThat(result.timeline()).hasSize(1);
        assertThat(result.timeline().getFirst().readsPerSecond() * result.seconds())
                .isCloseTo(result.reads().operations(), within(1.0));
        assertThat(result.behind()).isEmpty();
        List<Latencies.Percentile> curve = result.reads().curve();
        assertThat(curve).isSortedAccordingTo(Comparator.comparingDouble(Latencies.Percentile::micros));
        assertThat(curve).contains(new Latencies.Percentile(50, result.reads().p50()));
    }

    @Test
    void aRateIsTheRateThatWasAsked() throws InterruptedException {
        long begin = System.nanoTime();
        BenchResult result = new Bench(client, plan(50, true).with(Level.QUORUM, 50, new Pace.Open(200))).run(_ -> {});
        // What was due while measuring was answered or is told as behind; never is there more than was due since the
        // start.
        double due = 200 * result.seconds();
        assertThat(result.operations() + result.behind().orElseThrow()).isGreaterThan((long) (0.9 * due));
        assertThat(cluster.nodes().stream().mapToLong(FakeNode::requests).sum() - 100)
                .isLessThanOrEqualTo((long) (200 * (System.nanoTime() - begin) / 1e9) + 1);
        assertThat(result.failures()).isZero();
    }

    /** One answer in flight at a time would be a closed loop: a stalled server must show as latency of all that was due meanwhile. */
    @Test
    void whatIsDueWhileServersStallIsLateFromWhenItWasDue() throws InterruptedException {
        RequestOptions patient = RequestOptions.DEFAULT.within(Duration.ofMillis(400));
        cluster.nodes().forEach(node -> node.always(new FakeNode.Behaviour.Hang(false)));
        BenchPlan plan = new BenchPlan(
                patient,
                new Pace.Open(500),
                0,
                KeyDistribution.UNIFORM,
                100,
                64,
                false,
                Duration.ofMillis(200),
                Duration.ofMillis(600),
                1);
        BenchResult result = new Bench(client, plan).run(_ -> {});
        assertThat(result.operations()).isZero();
        assertThat(result.behind().orElseThrow()).isGreaterThan(50);
        assertThat(cluster.nodes().stream().mapToLong(FakeNode::requests).sum()).isGreaterThan(100);
    }

    @Test
    void aSweepHasEveryCombinationAndLoadsAndWarmsUpOnce() {
        List<BenchPlan> plans = new Sweep(
                        List.of(Level.ONE, Level.QUORUM),
                        List.of(0, 90),
                        List.of(new Pace.Closed(1), new Pace.Closed(8)),
                        Duration.ofMillis(50))
                .plans(plan(50, true));
        assertThat(plans).hasSize(8).doesNotHaveDuplicates();
        assertThat(plans.stream().map(BenchPlan::load))
                .containsExactly(true, false, false, false, false, false, false, false);
        assertThat(plans.getFirst().warmUp()).isEqualTo(Duration.ofMillis(200));
        assertThat(plans.get(7).warmUp()).isEqualTo(Duration.ofMillis(50));
        assertThat(plans.get(7).request().level()).isEqualTo(Level.QUORUM);
        assertThat(plans.get(7).readPercent()).isEqualTo(90);
    }

    @Test
    void zipfianKeysAreHotAndUniformOnesAreNot() {
        assertThat(shareOfHottest(KeyDistribution.ZIPFIAN)).isBetween(0.12, 0.15);
        assertThat(shareOfHottest(KeyDistribution.UNIFORM)).isBetween(0.0, 0.005);
    }

    @Test
    void aMetricsPageTellsCpuAndMemory() {
        ServerUsage usage = ServerUsage.parse("""
                        # TYPE process_cpu_seconds_total counter
                        process_cpu_seconds_total 12.5
                        process_resident_memory_bytes{a="b"} 1.5E8
                        """).orElseThrow();
        assertThat(usage.cpuSeconds()).isEqualTo(12.5);
        assertThat(usage.residentBytes()).hasValue(1.5e8);
        assertThat(ServerUsage.parse("process_cpu_seconds_total_x 1\n")).isEmpty();
    }

    private static double shareOfHottest(KeyDistribution distribution) {
        KeyDistribution.Chooser chooser = distribution.over(1000);
        SplittableRandom random = new SplittableRandom(1);
        return IntStream.range(0, 100_000)
                        .map(_ -> chooser.next(random))
                        .filter(key -> key == 0)
                        .count()
                / 1e5;
    }

    private static BenchPlan plan(int reads, boolean load) {
        return new BenchPlan(
                RequestOptions.DEFAULT.at(Level.QUORUM),
                new Pace.Closed(8),
                reads,
                KeyDistribution.UNIFORM,
                100,
                64,
                load,
                Duration.ofMillis(200),
                Duration.ofMillis(600),
                1);
    }
}
