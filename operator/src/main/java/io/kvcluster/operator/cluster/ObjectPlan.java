package io.kvcluster.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.moves.PodRemoval;
import io.kvcluster.operator.moves.RingMoves;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Shape;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.ClientService;
import io.kvcluster.operator.resources.Difference;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.operator.resources.NodeDisruptionBudget;
import io.kvcluster.operator.resources.NodeNetworkPolicy;
import io.kvcluster.operator.resources.NodeServiceAccount;
import io.kvcluster.operator.resources.NodeStatefulSet;
import io.kvcluster.operator.resources.NodesService;
import io.kvcluster.operator.resources.RingConfigMap;
import io.kvcluster.operator.volumes.Claims;
import io.kvcluster.ring.Ring;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The objects that have to be there: what is missing is created, what drifted is applied again. */
final class ObjectPlan {
    private ObjectPlan() {}

    /** @param pods false: everything but the StatefulSets, which would start pods */
    static void plan(Observation world, String defaultImage, boolean pods, List<Step> steps, List<Wait> waits) {
        KvCluster cluster = world.cluster();
        apply(world.plain(), NodeServiceAccount.desired(cluster), steps);
        apply(world.plain(), NodesService.desired(cluster), steps);
        apply(world.plain(), ClientService.desired(cluster), steps);
        apply(world.plain(), budget(world), steps);
        apply(world.plain(), NodeNetworkPolicy.desired(cluster), steps);
        if (world.ringMap().isEmpty()) {
            steps.add(new Step.CreateRingMap(RingConfigMap.skeleton(cluster)));
        }
        if (pods) {
            Map<String, Integer> zones = new LinkedHashMap<>(world.shape().podsByZone());
            world.statefulSets().forEach(set -> zones.putIfAbsent(zone(set), 0));
            zones.forEach((zone, count) -> statefulSet(world, zone, count, defaultImage, steps, waits));
        }
    }

    /** Of a StatefulSet that is there: maybe of a zone that the spec named once, and in which nobody became a member. */
    private static String zone(StatefulSet set) {
        return Optional.ofNullable(set.getMetadata().getLabels())
                .map(labels -> labels.get(Labels.ZONE))
                .orElse("");
    }

    /** By the ring once there is one, and by what leaves least to spare in it: a change of the spec must not loosen it early. */
    private static HasMetadata budget(Observation world) {
        KvClusterSpec spec = world.spec();
        int spare = world.ring()
                .map(ObjectPlan::spare)
                .orElseGet(() ->
                        NodeDisruptionBudget.spare(spec.replicationFactor(), spec.readQuorum(), spec.writeQuorum()));
        return NodeDisruptionBudget.desired(world.cluster(), spare);
    }

    private static int spare(Ring ring) {
        int least = Integer.MAX_VALUE;
        for (int p = 0; p < ring.partitions(); p++) {
            least = Math.min(least, NodeDisruptionBudget.spare(ring.replicas(p).size(), ring.read(p), ring.write(p)));
            least = Math.min(
                    least, NodeDisruptionBudget.spare(ring.target(p).size(), ring.targetRead(p), ring.targetWrite(p)));
        }
        return least;
    }

    private static void apply(List<? extends HasMetadata> existing, HasMetadata desired, List<Step> steps) {
        applySealed(existing, Difference.sealed(desired), steps);
    }

