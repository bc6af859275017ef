package io.kvcluster.operator.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.operator.nodeadmin.NodeAdmin;
import io.kvcluster.operator.observation.Observer;
import io.kvcluster.operator.resources.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What starts a pass: a change of any object that carries the cluster's label, and news from its nodes. */
final class Sources {
    private Sources() {}

    static List<EventSource<?, KvCluster>> of(EventSourceContext<KvCluster> context, NodeAdmin nodes) {
        List<EventSource<?, KvCluster>> sources = new ArrayList<>();
        Observer.PLAIN_KINDS.forEach(kind -> sources.add(informer(kind, context)));
        sources.add(informer(ConfigMap.class, context));
        sources.add(informer(StatefulSet.class, context));
        sources.add(informer(Pod.class, context));
        sources.add(informer(PersistentVolumeClaim.class, context));
        SimpleInboundEventSource<KvCluster> news = new SimpleInboundEventSource<>("nodes");
        nodes.listen(cluster -> {
            // Before the first pass and after the last there is nobody to wake.
            if (news.isRunning()) {
                news.propagateEvent(new ResourceID(cluster.name(), cluster.namespace()));
            }
        });
        sources.add(news);
        return sources;
    }

    private static <T extends HasMetadata> EventSource<T, KvCluster> informer(
            Class<T> kind, EventSourceContext<KvCluster> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(kind, KvCluster.class)
                        .withLabelSelector(Labels.CLUSTER)
                        .withSecondaryToPrimaryMapper(Sources::cluster)
                        .withNamespacesInheritedFromController()
                        .build(),
                context);
    }

    private static Set<ResourceID> cluster(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        String name = labels == null ? null : labels.get(Labels.CLUSTER);
        return name == null
                ? Set.of()
                : Set.of(new ResourceID(name, object.getMetadata().getNamespace()));
    }
}
