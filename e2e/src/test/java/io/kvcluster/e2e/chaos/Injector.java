package io.kvcluster.e2e.chaos;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvcluster.e2e.chaos.FaultKind.Lane;
import io.kvcluster.e2e.testbed.Partition;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** Chooses faults of nodes by a seed, every kind once before any comes again, and makes them. What it broke it mends, whatever happens. */
final class Injector {
    /** Shorter than peers wait before they give a link up: what was cut off arrives late. */
    private static final Duration SHORT = Duration.ofSeconds(3);
    /** Longer than that: links break. */
    private static final Duration LONG = Duration.ofSeconds(6);

    private static final Duration USUAL = Duration.ofSeconds(4);
    private static final int MOST_OFFSET_MILLIS = 1_500;
    private static final int LEAST_OFFSET_MILLIS = 500;
    private static final int JUMPS = 3;

    private final Ground ground;
    private final Target target;
    private final List<FaultKind> kinds;
    private final Random random;
    private final List<FaultKind> round = new ArrayList<>();

    Injector(Ground ground, List<FaultKind> kinds, long seed) {
        this.ground = ground;
        this.target = ground.target;
        this.kinds = kinds.stream().filter(kind -> kind.lane() == Lane.NODES).toList();
        this.random = new Random(seed);
    }

    /**
     * What a fault is about.
     *
     * @param pods one, or all of a zone
     */
    record Victim(String name, List<String> pods) {
        Victim {
            pods = List.copyOf(pods);
        }
    }

    /** The next kind for which there is somebody to suffer it now; what has to wait is made as soon as it can be. */
    FaultKind nextKind(Ring ring) {
        Optional<FaultKind> possible = lastPossible(ring);
        if (possible.isEmpty()) {
            List<FaultKind> more = new ArrayList<>(kinds);
            more.removeAll(round);
            Collections.shuffle(more, random);
            round.addAll(more);
            possible = lastPossible(ring);
        }
        round.remove(possible.orElseThrow());
        return possible.get();
    }

    private Optional<FaultKind> lastPossible(Ring ring) {
        return round.reversed().stream()
                .filter(kind -> kind != FaultKind.ZONE_CUT || !zones(ring).isEmpty())
                .findFirst();
    }

    Victim victim(FaultKind kind, Ring ring) {
        if (kind == FaultKind.ZONE_CUT) {
            Map<String, List<String>> zones = zones(ring);
            String zone = List.copyOf(zones.keySet()).get(random.nextInt(zones.size()));
            return new Victim(zone, zones.get(zone));
        }
        boolean needsMending = kind != FaultKind.KILL_9 && kind != FaultKind.POD_DELETE;
        List<String> pods = ring.members().stream()
                .filter(member -> member.getState() != MemberState.REPLACED)
                .map(Member::getName)
                .filter(pod -> !needsMending || !ground.isLeaving(pod))
                .toList();
        String pod = pods.get(random.nextInt(pods.size()));
        return new Victim(pod, List.of(pod));
    }

    /** Those of which more than one member is cut off, but of no partition more than one replica, old or new. */
    private Map<String, List<String>> zones(Ring ring) {
        if (!ground.isOneCopyAZone()) {
            return Map.of();
        }
        Map<String, List<String>> zones = ring.members().stream()
                .filter(member -> !member.getZone().isEmpty())
                .collect(Collectors.groupingBy(
                        Member::getZone,
                        java.util.TreeMap::new,
                        Collectors.mapping(Member::getName, Collectors.toList())));
        zones.entrySet()
                .removeIf(zone -> zone.getValue().size() < 2
                        || zone.getValue().stream().anyMatch(ground::isLeaving)
                        || !holdsOneCopyEach(ring, zone.getKey()));
        return zones;
    }

    private static boolean holdsOneCopyEach(Ring ring, String zone) {
        for (int p = 0; p < ring.partitions(); p++) {
            if (count(ring.replicas(p), zone) > 1 || count(ring.target(p), zone) > 1) {
                return false;
            }
        }
        return true;
    }

    private static long count(List<Member> members, String zone) {
        return members.stream().filter(member -> member.getZone().equals(zone)).count();
    }

    /** Empty: there was nothing to break, the pod was just gone. */
    Optional<Fault> make(FaultKind kind, Victim victim) {
        AtomicBoolean made = new AtomicBoolean(true);
        Fault fault = Fault.make(kind.label() + " " + victim.name(), () -> made.set(inject(kind, victim.pods())));
        return made.get() ? Optional.of(fault) : Optional.empty();
    }

    private boolean inject(FaultKind kind, List<String> pods) {
        String pod = pods.getFirst();
        switch (kind) {
            case KILL_9 -> {
                AtomicBoolean killed = new AtomicBoolean();
                ground.withApi(() -> killed.set(target.kill9(pod)));
                return killed.get();
            }
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
            case ZONE_CUT -> cutAll(pods);
            case SLOW_LINK ->
                during(
                        USUAL,
                        () -> target.slowDown(pod, Duration.ofMillis(50 + random.nextInt(200))),
                        () -> target.heal(pod));
            case FULL_DISK -> during(USUAL, () -> target.fillDisk(pod), () -> target.freeDisk(pod));
            case CLOCK -> jump(pod);
            case NODE_LOSS -> during(LONG, () -> target.killNode(pod), () -> target.startNode(pod));
            case POD_DELETE -> {
                return delete(pod);
            }
            case OPERATOR_KILL,
                    API_AWAY,
                    SCALE_UP,
                    SCALE_DOWN,
                    MORE_COPIES,
                    FEWER_COPIES,
                    QUORUMS,
                    ROLLING_RESTART,
                    MIXED_VERSIONS,
                    LOST_DISK -> throw new IllegalArgumentException(kind + " breaks no node");
        }
        return true;
    }

    private void cutAll(List<String> pods) {
        List<String> cut = new ArrayList<>();
        during(
                USUAL,
                () -> pods.forEach(pod -> {
                    cut.add(pod);
                    target.partition(pod, Partition.BOTH_WAYS);
                }),
                () -> cut.forEach(target::heal));
    }

    /** As {@code kubectl delete pod}: in order, and it comes back with its disk. */
    private boolean delete(String pod) {
        List<Pod> found = new ArrayList<>();
        ground.withApi(() -> ground.cluster.pod(pod).ifPresent(found::add));
        if (found.isEmpty()) {
            return false;
        }
        String uid = found.getFirst().getMetadata().getUid();
        ground.withApi(() -> target.client().resource(found.getFirst()).delete());
        return ground.await(
                pod + " is deleted",
                target.patience(),
                () -> ground.cluster
                        .pod(pod)
                        .filter(now -> now.getMetadata().getUid().equals(uid))
                        .isEmpty());
    }

    /** Ahead, behind, anywhere; and back, which is a jump too. */
    private void jump(String pod) {
        try {
            for (int i = 0; i < JUMPS; i++) {
                int millis = random.nextInt(LEAST_OFFSET_MILLIS, MOST_OFFSET_MILLIS + 1);
                Duration offset = Duration.ofMillis(random.nextBoolean() ? millis : -millis);
                ground.withApi(() -> target.shiftClock(pod, offset));
                Ground.letPass(USUAL.dividedBy(JUMPS));
            }
        } finally {
            ground.withApi(() -> target.shiftClock(pod, Duration.ZERO));
        }
    }

    private void during(Duration time, Runnable breakIt, Runnable mendIt) {
        try {
            ground.withApi(breakIt);
            Ground.letPass(time);
        } finally {
            ground.withApi(mendIt);
        }
    }
}
