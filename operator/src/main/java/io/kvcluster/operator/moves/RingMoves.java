package io.kvcluster.operator.moves;

import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.operator.volumes.Claims;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.DrainProof;
import io.kvcluster.ring.change.Pace;
import io.kvcluster.ring.change.Reports;
import io.kvcluster.ring.change.RingMachine;
import io.kvcluster.ring.change.Wanted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Other members, other copies, other quorums: the next ring by {@link RingMachine}, on what the stores told (ADR 19). All progress is
 * in the ring.
 *
 * <p>A member leaves the ring last of all, when nothing else is left to do: its own word that it holds nothing is then about the ring
 * in which every partition has arrived. Before that the word is written on its claim ({@link Mark}), so that whoever comes next, in
 * whatever order things crashed, finds it.
 */
public final class RingMoves {
    private static final int SENTENCES = 3;

    /**
     * What to do.
     *
     * @param next the next ring, if there is one to write now
     * @param marks claims to be marked before the ring that they are waiting for can be made
     */
    public record Decision(Optional<Next> next, List<Mark> marks, List<Wait> waits, Progress progress) {
        public Decision {
            marks = List.copyOf(marks);
            waits = List.copyOf(waits);
        }
    }

    /**
     * A ring to be written.
     *
     * @param change what it does, for people
     * @param routine it only moves partitions, one step of many
     */
    public record Next(Ring ring, String change, boolean routine) {}

    /** The store was drained; its claim is to say so. */
    public record Mark(String claim, String uid, String storeId) {}

    private final Observation world;
    private final Ring ring;
    private final List<Wait> waits = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();

    private RingMoves(Observation world, Ring ring) {
        this.world = world;
        this.ring = ring;
    }

    public static Decision decide(Observation world, Ring ring) {
        return new RingMoves(world, ring).decide();
    }

    private Decision decide() {
        boolean asAsked = Wish.isFulfilled(world, ring);
        waits.addAll(Silent.nowhere(world, ring));
        if (asAsked && !isUnderWay()) {
            return new Decision(Optional.empty(), List.of(), waits, new Progress.Arrived());
        }
        Optional<Wait> twins = StoreReports.twins(world);
        if (twins.isPresent()) {
            return new Decision(Optional.empty(), List.of(), twins.stream().toList(), new Progress.Unknown());
        }
        Reports reports = StoreReports.of(world);
        Wish wish = Wish.of(world, ring, reports);
        waits.addAll(wish.waits());
        RingMachine.Next made = wish.asksNothingOf(ring, world.spec()) && !isUnderWay()
                ? new RingMachine.Settled()
                : made(wish, reports);
        Optional<Next> next = next(made);
        Progress progress = asAsked && made instanceof RingMachine.Settled
                ? new Progress.Arrived()
                : Way.left(world, ring, wish.wanted(), reports, next.isPresent() ? "" : waitingFor(made));
        return new Decision(next, marks, waits, progress);
    }

    /**
     * An operation that began goes on until the placement has nothing left to do, also when what it began with was taken back half-way.
     * A cluster that is settled stays as it is, whatever placement would make of it today.
     */
    private boolean isUnderWay() {
        KvClusterStatus status = world.cluster().getStatus();
        return status != null && status.operation() != null;
    }

    /** First all that is to be done with those who leave still in the ring, then without them. */
    private RingMachine.Next made(Wish wish, Reports reports) {
        Wanted wanted = wish.wanted();
        RingMachine.Next made = RingMachine.next(ring, wanted, reports, Pace.defaults());
        return made instanceof RingMachine.Waiting
                ? RingMachine.next(ring, wanted.drained(proofs(wanted)), reports, Pace.defaults())
                : made;
    }

    /** The words of the very stores that leave, heard from the pods that run them now. One that is not on the claim yet waits for that. */
    private List<DrainProof> proofs(Wanted wanted) {
        List<DrainProof> proofs = new ArrayList<>();
        for (Member member : ring.members()) {
            Optional<DrainProof> proof = world.report(member)
                    .flatMap(told -> told.moves().drain())
                    .filter(_ -> member.getState() == MemberState.LEAVING
                            && wanted.leave().contains(member.getStoreId()));
            if (proof.isEmpty()) {
                continue;
            }
            if (proof.get().obstacle(ring, member).isPresent()
                    || Claims.isDrained(world, member.getName(), member.getStoreId())) {
                proofs.add(proof.get());
            } else {
                mark(world, member.getName(), member.getStoreId()).ifPresent(marks::add);
            }
        }
        return proofs;
    }

    static Optional<Mark> mark(Observation world, String pod, String storeId) {
        return Claims.ofPod(world, pod)
                .map(claim -> new Mark(Names.claim(pod), claim.getMetadata().getUid(), storeId));
    }

    private Optional<Next> next(RingMachine.Next made) {
        return switch (made) {
            case RingMachine.Settled() -> Optional.empty();
            case RingMachine.Waiting(List<RingMachine.Wait> why) -> {
                tell(why);
                yield Optional.empty();
            }
            case RingMachine.Refused(List<String> problems) -> {
                waits.add(new Wait(
                        "NoNextRing",
                        cluster(),
                        "the members and the spec make no ring: " + String.join("; ", problems),
                        "correct the spec"));
                yield Optional.empty();
            }
            case RingMachine.Changed changed -> {
                tell(changed.waits());
                yield ifFollowed(changed);
            }
        };
    }

