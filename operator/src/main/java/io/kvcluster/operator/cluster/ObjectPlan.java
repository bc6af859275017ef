package io.kvcluster.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.resources.ClientService;
import io.kvcluster.operator.resources.Difference;
import io.kvcluster.operator.resources.NodeDisruptionBudget;
import io.kvcluster.operator.resources.NodeNetworkPolicy;
import io.kvcluster.operator.resources.NodeServiceAccount;
import io.kvcluster.operator.resources.NodeStatefulSet;
import io.kvcluster.operator.resources.NodesService;
import io.kvcluster.operator.resources.RingConfigMap;
import java.util.List;
import java.util.Optional;

/** The objects that have to be there: what is missing is created, what drifted is applied again. */
final class ObjectPlan {
    private ObjectPlan() {}

    /** @param pods false: everything but the StatefulSets, which would start pods */
    static void plan(Observation world, String defaultImage, boolean pods, List<Step> steps) {
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
            world.shape().podsByZone().forEach((zone, count) -> statefulSet(world, zone, count, defaultImage, steps));
        }
    }

    /** By the ring once there is one: a change of the spec that is held must not loosen it. */
    private static HasMetadata budget(Observation world) {
        KvCluster cluster = world.cluster();
        KvClusterSpec spec = world.spec();
        return world.ring()
                .map(ring ->
                        NodeDisruptionBudget.desired(cluster, ring.replicas(0).size(), ring.read(0), ring.write(0)))
                .orElseGet(() -> NodeDisruptionBudget.desired(
                        cluster, spec.replicationFactor(), spec.readQuorum(), spec.writeQuorum()));
    }

    private static void apply(List<? extends HasMetadata> existing, HasMetadata desired, List<Step> steps) {
        applySealed(existing, Difference.sealed(desired), steps);
    }

    private static void statefulSet(Observation world, String zone, int count, String defaultImage, List<Step> steps) {
        StatefulSet desired = NodeStatefulSet.desired(world.cluster(), world.spec(), zone, count, defaultImage);
        Optional<StatefulSet> existing = find(world.statefulSets(), desired);
        if (existing.isEmpty() && count == 0) {
            return;
        }
        // A claim template cannot be changed; claims grow one by one. So it is no part of what may differ.
        List<PersistentVolumeClaim> claims = existing.orElse(desired).getSpec().getVolumeClaimTemplates();
        desired.getSpec().setVolumeClaimTemplates(List.of());
        StatefulSet sealed = Difference.sealed(desired);
        sealed.getSpec().setVolumeClaimTemplates(claims);
        applySealed(world.statefulSets(), sealed, steps);
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
