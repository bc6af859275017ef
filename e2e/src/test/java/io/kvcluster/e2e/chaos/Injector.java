package io.kvcluster.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.testbed.Partition;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Chooses faults by a seed, every kind once before any comes again, and makes them. What it broke it mends, whatever happens. */
final class Injector {
    /** Shorter than peers wait before they give a link up: what was cut off arrives late. */
    private static final Duration SHORT = Duration.ofSeconds(3);
    /** Longer than that: links break. */
    private static final Duration LONG = Duration.ofSeconds(6);

    private static final Duration USUAL = Duration.ofSeconds(4);
    private static final int MOST_OFFSET_MILLIS = 1_500;
    private static final int LEAST_OFFSET_MILLIS = 500;
    private static final int JUMPS = 3;

    private final Target target;
    private final List<String> pods;
    private final List<FaultKind> kinds;
    private final Random random;
    private final List<FaultKind> round = new ArrayList<>();

    Injector(Target target, List<String> pods, long seed) {
        this.target = target;
        this.pods = pods;
        this.kinds = FaultKind.of(target.abilities());
        this.random = new Random(seed);
    }

    List<FaultKind> kinds() {
        return kinds;
    }

    FaultKind nextKind() {
        if (round.isEmpty()) {
            round.addAll(kinds);
            Collections.shuffle(round, random);
        }
        return round.removeLast();
    }

    String nextPod() {
        return pods.get(random.nextInt(pods.size()));
    }

    Injected make(FaultKind kind, String pod) {
        return new Injected(kind, pod, Fault.make(kind.label() + " " + pod, () -> inject(kind, pod)));
    }

    private void inject(FaultKind kind, String pod) {
        switch (kind) {
            case KILL_9 -> assertThat(target.kill9(pod)).isTrue();
            case PAUSE -> during(USUAL, () -> target.pause(pod), () -> target.resume(pod));
            case PARTITION ->
                during(
                        random.nextBoolean() ? SHORT : LONG,
                        () -> target.partition(pod, Partition.BOTH_WAYS),
                        () -> target.heal(pod));
            case ONE_WAY_PARTITION -> {
                Partition way = random.nextBoolean() ? Partition.INCOMING : Partition.OUTGOING;
                during(random.nextBoolean() ? SHORT : LONG, () -> target.partition(pod, way), () -> target.heal(pod));
            }
            case SLOW_LINK ->
                during(
                        USUAL,
                        () -> target.slowDown(pod, Duration.ofMillis(50 + random.nextInt(200))),
                        () -> target.heal(pod));
            case FULL_DISK -> during(USUAL, () -> target.fillDisk(pod), () -> target.freeDisk(pod));
            case CLOCK -> jump(pod);
            case NODE_LOSS -> during(LONG, () -> target.killNode(pod), () -> target.startNode(pod));
        }
    }

    /** Ahead, behind, anywhere; and back, which is a jump too. */
    private void jump(String pod) {
        try {
            for (int i = 0; i < JUMPS; i++) {
                int millis = random.nextInt(LEAST_OFFSET_MILLIS, MOST_OFFSET_MILLIS + 1);
                target.shiftClock(pod, Duration.ofMillis(random.nextBoolean() ? millis : -millis));
                letPass(USUAL.dividedBy(JUMPS));
            }
        } finally {
            target.shiftClock(pod, Duration.ZERO);
        }
    }

    private static void during(Duration time, Runnable breakIt, Runnable mendIt) {
        breakIt.run();
        try {
            letPass(time);
        } finally {
            mendIt.run();
        }
    }

    /** How long a fault lasts, and the quiet between two, are part of the experiment, not a wait for something. */
    static void letPass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        await("time passes")
                .atMost(time.plusSeconds(30))
                .pollInterval(Cluster.POLL)
                .until(() -> System.nanoTime() >= end);
    }
}
