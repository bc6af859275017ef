package io.kvcluster.operator.cluster;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;

/** What the operator counts. Any thread. */
public final class OperatorMetrics {
    private final Histogram reconciliation;
    private final Counter steps;
    private final Counter apiErrors;
    private final Gauge members;
    private final Gauge membersLive;
    private final Gauge underReplicated;

    public OperatorMetrics(PrometheusRegistry registry) {
        reconciliation = Histogram.builder()
                .name("kvcluster_operator_reconcile_duration_seconds")
                .help("One pass over a KvCluster.")
                .labelNames("outcome")
                .register(registry);
        steps = Counter.builder()
                .name("kvcluster_operator_steps_total")
                .help("Steps of plans, by type and by how they went.")
                .labelNames("step", "outcome")
                .register(registry);
        apiErrors = Counter.builder()
                .name("kvcluster_operator_api_errors_total")
                .help("Calls that the API server refused, by HTTP code; 0 when it did not answer.")
                .labelNames("code")
                .register(registry);
        apiErrors.initLabelValues("0"); // a rate of what is not there yet says nothing
        members = Gauge.builder()
                .name("kvcluster_operator_members")
                .help("Members of the ring.")
                .labelNames("namespace", "cluster")
                .register(registry);
        membersLive = Gauge.builder()
                .name("kvcluster_operator_members_live")
                .help("Members that the operator hears of.")
                .labelNames("namespace", "cluster")
                .register(registry);
        underReplicated = Gauge.builder()
                .name("kvcluster_operator_under_replicated_partitions")
                .help("Partitions with fewer live replicas than the replication factor.")
                .labelNames("namespace", "cluster")
                .register(registry);
    }

    void reconciled(String outcome, Duration duration) {
        reconciliation.labelValues(outcome).observe(duration.toNanos() / 1e9);
    }

    void step(String step, String outcome) {
        steps.labelValues(step, outcome).inc();
    }

    void apiError(int code) {
        apiErrors.labelValues(String.valueOf(code)).inc();
    }

    void cluster(String namespace, String name, int memberCount, int liveCount, int underReplicatedPartitions) {
        members.labelValues(namespace, name).set(memberCount);
        membersLive.labelValues(namespace, name).set(liveCount);
        underReplicated.labelValues(namespace, name).set(underReplicatedPartitions);
    }

    void forget(String namespace, String name) {
        members.remove(namespace, name);
        membersLive.remove(namespace, name);
        underReplicated.remove(namespace, name);
    }
}
