package io.kvcluster.operator.cluster;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.resources.Labels;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells what was decided: an event for kubectl describe, a line of log, a count. Telling never fails a pass. */
final class Decisions {
    private static final Logger LOG = LoggerFactory.getLogger("io.kvcluster.operator.decisions");
    private static final int MAX_MESSAGE = 1000;

    private final KubernetesClient client;
    private final InstantSource clock;
    private final OperatorMetrics metrics;
    private final AtomicLong sequence = new AtomicLong();

    Decisions(KubernetesClient client, InstantSource clock, OperatorMetrics metrics) {
        this.client = client;
        this.clock = clock;
        this.metrics = metrics;
    }

    void done(KvCluster cluster, Step step) {
        metrics.step(step.name(), "done");
        log(Level.INFO, cluster, step.name(), step.describe());
        if (step.isEvent()) {
            event(cluster, "Normal", step.name(), step.describe());
        }
    }

    /** The ring is on its way to something else than before, or has arrived. */
    void operation(KvCluster cluster, String reason, String message) {
        log(Level.INFO, cluster, reason, message);
        event(cluster, "Normal", reason, message);
    }

    void failed(KvCluster cluster, Step step, KubernetesClientException e) {
        metrics.step(step.name(), "failed");
        metrics.apiError(e.getCode());
        log(Level.WARN, cluster, step.name() + "Failed", step.describe() + ": " + e.getMessage());
    }

    void overtaken(KvCluster cluster, Step step, KubernetesClientException e) {
        metrics.step(step.name(), "overtaken");
        log(Level.INFO, cluster, step.name() + "Overtaken", step.describe() + ": " + e.getMessage());
    }

    /** The API server showed another world than the caches. */
    void reconsidered(KvCluster cluster, Step step) {
        metrics.step(step.name(), "reconsidered");
        log(Level.INFO, cluster, step.name() + "Reconsidered", "not done on a second look: " + step.describe());
    }

    /** Something new is waited for. */
    void waits(KvCluster cluster, Wait wait) {
        log(Level.INFO, cluster, wait.check(), wait.object() + ": " + wait.why());
        event(cluster, "Warning", wait.check(), wait.why() + ". Remedy: " + wait.remedy());
    }

    private static void log(Level level, KvCluster cluster, String decision, String message) {
        LOG.atLevel(level)
                .addKeyValue("cluster", ClusterKey.of(cluster))
                .addKeyValue("generation", cluster.getMetadata().getGeneration())
                .addKeyValue("decision", decision)
                .log(message);
    }

    private void event(KvCluster cluster, String type, String reason, String message) {
        Instant now = clock.instant();
        String name = cluster.getMetadata().getName() + "." + Long.toHexString(now.toEpochMilli()) + "."
                + Long.toHexString(sequence.incrementAndGet());
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        Event event = new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(cluster.getMetadata().getNamespace())
                .endMetadata()
                .withType(type)
                .withReason(reason)
                .withMessage(message.substring(0, Math.min(MAX_MESSAGE, message.length())))
                .withFirstTimestamp(time)
                .withLastTimestamp(time)
                .withCount(1)
                .withNewSource()
                .withComponent(Labels.MANAGER)
                .endSource()
                .withReportingComponent(Labels.MANAGER)
                .withNewInvolvedObject()
                .withApiVersion(KvCluster.GROUP + "/" + KvCluster.VERSION)
                .withKind(KvCluster.KIND)
                .withName(cluster.getMetadata().getName())
                .withNamespace(cluster.getMetadata().getNamespace())
                .withUid(cluster.getMetadata().getUid())
                .endInvolvedObject()
                .build();
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            metrics.apiError(e.getCode());
            LOG.debug("an event could not be written", e);
        }
    }
}