    private Optional<Next> ifFollowed(RingMachine.Changed changed) {
        Optional<Wait> deaf = moves(changed.ring()) ? somebodyDoesNotFollow(changed.ring()) : Optional.empty();
        if (deaf.isPresent()) {
            waits.add(deaf.get());
            return Optional.empty();
        }
        boolean routine = changed.steps().stream().allMatch(step -> step.startsWith("partition "));
        return Optional.of(new Next(changed.ring(), shortened(changed.steps()), routine));
    }

    /**
     * A member that knows no moves would write to old replicas alone. So none begins before each member said that it follows them,
     * also those that are silent now, and none goes on when one that serves does not say it. Who is given up is not asked, nor is a
     * store that went with its claim: nobody will ever write in its name.
     */
    private Optional<Wait> somebodyDoesNotFollow(Ring next) {
        boolean begun = moves(ring);
        return ring.members().stream()
                .filter(member -> next.member(member.getStoreId())
                        .filter(then -> then.getState() != MemberState.REPLACED)
                        .isPresent())
                .filter(member -> !GivenUp.isReplaceable(world, member))
                .filter(member -> !(begun && isSilent(member)) && !saidThatItFollows(member))
                .findFirst()
                .map(member -> doesNotFollow(member.getName()));
    }

    private boolean isSilent(Member member) {
        return world.report(member)
                .filter(told -> told.phase() == Phase.SERVING)
                .isEmpty();
    }

    private boolean saidThatItFollows(Member member) {
        return world.pod(member.getName())
                .flatMap(StoreReports::last)
                .filter(told -> told.storeId().equals(member.getStoreId()))
                .map(NodeReport::moves)
                .filter(NodeReport.Moves::follows)
                .isPresent();
    }

    static Wait doesNotFollow(String pod) {
        return new Wait(
                "MovesNotFollowed",
                "Pod/" + pod,
                pod
                        + " has not said that it follows moves of partitions: it was not heard yet, or runs a version that does not know"
                        + " them",
                "the pod serves, with a version that moves partitions");
    }

    /** What holds members or all of it up. Of partitions, and of members that still give theirs away, the progress tells. */
    private void tell(List<RingMachine.Wait> why) {
        for (RingMachine.Wait wait : why) {
            if (wait.about().startsWith("partition ") || stillGives(wait.about())) {
                continue;
            }
            waits.add(
                    wait.about().equals("placement")
                            ? new Wait("NoPlacement", cluster(), wait.why(), "correct the spec")
                            : held(wait.about(), wait.why()));
        }
    }

    private Wait held(String pod, String why) {
        boolean heard = world.pod(pod).flatMap(PodView::report).isPresent();
        return new Wait(
                "MemberHeld",
                "Pod/" + pod,
                pod + " " + why + (heard ? "" : "; " + pod + " is not heard"),
                "what it names is there again; or set the spec back, which cancels");
    }

    private boolean stillGives(String pod) {
        return ring.members().stream()
                .anyMatch(member -> member.getName().equals(pod)
                        && member.getState() == MemberState.LEAVING
                        && !ring.partitionsOf(member.getStoreId()).isEmpty());
    }

    /** What the moves under way wait for; else the first that is to begin. */
    private String waitingFor(RingMachine.Next made) {
        if (!(made instanceof RingMachine.Waiting(List<RingMachine.Wait> why))) {
            return firstOf(waits);
        }
        Set<String> moving = new HashSet<>();
        ring.moving().forEach(p -> moving.add("partition " + p));
        return why.stream()
                .min(Comparator.comparing(wait -> !moving.contains(wait.about())))
                .map(wait -> wait.about() + ": " + wait.why())
                .orElse("");
    }

    private static String firstOf(List<Wait> waits) {
        return waits.stream().findFirst().map(Wait::why).orElse("");
    }

    /** Claims whose mark is of an earlier life: their store is a member again, or is to stay one. */
    public static List<Mark> staleMarks(Observation world, Ring ring) {
        return ring.members().stream()
                .filter(member -> member.getState() != MemberState.LEAVING)
                .flatMap(member -> Claims.ofPod(world, member.getName()).stream())
                .flatMap(claim -> Claims.drained(claim).stream()
                        .map(store -> new Mark(
                                claim.getMetadata().getName(),
                                claim.getMetadata().getUid(),
                                store)))
                .distinct()
                .toList();
    }

    private String cluster() {
        return "KvCluster/" + world.key().name();
    }

    private static boolean moves(Ring ring) {
        return !ring.moving().isEmpty();
    }

    private static String shortened(List<String> steps) {
        return steps.size() <= SENTENCES
                ? String.join(", ", steps)
                : String.join(", ", steps.subList(0, SENTENCES)) + " and " + (steps.size() - SENTENCES) + " more";
    }
}
