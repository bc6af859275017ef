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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
     * @param pods that it hits: the one that was chosen first, then others of its zone or machine
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
                .filter(kind -> !victims(kind, ring).isEmpty())
                .findFirst();
    }

    Victim victim(FaultKind kind, Ring ring) {
        List<Victim> victims = victims(kind, ring);
        return victims.get(random.nextInt(victims.size()));
    }

    /** Of no partition more than one replica is broken, old or new, and of those that are to leave none by what has to be mended. */
    private List<Victim> victims(FaultKind kind, Ring ring) {
        List<Victim> all = kind == FaultKind.ZONE_CUT ? zones(ring) : pods(kind, ring);
        boolean needsMending = kind != FaultKind.KILL_9 && kind != FaultKind.POD_DELETE;
        return all.stream()
                .filter(victim -> !needsMending || victim.pods().stream().noneMatch(ground::isLeaving))
                .filter(victim ->
                        victim.pods().size() == 1 || (ground.isOneCopyAZone() && holdOneCopyEach(ring, victim.pods())))
                .toList();
    }

    /** Those of more than one member: another one is but a partition. */
    private static List<Victim> zones(Ring ring) {
        Map<String, List<String>> zones = present(ring)
                .filter(member -> !member.getZone().isEmpty())
                .collect(Collectors.groupingBy(
                        Member::getZone, TreeMap::new, Collectors.mapping(Member::getName, Collectors.toList())));
        return zones.entrySet().stream()
                .filter(zone -> zone.getValue().size() > 1)
                .map(zone -> new Victim(zone.getKey(), zone.getValue()))
                .toList();
    }

    private List<Victim> pods(FaultKind kind, Ring ring) {
        Set<String> names = present(ring).map(Member::getName).collect(Collectors.toCollection(TreeSet::new));
        List<Victim> pods = new ArrayList<>();
        for (String pod : names) {
            List<String> hit = new ArrayList<>(List.of(pod));
            if (kind.hitsMachine()) {
                target.onTheMachineOf(pod).stream()
                        .filter(other -> !other.equals(pod) && names.contains(other))
                        .forEach(hit::add);
            }
            pods.add(new Victim(pod, hit));
        }
        return pods;
    }

    private static Stream<Member> present(Ring ring) {
        return ring.members().stream().filter(member -> member.getState() != MemberState.REPLACED);
    }

    private static boolean holdOneCopyEach(Ring ring, List<String> pods) {
        for (int p = 0; p < ring.partitions(); p++) {
            if (count(ring.replicas(p), pods) > 1 || count(ring.target(p), pods) > 1) {
                return false;
            }
        }
        return true;
    }

    private static long count(List<Member> members, List<String> pods) {
        return members.stream()
                .filter(member -> pods.contains(member.getName()))
                .count();
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
