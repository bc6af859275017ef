package io.kvcluster.e2e.chaos;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvcluster.e2e.chaos.Strength.Shape;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.traffic.Fault;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks for one change after the other, round and round, while nodes break and the operator dies: three members become six and three
 * again, copies and quorums change while there are six, pods restart in order, templates are mixed, a disk is lost. Changes of the ring
 * overlap with broken nodes on purpose; what takes pods away itself does not ({@link Ground}).
 */
final class ChangeLane implements Runnable {
    static final Shape HOME = Shape.of(3, 3);
    private static final Shape SIX = Shape.of(6, 3);
    private static final Shape FOUR_COPIES = Shape.of(6, 4);
    private static final Shape OTHER_QUORUMS = new Shape(6, 4, 2, 3);

    private static final Duration LIMIT = Duration.ofMinutes(8 * Settings.slowness());
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private static final List<FaultKind> CHANGES_OF_MEMBERS = List.of(
            FaultKind.SCALE_UP, FaultKind.MORE_COPIES, FaultKind.QUORUMS, FaultKind.FEWER_COPIES, FaultKind.SCALE_DOWN);

    private final Ground ground;
    private final Cluster cluster;
    private final Set<FaultKind> kinds;
    private final Restarts restarts;
    private final LostDisks disks;
    private final Random random;
    private final Set<String> home;
    private Shape shape = HOME;

    ChangeLane(Ground ground, List<FaultKind> kinds, long seed) {
        this.ground = ground;
        this.cluster = ground.cluster;
        this.kinds = Set.copyOf(kinds);
        this.random = new Random(seed);
        this.restarts = new Restarts(ground, LIMIT);
        this.disks = new LostDisks(ground, LIMIT, random);
        this.home = Set.copyOf(cluster.podNames());
    }

    @Override
    public void run() {
        while (!ground.isOver()) {
            if (ground.isExtended() && CHANGES_OF_MEMBERS.stream().allMatch(ground::isOften)) {
                restartsAndDisks();
                continue;
            }
            step(FaultKind.SCALE_UP, this::scaleUp);
            boolean lostAtSix = random.nextBoolean();
            if (lostAtSix) {
                step(FaultKind.LOST_DISK, () -> disks.lose(shape));
            }
            step(FaultKind.MORE_COPIES, this::moreCopies);
            step(FaultKind.QUORUMS, () -> quorums("2 and 3 of 4", "{\"read\": 2, \"write\": 3}", OTHER_QUORUMS));
            step(FaultKind.QUORUMS, () -> quorums("a majority of 4", "null", FOUR_COPIES));
            step(FaultKind.FEWER_COPIES, this::fewerCopies);
            step(FaultKind.SCALE_DOWN, this::scaleDown);
            if (lostAtSix) {
                step(FaultKind.MIXED_VERSIONS, () -> restarts.mixed(HOME));
                step(FaultKind.ROLLING_RESTART, () -> restarts.rolling(HOME));
            } else {
                restartsAndDisks();
            }
        }
    }

    private void restartsAndDisks() {
        step(FaultKind.MIXED_VERSIONS, () -> restarts.mixed(HOME));
        step(FaultKind.LOST_DISK, () -> disks.lose(shape));
        step(FaultKind.ROLLING_RESTART, () -> restarts.rolling(HOME));
        Ground.letPass(BETWEEN);
    }

    /** In the time that is added only what is missing is made, and what that needs. */
    private void step(FaultKind kind, Runnable step) {
        boolean enough = ground.isExtended() && !CHANGES_OF_MEMBERS.contains(kind) && ground.isOften(kind);
        if (kinds.contains(kind) && !enough && !ground.isOver()) {
            ground.progress.change(kind.label());
            step.run();
            ground.progress.change("");
            Ground.letPass(BETWEEN);
        }
    }

    private void scaleUp() {
        change(FaultKind.SCALE_UP, "3 to 6", "{\"replicas\": 6}", SIX);
    }

    private void scaleDown() {
        ground.whileNobodyBreaksNodes(() -> {
            Set<String> more = new HashSet<>();
            ground.withApi(() -> more.addAll(cluster.podNames()));
            more.removeAll(home);
            ground.leaving(more);
        });
        change(FaultKind.SCALE_DOWN, "6 to 3", "{\"replicas\": 3}", HOME);
        ground.leaving(Set.of());
    }

    private void moreCopies() {
        ground.whileNobodyBreaksNodes(() -> ground.oneCopyAZone(false));
        change(FaultKind.MORE_COPIES, "3 to 4", "{\"replicationFactor\": 4}", FOUR_COPIES);
    }

    private void fewerCopies() {
        change(FaultKind.FEWER_COPIES, "4 to 3", "{\"replicationFactor\": 3}", SIX);
        ground.oneCopyAZone(true);
    }

    private void quorums(String what, String quorums, Shape wanted) {
        change(FaultKind.QUORUMS, what, "{\"quorums\": " + quorums + "}", wanted);
    }

    private void change(FaultKind kind, String subject, String spec, Shape wanted) {
        AtomicBoolean done = new AtomicBoolean();
        Fault fault = Fault.make(kind.label(), () -> {
            ground.withApi(() -> cluster.patchSpec(spec));
            done.set(ground.await(kind.label() + " is done", LIMIT, () -> ground.strength.is(wanted)));
        });
        shape = wanted;
        if (done.get()) {
            ground.made(new Injected(kind, subject, Set.of(), fault, Injected.Recovery.NONE));
        }
    }

    /** After all faults: as it was in the beginning. Not a change of its own, the run may be over in the middle of any. */
    boolean goHome() {
        if (!shape.equals(HOME)) {
            cluster.patchSpec("{\"replicas\": 3, \"replicationFactor\": 3, \"quorums\": null}");
        }
        return ground.await("back at three members", LIMIT, () -> ground.strength.is(HOME))
                && ground.awaitWhole("the end");
    }

    /** All pods of these, ready. */
    static boolean areReady(List<Pod> pods, int count) {
        return pods.size() == count && pods.stream().allMatch(Cluster::isReady);
    }

    static Optional<Duration> since(Fault fault) {
        return Optional.of(Duration.ofNanos(System.nanoTime() - fault.toNanos()));
    }
}
