package io.kvcluster.operator.rollout;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvcluster.operator.nodeadmin.Liveness;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.operator.resources.NodeStatefulSet;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.QuorumNeeds;
import io.kvcluster.ring.Ring;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Decides the next restart that a changed pod template asks for. Pure. */
public final class Rollout {
    /** What to do about outdated pods. */
    public sealed interface Decision {}

    /** Every pod is as the spec wants it. */
    public record UpToDate() implements Decision {}

    public record Restart(String pod, String uid, String reason) implements Decision {}

    public record Held(Wait reason) implements Decision {}

    private final Observation world;

    private Rollout(Observation world) {
        this.world = world;
    }

    public static Decision next(Observation world) {
        return new Rollout(world).decide();
    }

    private Decision decide() {
        String wanted = NodeStatefulSet.podHash(world.spec());
        List<PodView> outdated = world.shape().pods().stream()
                .flatMap(name -> world.pod(name).stream())
                .filter(pod -> !pod.isLeaving() && !wanted.equals(pod.podHash()))
                .sorted(Comparator.comparing(PodView::isReady)) // unhealthy ones first, else by name
                .toList();
        if (outdated.isEmpty()) {
            return oldAndIdle()
                    .<Decision>map(
                            pod -> restart(pod, "it does not start, and the template has changed since it was made"))
                    .orElseGet(UpToDate::new);
        }
        if (!templatesAre(wanted)) {
            return held(
                    "TemplateNotApplied",
                    "StatefulSet",
                    "a pod deleted now would come back from the old template",
                    "the StatefulSet controller takes up the new template by itself");
        }
        Optional<PodView> idle =
                outdated.stream().filter(this::surelyServesNothing).findFirst();
        if (idle.isPresent()) {
            return restart(idle.get(), "its template is outdated and it serves nothing that a restart could interrupt");
        }
        return previousPod(wanted).<Decision>map(Held::new).orElseGet(() -> firstAllowed(outdated));
    }

    /**
     * A pod that is as the user asked, but not as the operator makes pods by now, with another default image for example. One that
     * serves, or is about to, is left alone until somebody restarts it; one that does not get up may need just that change.
     */
    private Optional<PodView> oldAndIdle() {
        return world.shape().pods().stream()
                .flatMap(name -> world.pod(name).stream())
                .filter(pod ->
                        !pod.isLeaving() && !pod.isReady() && pod.report().isEmpty() && surelyServesNothing(pod))
                .filter(pod -> world.statefulSets().stream().anyMatch(set -> isOfOlderRevision(pod, set)))
                .findFirst();
    }

    private static boolean isOfOlderRevision(PodView pod, StatefulSet set) {
        String revision = pod.pod().getMetadata().getLabels().get("controller-revision-hash");
        return Names.isPodOf(pod.name(), set.getMetadata().getName())
                && revision != null
                && set.getStatus() != null
                && Objects.equals(
                        set.getStatus().getObservedGeneration(),
                        set.getMetadata().getGeneration())
                && set.getStatus().getUpdateRevision() != null
                && !revision.equals(set.getStatus().getUpdateRevision());
    }

    /** The controller has to know the new template, or the deleted pod returns with the old one. */
    private boolean templatesAre(String wanted) {
        return world.statefulSets().stream()
                .filter(set -> set.getSpec().getReplicas() > 0)
                .allMatch(set -> wanted.equals(Objects.requireNonNullElse(
                                        set.getSpec()
                                                .getTemplate()
                                                .getMetadata()
                                                .getAnnotations(),
                                        Map.<String, String>of())
                                .get(Labels.POD_HASH))
                        && set.getStatus() != null
                        && Objects.equals(
                                set.getStatus().getObservedGeneration(),
                                set.getMetadata().getGeneration()));
    }

    /** Known for sure, not assumed: a node that the operator merely cannot see may well serve. */
    private boolean surelyServesNothing(PodView pod) {
        if (pod.report().isPresent()) {
            Phase phase = pod.report().get().phase();
            return phase == Phase.WAITING_FOR_RING || phase == Phase.RECOVERING || phase == Phase.FAILED;
        }
        boolean silent = pod.state().isEmpty()
                ? pod.address().isEmpty()
                : pod.state().get().liveness() == Liveness.DOWN;
        return silent && !pod.isReady();
    }

