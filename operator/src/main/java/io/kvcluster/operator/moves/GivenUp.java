package io.kvcluster.operator.moves;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.volumes.Claims;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Stores that are given up: those whose disk is known to be gone, and those that are {@link Silent} for too long. A disk is known to be
 * gone by the claim: one that was a member's carries the cluster's id, so a pod of a member's name that has another store on a claim
 * without it has another volume, and the old one went with its claim. Another store on the same claim is nobody's proof: a human has
 * to say so.
 *
 * <p>At most a tenth of the members an hour, and at least one: a bad storage class would give every pod a new store at once. The
 * times are an annotation of the ring's ConfigMap, written with the ring that gives a store up.
 */
public final class GivenUp {
    private static final Duration WINDOW = Duration.ofHours(1);

    private GivenUp() {}

    /** By store id, with whether the disk is known to be gone, so that nothing can speak for that store any more. */
    static Map<String, Boolean> of(Observation world, Ring ring, List<Wait> waits) {
        Map<String, Boolean> gone = new TreeMap<>();
        int budget = Math.max(1, ring.members().size() / 10)
                - recent(world.ringMap(), world.now()).size();
        for (Member member : ring.members()) {
            boolean replaceable = isReplaceable(world, member);
            boolean due = replaceable || Silent.isDue(world, ring, member);
            if (member.getState() == MemberState.REPLACED) {
                boolean known = member.getDiskGone() || isOnOtherClaim(world, member) || isSaidByHuman(world, member);
                if (known || world.report(member).isEmpty()) {
                    gone.put(member.getStoreId(), known);
                }
            } else if (isSaidByHuman(world, member)) {
                gone.put(member.getStoreId(), true);
            } else if (due && budget > 0) {
                budget--;
                gone.put(member.getStoreId(), replaceable);
            } else if (due) {
                waits.add(limited(member, replaceable));
            }
        }
        return gone;
    }

    /** Nobody is given up, and nobody is to be. */
    static boolean isNobody(Observation world, Ring ring) {
        return ring.members().stream()
                .noneMatch(member -> member.getState() == MemberState.REPLACED
                        || isReplaceable(world, member)
                        || Silent.isDue(world, ring, member)
                        || isSaidByHuman(world, member));
    }

    /** Its pod runs with another store on another claim. */
    public static boolean isReplaceable(Observation world, Member member) {
        return member.getState() != MemberState.REPLACED && isOnOtherClaim(world, member);
    }

    private static boolean isOnOtherClaim(Observation world, Member member) {
        return world.hasLostStore(member)
                && Claims.ofPod(world, member.getName())
                        .filter(claim -> Claims.clusterId(claim) == null)
                        .isPresent();
    }

    /** Not of a store that speaks, or may be about to: then the human is wrong. */
    private static boolean isSaidByHuman(Observation world, Member member) {
        Map<String, String> annotations = world.cluster().getMetadata().getAnnotations();
        return annotations != null
                && member.getStoreId().equals(annotations.get(Labels.REPLACE_STORE))
                && world.report(member).isEmpty()
                && world.pod(member.getName()).filter(PodView::isUndecided).isEmpty();
    }

    private static Wait limited(Member member, boolean otherDisk) {
        return new Wait(
                "ReplacementsLimited",
                "Pod/" + member.getName(),
                member.getName()
                        + (otherDisk ? " has another disk" : " is down for longer than spec.healing.replaceAfter")
                        + ", and as many stores as may be given up in an hour were",
                "an hour after the last one it goes on; at once for one store: kubectl annotate kvc NAME "
                        + Labels.REPLACE_STORE + "=" + member.getStoreId());
    }

    /** The annotation that belongs to the ring that is written now; empty when it gives nobody up. */
    public static Optional<String> times(Observation world, Ring next) {
        long more = next.members().stream()
                .filter(member -> member.getState() == MemberState.REPLACED && !wasGivenUp(world, member))
                .count();
        if (more == 0) {
            return Optional.empty();
        }
        List<String> times = new ArrayList<>(recent(world.ringMap(), world.now()));
        for (long i = 0; i < more; i++) {
            times.add(world.now().toString());
        }
        return Optional.of(String.join(",", times));
    }

    private static boolean wasGivenUp(Observation world, Member member) {
        return world.ring()
                .flatMap(ring -> ring.member(member.getStoreId()))
                .filter(before -> before.getState() == MemberState.REPLACED)
                .isPresent();
    }

    /** What cannot be read counts: it is no permission. */
    private static List<String> recent(Optional<ConfigMap> map, Instant now) {
        String text = map.map(each -> each.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Labels.GIVEN_UP))
                .orElse("");
        List<String> recent = new ArrayList<>();
        for (String time : text.split(",")) {
            if (!time.isBlank() && !isOver(time, now)) {
                recent.add(time);
            }
        }
        return recent;
    }

    private static boolean isOver(String time, Instant now) {
        try {
            return Instant.parse(time).plus(WINDOW).isBefore(now);
        } catch (DateTimeParseException _) {
            return false;
        }
    }
}
