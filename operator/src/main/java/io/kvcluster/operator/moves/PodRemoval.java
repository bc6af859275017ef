package io.kvcluster.operator.moves;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.operator.volumes.Claims;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.DrainProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * May a StatefulSet become smaller? Only when of each pod that goes with it the claim says that its store was drained; and what a pod
 * says that is heard counts more. What is not known is not drained; a name proves nothing.
 */
public final class PodRemoval {
    /** The answer. */
    public sealed interface Verdict {}

    /** Nobody needs what is on those pods. */
    public record Allowed() implements Verdict {}

    /** Allowed, once the claims say so. */
    public record FirstMark(List<RingMoves.Mark> marks) implements Verdict {
        public FirstMark {
            marks = List.copyOf(marks);
        }
    }

    public record Held(Wait reason) implements Verdict {}

    private PodRemoval() {}

    /** @param from,to replicas of the StatefulSet */
    public static Verdict of(Observation world, String statefulSet, int from, int to) {
        List<RingMoves.Mark> marks = new ArrayList<>();
        for (int ordinal = to; ordinal < from; ordinal++) {
            String pod = Names.pod(statefulSet, ordinal);
            Optional<String> obstacle = obstacle(world, pod);
            if (obstacle.isPresent()) {
                return new Held(new Wait(
                        "PodNotDrained",
                        "Pod/" + pod,
                        pod + " is to go, but " + obstacle.get(),
                        "the pod runs and reports that it holds nothing; or raise spec.replicas, and it stays"));
            }
            unmarked(world, pod).ifPresent(marks::add);
        }
        return marks.isEmpty() ? new Allowed() : new FirstMark(marks);
    }

    private static Optional<String> obstacle(Observation world, String name) {
        boolean member = world.ring().stream()
                .flatMap(ring -> ring.members().stream())
                .anyMatch(each -> each.getName().equals(name));
        if (member) {
            return Optional.of("the ring names it");
        }
        Optional<NodeReport> heard = world.pod(name).flatMap(PodView::report);
        return heard.isPresent() ? obstacle(world, heard.get()) : silent(world, name);
    }

    /**
     * The epoch of its word is not compared: the store is in no ring from the one in force on, and only a ring could give it
     * something. It left the ring with a word that was compared.
     */
    private static Optional<String> obstacle(Observation world, NodeReport told) {
        if (told.storeId().isEmpty()) {
            return Optional.of("it has not opened its store yet");
        }
        if (world.ring().flatMap(ring -> ring.member(told.storeId())).isPresent()) {
            return Optional.of("its store " + told.storeId() + " is a member of the ring");
        }
        if (told.clusterId().isEmpty() && told.ringEpoch() == 0 && told.phase() == Phase.WAITING_FOR_RING) {
            return Optional.empty();
        }
        if (world.ring().map(Ring::clusterId).filter(told.clusterId()::equals).isEmpty()) {
            return Optional.of("whose data it holds is not known");
        }
        Optional<DrainProof> drain = told.moves().drain();
        if (drain.isEmpty()) {
            return Optional.of("it has not said what it holds");
        }
        boolean nothing = drain.get().ownedPartitions() == 0
                && drain.get().heldRecords() == 0
                && drain.get().hints() == 0;
        return nothing
                ? Optional.empty()
                : Optional.of("it owns " + drain.get().ownedPartitions() + " partitions and holds "
                        + drain.get().heldRecords() + " records and "
                        + drain.get().hints() + " hints");
    }

    /** Nobody speaks for it. Its claim does; and one that never belonged to a cluster holds nothing of any. */
    private static Optional<String> silent(Observation world, String pod) {
        if (world.ring().isEmpty() && hasHistory(world)) {
            return Optional.of("it is not heard, and the ring is not known");
        }
        Optional<PersistentVolumeClaim> claim = Claims.ofPod(world, pod);
        boolean needed = claim.filter(each ->
                        Claims.clusterId(each) != null && Claims.drained(each).isEmpty())
                .isPresent();
        return needed
                ? Optional.of("it is not heard, and its volume belongs to the cluster and was not drained")
                : Optional.empty();
    }

    private static boolean hasHistory(Observation world) {
        return world.claims().stream().anyMatch(claim -> Claims.clusterId(claim) != null)
                || world.pods().values().stream()
                        .flatMap(pod -> StoreReports.last(pod).stream())
                        .anyMatch(told -> !told.clusterId().isEmpty());
    }

    private static Optional<RingMoves.Mark> unmarked(Observation world, String pod) {
        return world.pod(pod)
                .flatMap(PodView::report)
                .map(NodeReport::storeId)
                .filter(storeId -> !Claims.isDrained(world, pod, storeId))
                .flatMap(storeId -> RingMoves.mark(world, pod, storeId));
    }
}