    /**
     * One at a time: every pod that was restarted has to be back first, and every missing one. Back for its peers, whose quorums need
     * it, and for Kubernetes, whose Service sends clients to ready pods only and whose disruption budget counts them.
     */
    private Optional<Wait> previousPod(String wanted) {
        for (String name : world.shape().pods()) {
            Optional<PodView> pod = world.pod(name);
            if (pod.isEmpty() || pod.get().isLeaving()) {
                return Optional.of(new Wait(
                        "PodRestarting",
                        "Pod/" + name,
                        "pods restart one at a time, and " + name + " is not back yet",
                        "the pod starts; kubectl describe pod " + name + " says what it waits for"));
            }
            boolean behind = wanted.equals(pod.get().podHash())
                    && member(name)
                            .filter(member ->
                                    !world.hasLostStore(member) && !(pod.get().isReady() && world.isCaughtUp(member)))
                            .isPresent();
            if (behind) {
                return Optional.of(
                        new Wait(
                                "PreviousPodCatchingUp",
                                "Pod/" + name,
                                "pods restart one at a time, and " + name
                                        + " does not serve yet, its peers do not hear of it, or Kubernetes does not count it as ready",
                                "the pod serves again and is ready; if its new template is wrong, correct the spec: that is applied at once"));
            }
        }
        return Optional.empty();
    }

    private Decision firstAllowed(List<PodView> outdated) {
        Optional<Wait> reason = Optional.empty();
        for (PodView pod : outdated) {
            Optional<Wait> obstacle = obstacle(pod);
            if (obstacle.isEmpty()) {
                return restart(pod, "its template is outdated; every partition it holds keeps its quorums");
            }
            reason = reason.isPresent() ? reason : obstacle;
        }
        return new Held(reason.orElseThrow());
    }

    /** Why this pod may not go now. It may serve, so without the ring nobody can say whose copies it is needed for. */
    private Optional<Wait> obstacle(PodView pod) {
        Optional<Ring> ring = world.ring();
        if (ring.isEmpty()) {
            return Optional.of(new Wait(
                    "RingUnknown",
                    "Pod/" + pod.name(),
                    "which partitions need " + pod.name() + " is not known while the ring is missing",
                    "the ring is found again, or made"));
        }
        Optional<Member> member = member(pod.name());
        if (member.isEmpty()) {
            return Optional.empty();
        }
        int lacking = 0;
        Optional<Lack> example = Optional.empty();
        List<Integer> held = ring.get().partitionsOf(member.get().getStoreId());
        for (int partition : held) {
            Optional<Lack> lack = lack(ring.get(), partition, member.get());
            lacking += lack.isPresent() ? 1 : 0;
            example = lack.isPresent() ? lack : example;
        }
        return example.isEmpty()
                ? Optional.empty()
                : Optional.of(new Wait(
                        "QuorumRule",
                        "Pod/" + pod.name(),
                        "without " + pod.name() + " " + lacking + " of its " + held.size()
                                + " partitions would have too few live replicas, for example partition "
                                + example.get().partition() + ": "
                                + example.get().live() + " others live, "
                                + example.get().required() + " required",
                        "the other replicas serve and hear of each other again"));
    }

    /** A partition of which too few replicas would be left. */
    private record Lack(int partition, long live, int required) {}

    /** Of the replicas, and of those that the partition moves to: writes need both. */
    private Optional<Lack> lack(Ring ring, int partition, Member leaving) {
        return lack(
                        partition,
                        ring.replicas(partition),
                        required(ring.replicas(partition).size(), ring.read(partition), ring.write(partition)),
                        leaving)
                .or(() -> lack(
                        partition,
                        ring.target(partition),
                        required(
                                ring.target(partition).size(), ring.targetRead(partition), ring.targetWrite(partition)),
                        leaving));
    }

    private Optional<Lack> lack(int partition, List<Member> replicas, int required, Member leaving) {
        boolean its = replicas.stream().anyMatch(replica -> replica.getIndex() == leaving.getIndex());
        long others = replicas.stream()
                .filter(replica -> replica.getIndex() != leaving.getIndex() && world.isCaughtUp(replica))
                .count();
        return its && others < required ? Optional.of(new Lack(partition, others, required)) : Optional.empty();
    }

    /**
     * The largest quorum, but never all: where quorums need every replica (one or two copies, or W = N) no restart could keep
     * them, so there it is enough that all others are live.
     */
    private static int required(int copies, int read, int write) {
        return Math.min(QuorumNeeds.largest(copies, read, write), copies - 1);
    }

    private Optional<Member> member(String pod) {
        return world.ring().stream()
                .flatMap(ring -> ring.members().stream())
                .filter(member -> member.getName().equals(pod) && member.getState() != MemberState.REPLACED)
                .findFirst();
    }

    private static Decision restart(PodView pod, String reason) {
        return new Restart(pod.name(), pod.uid(), reason);
    }

    private static Decision held(String check, String object, String why, String remedy) {
        return new Held(new Wait(check, object, why, remedy));
    }
}
