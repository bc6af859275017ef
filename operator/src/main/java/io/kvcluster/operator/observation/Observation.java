package io.kvcluster.operator.observation;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One look at a cluster.
 *
 * @param spec the spec that is followed; there is none to follow, there is no observation
 * @param ringMap absent when there is no ConfigMap
 * @param memberRing the newest ring that a member uses, asked for only when it is newer than the ConfigMap's
 * @param plain Services, accounts, budget, policy
 * @param pods by name
 * @param watchedSince since when this operator process watches the nodes
 */
public record Observation(
        KvCluster cluster,
        Steering steering,
        KvClusterSpec spec,
        Shape shape,
        Optional<ConfigMap> ringMap,
        RingRecord record,
        Optional<Ring> memberRing,
        List<HasMetadata> plain,
        List<StatefulSet> statefulSets,
        Map<String, PodView> pods,
        List<PersistentVolumeClaim> claims,
        Optional<Instant> watchedSince,
        Instant now) {
    public Observation {
        plain = List.copyOf(plain);
        statefulSets = List.copyOf(statefulSets);
        pods = Map.copyOf(pods);
        claims = List.copyOf(claims);
    }

    /** The same world under another spec, which nobody applied: what would be wanted then. */
    public Observation supposing(KvClusterSpec other) {
        return new Observation(
                cluster,
                steering,
                other,
                Shape.of(key().name(), other, ring(), claims),
                ringMap,
                record,
                memberRing,
                plain,
                statefulSets,
                pods,
                claims,
                watchedSince,
                now);
    }

    public ClusterKey key() {
        return ClusterKey.of(cluster);
    }

    /** The ring in force, as the ConfigMap has it. */
    public Optional<Ring> ring() {
        return record.written();
    }

    public Optional<PodView> pod(String name) {
        return Optional.ofNullable(pods.get(name));
    }

    /** What a member says, if the pod of its name is up and still has the member's store. */
    public Optional<NodeReport> report(Member member) {
        return pod(member.getName())
                .flatMap(PodView::report)
                .filter(report -> report.storeId().equals(member.getStoreId()));
    }

    /**
     * Counts for quorums: up, with its own disk, and serving under the ring in force or the one before. No ring is written before each
     * member that can be told has the one before it, and who is asked under a newer ring adopts it before it answers: a member that
     * is one behind is just being told, one that is two behind does not take rings.
     */
    public boolean isServing(Member member) {
        long epoch = ring().map(Ring::epoch).orElse(0L);
        return report(member).filter(report -> report.phase() == Phase.SERVING).isPresent()
                && pod(member.getName()).map(PodView::ringEpoch).orElse(0L) >= epoch - 1;
    }

    /** Serving, and says that it uses the ring in force. */
    private boolean isCurrent(Member member) {
        long epoch = ring().map(Ring::epoch).orElse(0L);
        return report(member)
                .filter(report -> report.phase() == Phase.SERVING && report.ringEpoch() >= epoch)
                .isPresent();
    }

    /** A pod of a member's name that has another disk: what it holds is not what the member held. */
    public boolean hasLostStore(Member member) {
        return pod(member.getName())
                .flatMap(PodView::report)
                .filter(report ->
                        !report.storeId().isEmpty() && !report.storeId().equals(member.getStoreId()))
                .isPresent();
    }

    /** Serving under the ring in force, and most of the others that do hear of it: it takes its share of writes again. */
    public boolean isCaughtUp(Member member) {
        if (!isCurrent(member)) {
            return false;
        }
        List<NodeReport> others = ring().stream()
                .flatMap(ring -> ring.members().stream())
                .filter(other -> other.getIndex() != member.getIndex() && isCurrent(other))
                .flatMap(other -> report(other).stream())
                .toList();
        long hearing = others.stream()
                .filter(report -> report.peers().getOrDefault(member.getStoreId(), false))
                .count();
        return others.isEmpty() || 2 * hearing > others.size();
    }
}
