package io.kvcluster.operator.cluster;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.ReclaimPolicy;
import io.kvcluster.crd.RingStatus;
import io.kvcluster.operator.observation.ResourceReader;
import io.kvcluster.operator.observation.SpecRules;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.volumes.Reclaim;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The end of a cluster: first the StatefulSets, so that nothing makes new pods, then the claims by {@code storage.reclaim}. All
 * else has an owner and is collected by Kubernetes. It never asks a storage node, and waits for pods only as long as they may
 * take to stop: a dead machine does not hold it up.
 */
final class Deletion {
    /** Longer than a pod's grace period; a pod still there after it is on a machine that does not answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KubernetesClient client;
    private final StepRunner runner;
    private final InstantSource clock;

    Deletion(KubernetesClient client, StepRunner runner, InstantSource clock) {
        this.client = client;
        this.runner = runner;
        this.clock = clock;
    }

    /** Whether everything that has to go is gone; call again until it is. Idempotent. */
    boolean proceed(KvCluster cluster) {
        ClusterKey key = ClusterKey.of(cluster);
        ResourceReader live = ResourceReader.live(client, key);
        List<StatefulSet> sets = live.all(StatefulSet.class);
        for (StatefulSet set : sets) {
            if (set.getMetadata().getDeletionTimestamp() == null) {
                client.resource(set)
                        .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                        .delete();
            }
        }
        if (!sets.isEmpty()) {
            return false;
        }
        reclaim(cluster, key, live.all(PersistentVolumeClaim.class));
        List<Pod> pods = live.all(Pod.class);
        pods.stream().filter(Deletion::isLeftBehind).forEach(pod -> runner.delete(key, pod));
        return pods.stream().allMatch(this::isPastWaitingFor);
    }

    /** Its StatefulSet was to be made anew when the cluster was deleted, so nobody collects it. */
    private static boolean isLeftBehind(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getMetadata().getOwnerReferences().isEmpty()
                && Labels.NODE.equals(pod.getMetadata().getLabels().get(Labels.COMPONENT));
    }

    private void reclaim(KvCluster cluster, ClusterKey key, List<PersistentVolumeClaim> claims) {
        KvClusterStatus status = cluster.getStatus();
        RingStatus ring = status == null ? null : status.ring();
        String stamp = Reclaim.stamp(clock.instant());
        for (Reclaim.Action action : Reclaim.actions(
                policy(cluster), claims, Optional.ofNullable(ring).map(RingStatus::clusterId), stamp)) {
            switch (action) {
                case Reclaim.Delete(String claim) ->
                    client.resources(PersistentVolumeClaim.class)
                            .inNamespace(key.namespace())
                            .withName(claim)
                            .delete();
                case Reclaim.Label(String claim, String label, String value) -> runner.label(key, claim, label, value);
            }
        }
    }

    /** Without any readable wish the data is kept. */
    private static ReclaimPolicy policy(KvCluster cluster) {
        return Optional.ofNullable(cluster.getSpec())
                .or(() -> SpecRules.steer(cluster).spec())
                .map(KvClusterSpec::storage)
                .map(storage -> storage.reclaim())
                .orElse(ReclaimPolicy.RETAIN);
    }

    private boolean isPastWaitingFor(Pod pod) {
        String deleted = pod.getMetadata().getDeletionTimestamp();
        return deleted != null && Instant.parse(deleted).plus(PATIENCE).isBefore(clock.instant());
    }
}
