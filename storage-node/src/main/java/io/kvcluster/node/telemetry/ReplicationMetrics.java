package io.kvcluster.node.telemetry;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/** What happens among the replicas of a key. Any thread; additions only. */
public final class ReplicationMetrics {
    private static final List<String> RESOLVER_FAILURES = List.of("missing", "threw", "too_large", "too_slow", "busy");

    private final CounterDataPoint readRepairs;
    private final CounterDataPoint discarded;
    private final CounterDataPoint kept;
    private final CounterDataPoint resolved;
    private final Counter resolverFailures;
    private final CounterDataPoint crowded;
    private final CounterDataPoint[] violations = new CounterDataPoint[ConsistencyViolation.values().length];

    ReplicationMetrics(PrometheusRegistry registry) {
        readRepairs = Counter.builder()
                .name("kvstore_read_repair_total")
                .help("Replicas that a read brought up to date")
                .withoutExemplars()
                .register(registry);
        Counter conflicts = Counter.builder()
                .name("kvstore_conflicts_total")
                .help("Concurrent values of one key, by what became of them")
                .labelNames("resolution")
                .withoutExemplars()
                .register(registry);
        discarded = conflicts.labelValues("discarded");
        kept = conflicts.labelValues("kept");
        resolved = conflicts.labelValues("resolved");
        resolverFailures = Counter.builder()
                .name("kvstore_resolver_failures_total")
                .help("Times that the resolver of a user gave no result and the values stayed side by side")
                .labelNames("reason")
                .withoutExemplars()
                .register(registry);
        RESOLVER_FAILURES.forEach(resolverFailures::labelValues);
        crowded = Counter.builder()
                .name("kvstore_sibling_warnings_total")
                .help("Client writes that left a key with many siblings")
                .withoutExemplars()
                .register(registry);
        Counter broken = Counter.builder()
                .name("kvstore_consistency_violations_total")
                .help("What must never happen")
                .labelNames("kind")
                .withoutExemplars()
                .register(registry);
        for (ConsistencyViolation kind : ConsistencyViolation.values()) {
            violations[kind.ordinal()] = broken.labelValues(OperationMetrics.label(kind));
        }
    }

    /** A read made so many replicas hold what they lacked. */
    public void readRepaired(int replicas) {
        readRepairs.inc(replicas);
    }

    /** The last writer won over so many concurrent values. */
    public void conflictDiscarded(int siblings) {
        discarded.inc(siblings);
    }

    /** So many concurrent values were kept as siblings. */
    public void conflictKept(int siblings) {
        kept.inc(siblings);
    }

    /** A user's resolver made one of so many concurrent values. */
    public void conflictResolved(int values) {
        resolved.inc(values);
    }

    /** @param reason one of missing, threw, too_large, too_slow, busy */
    public void resolverFailed(String reason) {
        resolverFailures.labelValues(reason).inc();
    }

    public void manySiblings() {
        crowded.inc();
    }

    public void violated(ConsistencyViolation kind) {
        violations[kind.ordinal()].inc();
    }
}
