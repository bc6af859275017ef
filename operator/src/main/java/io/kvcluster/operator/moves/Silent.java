package io.kvcluster.operator.moves;

import io.kvcluster.crd.Healing;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.MemberStatus;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.Durations;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * Members that are down for longer than {@code replaceAfter}. What they hold may be whole and they may still answer others, so they
 * are given up as stores that cannot be reached, never as stores that are gone.
 *
 * <p>Since when a member is down is in the status, where the next operator finds it. An operator that was just started has to have
 * listened for {@code downAfter} itself: what it was told of is a silence that may be over.
 */
final class Silent {
    private Silent() {}

    /** It is to be given up, and others can take over what it holds. */
    static boolean isDue(Observation world, Ring ring, Member member) {
        return isOverdue(world, member)
                && hearer(world, ring, member).isEmpty()
                && remaining(ring, member) >= world.spec().replicationFactor();
    }

    /** Those that would be given up if there were anybody to take over. */
    static List<Wait> nowhere(Observation world, Ring ring) {
        return ring.members().stream()
                .filter(member -> isOverdue(world, member) && !isDue(world, ring, member))
                .map(member -> hearer(world, ring, member)
                        .map(other -> cutOff(member, other))
                        .orElseGet(() -> nowhere(world, ring, member)))
                .toList();
    }

    /** A serving member that hears it: then it is not gone, only the operator cannot reach it. */
    private static Optional<Member> hearer(Observation world, Ring ring, Member member) {
        return ring.members().stream()
                .filter(other -> world.isServing(other)
                        && world.report(other)
                                .filter(told -> told.peers().getOrDefault(member.getStoreId(), false))
                                .isPresent())
                .findFirst();
    }

    private static Wait cutOff(Member member, Member other) {
        return new Wait(
                "OperatorCutOff",
                "Pod/" + member.getName(),
                "the operator does not hear " + member.getName() + " for longer than spec.healing.replaceAfter, but "
                        + other.getName() + " does: it serves, and nobody takes its place",
                "the operator reaches the pod again; a network policy may stand between them");
    }

    private static Wait nowhere(Observation world, Ring ring, Member member) {
        return new Wait(
                "NowhereToMove",
                "Pod/" + member.getName(),
                member.getName()
                        + " is down for longer than spec.healing.replaceAfter, but without it there are "
                        + remaining(ring, member) + " members for "
                        + world.spec().replicationFactor() + " copies: nobody can take its place",
                "it comes back; or raise spec.replicas, so that others take over what it holds");
    }

    private static boolean isOverdue(Observation world, Member member) {
        Healing healing = world.spec().healing();
        return member.getState() != MemberState.REPLACED
                && !world.hasLostStore(member)
                && world.pod(member.getName())
                        .filter(pod -> pod.isUp() || pod.isUndecided())
                        .isEmpty()
                && isOver(world.watchedSince(), healing.downAfter(), world.now())
                && isOver(downSince(world, member), healing.replaceAfter(), world.now());
    }

    private static boolean isOver(Optional<Instant> since, String time, Instant now) {
        Duration least = Durations.parse(time).orElseThrow();
        return since.filter(begin -> !begin.plus(least).isAfter(now)).isPresent();
    }

    private static Optional<Instant> downSince(Observation world, Member member) {
        KvClusterStatus status = world.cluster().getStatus();
        return Optional.ofNullable(status).stream()
                .flatMap(known -> known.members().stream())
                .filter(known -> member.getStoreId().equals(known.storeId()) && !known.live())
                .findFirst()
                .map(MemberStatus::since)
                .flatMap(Silent::instant);
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static long remaining(Ring ring, Member without) {
        return ring.members().stream()
                .filter(member -> member.getIndex() != without.getIndex()
                        && (member.getState() == MemberState.NORMAL || member.getState() == MemberState.JOINING))
                .count();
    }
}
