package io.kvcluster.operator.observation;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.nodeadmin.NodeAdmin;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeState;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.resources.Durations;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at the world once and changes nothing in it, but for which nodes are watched. */
public final class Observer {
    /** The kinds that a cluster is made of and that need no more than to be as desired. */
    public static final List<Class<? extends HasMetadata>> PLAIN_KINDS =
            List.of(ServiceAccount.class, Service.class, PodDisruptionBudget.class, NetworkPolicy.class);

    private final NodeAdmin nodes;
    private final InstantSource clock;

    public Observer(NodeAdmin nodes, InstantSource clock) {
        this.nodes = nodes;
        this.clock = clock;
    }

    /** @param steering must have a spec to follow */
    public Observation observe(KvCluster cluster, Steering steering, ResourceReader resources) {
        KvClusterSpec spec = steering.spec().orElseThrow();
        ClusterKey key = ClusterKey.of(cluster);
        List<Pod> pods = resources.all(Pod.class).stream()
                .filter(pod -> Labels.NODE.equals(pod.getMetadata().getLabels().get(Labels.COMPONENT)))
                .toList();
        Map<String, PodView> views = views(key, spec, pods);
        Optional<ConfigMap> map = resources.all(ConfigMap.class).stream()
                .filter(each -> each.getMetadata().getName().equals(Names.ringConfigMap(key.name())))
                .findFirst();
        RingRecord record = RingRecord.of(map.orElse(null), key.name());
        List<PersistentVolumeClaim> claims = byName(resources.all(PersistentVolumeClaim.class));
        List<HasMetadata> plain = new ArrayList<>();
        PLAIN_KINDS.forEach(kind -> plain.addAll(resources.all(kind)));
        return new Observation(
                cluster,
                steering,
                spec,
                Shape.of(key.name(), spec, record.written(), claims),
                map,
                record,
                newerMemberRing(record, views),
                plain,
                byName(resources.all(StatefulSet.class)),
                views,
                claims,
                nodes.watchedSince(key),
                clock.instant());
    }

    private Map<String, PodView> views(ClusterKey key, KvClusterSpec spec, List<Pod> pods) {
        Map<String, PodView> views = new HashMap<>();
        pods.forEach(pod -> views.put(pod.getMetadata().getName(), new PodView(pod, Optional.empty())));
        nodes.watch(
                key,
                views.values().stream()
                        .filter(view -> !view.isLeaving())
                        .flatMap(view -> view.target().stream())
                        .collect(Collectors.toSet()),
                Durations.parse(spec.healing().downAfter()).orElse(Duration.ofSeconds(5)));
        Map<String, NodeState> states = nodes.states(key);
        views.replaceAll((_, view) -> new PodView(view.pod(), Optional.ofNullable(states.get(view.uid()))));
        return views;
    }

    /**
     * Asks those that report the largest epoch, if that is larger than the ConfigMap's, one after another until one gives it. What is older
     * than its own report is not it.
     */
    private Optional<Ring> newerMemberRing(RingRecord record, Map<String, PodView> views) {
        long known = record.written().map(Ring::epoch).orElse(0L);
        long newest = views.values().stream().mapToLong(Observer::epoch).max().orElse(0L);
        if (newest <= known) {
            return Optional.empty();
        }
        return views.values().stream()
                .filter(view -> epoch(view) == newest)
                .sorted(Comparator.comparing(PodView::name))
                .flatMap(view -> view.target().stream())
                .flatMap(target -> nodes.fetchRing(target).stream())
                .flatMap(check -> check instanceof RingCheck.Valid(Ring ring) ? Stream.of(ring) : Stream.empty())
                .filter(ring -> ring.epoch() >= newest)
                .findFirst();
    }

    private static long epoch(PodView view) {
        return view.report().map(NodeReport::ringEpoch).orElse(0L);
    }

    private static <T extends HasMetadata> List<T> byName(List<T> objects) {
        return objects.stream()
                .sorted(Comparator.comparing(object -> object.getMetadata().getName()))
                .toList();
    }
}
