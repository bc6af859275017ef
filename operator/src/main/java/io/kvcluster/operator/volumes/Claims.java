package io.kvcluster.operator.volumes;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvcluster.crd.ReclaimPolicy;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Shape;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the volume claims of a cluster need. Pure. */
public final class Claims {
    private Claims() {}

    /** A claim that has to say whose data it holds. */
    public record Unlabelled(String claim, String clusterId) {}

    /** A claim that is smaller than the spec wants. */
    public record TooSmall(String claim, String uid, String from, String to) {}

    /** A claim that nobody needs any more. */
    public record Unneeded(String claim, String uid) {}

    /** A StatefulSet that would make new claims smaller than the spec wants them; the present ones are large enough. */
    public record Outgrown(String from, String to) {}

    /** Claims of members that do not carry the cluster's id yet: only where the pod reported the member's own store. */
    public static List<Unlabelled> unlabelled(Observation world) {
        List<Unlabelled> found = new ArrayList<>();
        for (Ring ring : world.ring().stream().toList()) {
            for (Member member : ring.members()) {
                Optional<PersistentVolumeClaim> claim = claim(world, Names.claim(member.getName()));
                if (world.report(member).isPresent() && claim.isPresent() && clusterId(claim.get()) == null) {
                    found.add(new Unlabelled(claim.get().getMetadata().getName(), ring.clusterId()));
                }
            }
        }
        return found;
    }

    public static List<TooSmall> tooSmall(Observation world) {
        String wanted = world.spec().storage().size();
        return inUse(world)
                .filter(claim -> bytes(requested(claim)).compareTo(bytes(wanted)) < 0)
                .map(claim -> new TooSmall(
                        claim.getMetadata().getName(), claim.getMetadata().getUid(), requested(claim), wanted))
                .toList();
    }

    /** Claims that ask for more than they have: their driver is to do it, at its own time. */
    public static List<Wait> notResized(Observation world) {
        return inUse(world)
                .filter(claim -> has(claim)
                        .filter(size -> bytes(size).compareTo(bytes(requested(claim))) < 0)
                        .isPresent())
                .map(claim -> new Wait(
                        "VolumeNotResized",
                        "PersistentVolumeClaim/" + claim.getMetadata().getName(),
                        "it asks for " + requested(claim) + " and has "
                                + has(claim).orElseThrow() + told(claim),
                        "the storage driver resizes it; until then the pod goes on with what it has"))
                .toList();
    }

    private static String told(PersistentVolumeClaim claim) {
        return claim.getStatus().getConditions().stream()
                .map(condition -> "; " + condition.getType()
                        + (condition.getMessage() == null ? "" : ": " + condition.getMessage()))
                .collect(Collectors.joining());
    }

    private static Optional<String> has(PersistentVolumeClaim claim) {
        return Optional.ofNullable(claim.getStatus())
                .map(PersistentVolumeClaimStatus::getCapacity)
                .map(capacity -> capacity.get("storage"))
                .map(Quantity::toString);
    }

    /** Only when each claim of its pods is as large already: what is made anew must not be larger than what cannot grow. */
    public static Optional<Outgrown> outgrown(Observation world, StatefulSet set) {
        String wanted = world.spec().storage().size();
        String prefix = Names.claim(set.getMetadata().getName()) + "-";
        boolean grown =
                tooSmall(world).stream().noneMatch(claim -> claim.claim().startsWith(prefix));
        return set.getSpec().getVolumeClaimTemplates().stream()
                .map(Claims::requested)
                .filter(size -> grown && bytes(size).compareTo(bytes(wanted)) < 0)
                .findFirst()
                .map(size -> new Outgrown(size, wanted));
    }

    private static Stream<PersistentVolumeClaim> inUse(Observation world) {
        return world.claims().stream()
                .filter(claim -> claim.getMetadata().getDeletionTimestamp() == null)
                .filter(claim -> isOf(world, claim));
    }

    /** A claim to be deleted, where the spec says that such claims go. The first; they go one after the other. */
    public static Optional<Unneeded> unneeded(Observation world) {
        return ofThoseWhoLeft(world, ReclaimPolicy.DELETE);
    }

    /** A claim to be set aside, where the spec says so. */
    public static Optional<Unneeded> toQuarantine(Observation world) {
        return ofThoseWhoLeft(world, ReclaimPolicy.QUARANTINE);
    }