    /** Never smaller by the way: that is a step of its own, with proof. Everything else about it is applied first. */
    private static void statefulSet(
            Observation world, String zone, int count, String defaultImage, List<Step> steps, List<Wait> waits) {
        String name = Names.statefulSet(world.key().name(), zone);
        Optional<StatefulSet> existing = world.statefulSets().stream()
                .filter(set -> set.getMetadata().getName().equals(name))
                .findFirst();
        if (existing.filter(set -> set.getMetadata().getDeletionTimestamp() != null)
                .isPresent()) {
            return; // made anew when it is gone
        }
        // Pods of a StatefulSet that is not there go on; one that is made for fewer would take them away.
        int now = existing.map(set -> set.getSpec().getReplicas()).orElseGet(() -> there(world, name));
        int most = startable(world, name, now, count, waits);
        if (existing.isEmpty() && most == 0) {
            return;
        }
        int before = steps.size();
        applySealed(world.statefulSets(), sealed(world, zone, most, defaultImage, existing), steps);
        if (existing.isEmpty() || steps.size() > before) {
            return;
        }
        if (now > count) {
            shrink(world, zone, count, defaultImage, existing.get(), steps, waits);
        } else if (now == count) {
            Claims.outgrown(world, existing.get())
                    .ifPresent(size -> steps.add(new Step.RecreateStatefulSet(
                            name,
                            existing.get().getMetadata().getUid(),
                            existing.get().getMetadata().getResourceVersion(),
                            size.from(),
                            size.to())));
        }
    }

    private static int there(Observation world, String set) {
        return world.pods().values().stream()
                .filter(pod -> !pod.isLeaving() && Names.isPodOf(pod.name(), set))
                .mapToInt(pod -> Shape.ordinal(pod.name()) + 1)
                .max()
                .orElse(0);
    }

    /** Up to the first pod whose volume is in quarantine. */
    private static int startable(Observation world, String set, int now, int count, List<Wait> waits) {
        for (int ordinal = now; ordinal < count; ordinal++) {
            Optional<Wait> setAside = Claims.setAside(world, Names.pod(set, ordinal));
            if (setAside.isPresent()) {
                waits.add(setAside.get());
                return ordinal;
            }
        }
        return Math.max(now, count);
    }

    private static void shrink(
            Observation world,
            String zone,
            int count,
            String defaultImage,
            StatefulSet set,
            List<Step> steps,
            List<Wait> waits) {
        int now = set.getSpec().getReplicas();
        switch (PodRemoval.of(world, set.getMetadata().getName(), now, count)) {
            case PodRemoval.Held(Wait reason) -> waits.add(reason);
            case PodRemoval.FirstMark(List<RingMoves.Mark> marks) ->
                marks.forEach(mark -> steps.add(new Step.MarkDrained(mark.claim(), mark.uid(), mark.storeId())));
            case PodRemoval.Allowed() ->
                steps.add(new Step.ShrinkStatefulSet(
                        sealed(world, zone, count, defaultImage, Optional.of(set)), now, count));
        }
    }

    /** Of the very version that was looked at: a number of replicas that was made from an older one could take pods away. */
    private static StatefulSet sealed(
            Observation world, String zone, int count, String defaultImage, Optional<StatefulSet> existing) {
        StatefulSet desired = NodeStatefulSet.desired(world.cluster(), world.spec(), zone, count, defaultImage);
        // A claim template cannot be changed; claims grow one by one. So it is no part of what may differ.
        List<PersistentVolumeClaim> claims = existing.orElse(desired).getSpec().getVolumeClaimTemplates();
        desired.getSpec().setVolumeClaimTemplates(List.of());
        StatefulSet sealed = Difference.sealed(desired);
        sealed.getSpec().setVolumeClaimTemplates(claims);
        existing.map(set -> set.getMetadata().getResourceVersion()).ifPresent(sealed.getMetadata()::setResourceVersion);
        return sealed;
    }

    private static void applySealed(List<? extends HasMetadata> existing, HasMetadata sealed, List<Step> steps) {
        Optional<? extends HasMetadata> found = find(existing, sealed);
        if (found.isEmpty()) {
            steps.add(new Step.Apply(sealed, false, ""));
            return;
        }
        Difference.of(sealed, found.get()).ifPresent(path -> steps.add(new Step.Apply(sealed, true, path)));
    }

    private static <T extends HasMetadata> Optional<T> find(List<T> existing, HasMetadata wanted) {
        return existing.stream()
                .filter(each -> each.getKind().equals(wanted.getKind())
                        && each.getMetadata()
                                .getName()
                                .equals(wanted.getMetadata().getName()))
                .findFirst();
    }
}