    /**
     * Of a pod that was drained and is gone: its store is in no ring, and no StatefulSet would start a pod on it. What is in quarantine is
     * a human's to decide about, whatever the spec says by now.
     */
    private static Optional<Unneeded> ofThoseWhoLeft(Observation world, ReclaimPolicy policy) {
        if (world.spec().storage().reclaim() != policy || world.ring().isEmpty()) {
            return Optional.empty();
        }
        Ring ring = world.ring().get();
        return world.claims().stream()
                .filter(claim -> claim.getMetadata().getDeletionTimestamp() == null && !isQuarantined(claim))
                .filter(claim -> drained(claim)
                        .filter(store -> ring.member(store).isEmpty())
                        .isPresent())
                .filter(claim -> isOfNoPod(world, ring, claim.getMetadata().getName()))
                .findFirst()
                .map(claim -> new Unneeded(
                        claim.getMetadata().getName(), claim.getMetadata().getUid()));
    }

    private static boolean isOfNoPod(Observation world, Ring ring, String claim) {
        boolean wanted = world.shape().pods().stream().map(Names::claim).anyMatch(claim::equals);
        boolean there = world.pods().keySet().stream().map(Names::claim).anyMatch(claim::equals);
        boolean named = ring.members().stream()
                .map(member -> Names.claim(member.getName()))
                .anyMatch(claim::equals);
        return !wanted && !there && !named && world.statefulSets().stream().noneMatch(set -> mayStart(set, claim));
    }

    /** As far as is known: a controller that has not seen the smaller number yet may start it once more. */
    private static boolean mayStart(StatefulSet set, String claim) {
        String prefix = Names.claim(set.getMetadata().getName()) + "-";
        boolean its = claim.startsWith(prefix)
                && claim.substring(prefix.length()).chars().allMatch(Character::isDigit);
        boolean knows = set.getStatus() != null
                && Objects.equals(
                        set.getStatus().getObservedGeneration(),
                        set.getMetadata().getGeneration());
        return its && (!knows || Shape.ordinal(claim) < set.getSpec().getReplicas());
    }

    private static boolean isQuarantined(PersistentVolumeClaim claim) {
        return label(claim, Labels.QUARANTINED) != null;
    }

    /** A claim of that pod is set aside: a human has to release it before the pod starts on it. */
    public static Optional<Wait> setAside(Observation world, String pod) {
        return ofPod(world, pod)
                .filter(Claims::isQuarantined)
                .map(claim -> new Wait(
                        "QuarantinedVolume",
                        "PersistentVolumeClaim/" + claim.getMetadata().getName(),
                        pod + " is to start, but the volume that a member left behind is quarantined",
                        "use it again: kubectl label pvc " + claim.getMetadata().getName() + " " + Labels.QUARANTINED
                                + "- ; or delete the claim; or set spec.replicas back"));
    }

    /**
     * A human has to look at these before pods may use them again. The claim of a member that left is none of them: it holds nothing, and
     * stops nobody but the pod of its own name.
     */
    public static Optional<Wait> quarantined(Observation world) {
        return world.claims().stream()
                .filter(claim -> isQuarantined(claim) && drained(claim).isEmpty())
                .findFirst()
                .map(claim -> new Wait(
                        "QuarantinedVolume",
                        "PersistentVolumeClaim/" + claim.getMetadata().getName(),
                        "the volume of an earlier cluster of this name is quarantined, no pods are started on it",
                        "use it again: kubectl label pvc " + claim.getMetadata().getName() + " " + Labels.QUARANTINED
                                + "- ; or delete the claim and its data"));
    }

    public static @Nullable String clusterId(PersistentVolumeClaim claim) {
        return label(claim, Labels.CLUSTER_ID);
    }

    /** The store that was drained on it. */
    public static Optional<String> drained(PersistentVolumeClaim claim) {
        return Optional.ofNullable(label(claim, Labels.DRAINED));
    }

    /** The claim of that pod says of that very store that it was drained. */
    public static boolean isDrained(Observation world, String pod, String storeId) {
        return ofPod(world, pod)
                .flatMap(Claims::drained)
                .filter(storeId::equals)
                .isPresent();
    }

    private static @Nullable String label(PersistentVolumeClaim claim, String key) {
        Map<String, String> labels = claim.getMetadata().getLabels();
        return labels == null ? null : labels.get(key);
    }

    private static boolean isOf(Observation world, PersistentVolumeClaim claim) {
        return world.shape().pods().stream()
                .anyMatch(pod -> Names.claim(pod).equals(claim.getMetadata().getName()));
    }

    /** The claim on which a pod of that name stores its data. */
    public static Optional<PersistentVolumeClaim> ofPod(Observation world, String pod) {
        return claim(world, Names.claim(pod));
    }

    private static Optional<PersistentVolumeClaim> claim(Observation world, String name) {
        return world.claims().stream()
                .filter(claim -> claim.getMetadata().getName().equals(name))
                .findFirst();
    }

    private static String requested(PersistentVolumeClaim claim) {
        Quantity quantity = claim.getSpec().getResources().getRequests().get("storage");
        return quantity == null ? "0" : quantity.toString();
    }

    private static BigDecimal bytes(String quantity) {
        return Quantity.getAmountInBytes(Quantity.parse(quantity));
    }
}
