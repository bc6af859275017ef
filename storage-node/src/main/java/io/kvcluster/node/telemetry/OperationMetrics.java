package io.kvcluster.node.telemetry;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;

/** Client operations by level, kind and end. Any thread; a few additions, no look-up, no allocation. */
public final class OperationMetrics {
    /** Label {@code outcome}. */
    private enum End {
        OK,
        NOT_FOUND,
        NOT_APPLIED,
        UNKNOWN
    }

    /** From an in-memory read to the default deadline, three to a decade. */
    private static final double[] SECONDS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    private static final double SECONDS_PER_NANO = 1e-9;

    private final CounterDataPoint[][][] ends;
    private final DistributionDataPoint[][] durations;
    private final CounterDataPoint[] quorumFailures;

    OperationMetrics(PrometheusRegistry registry) {
        Counter operations = Counter.builder()
                .name("kvstore_operations_total")
                .help("Client operations that this node coordinated")
                .labelNames("consistency_level", "operation", "outcome")
                .withoutExemplars()
                .register(registry);
        Histogram duration = Histogram.builder()
                .name("kvstore_operation_duration_seconds")
                .help("Time from the start of coordination to the outcome")
                .labelNames("consistency_level", "operation")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .withoutExemplars()
                .register(registry);
        Counter failures = Counter.builder()
                .name("kvstore_quorum_failures_total")
                .help("Operations for which too few replicas answered")
                .labelNames("operation")
                .withoutExemplars()
                .register(registry);
        int levels = ConsistencyLevel.values().length;
        int kinds = Operation.values().length;
        ends = new CounterDataPoint[levels][kinds][End.values().length];
        durations = new DistributionDataPoint[levels][kinds];
        quorumFailures = new CounterDataPoint[kinds];
        for (Operation operation : Operation.values()) {
            quorumFailures[operation.ordinal()] = failures.labelValues(label(operation));
            for (ConsistencyLevel level : ConsistencyLevel.values()) {
                durations[level.ordinal()][operation.ordinal()] = duration.labelValues(label(level), label(operation));
                for (End end : End.values()) {
                    ends[level.ordinal()][operation.ordinal()][end.ordinal()] =
                            operations.labelValues(label(level), label(operation), label(end));
                }
            }
        }
    }

    /** @param nanos from the start of coordination to the outcome */
    public void finished(ConsistencyLevel level, Operation operation, Outcome outcome, long nanos) {
        ends[level.ordinal()][operation.ordinal()][end(outcome).ordinal()].inc();
        durations[level.ordinal()][operation.ordinal()].observe(nanos * SECONDS_PER_NANO);
    }

    public void quorumFailed(Operation operation) {
        quorumFailures[operation.ordinal()].inc();
    }

    private static End end(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Applied _ -> End.OK;
            case Outcome.Read read -> {
                for (Outcome.Version sibling : read.siblings()) {
                    if (!sibling.deleted()) {
                        yield End.OK;
                    }
                }
                yield End.NOT_FOUND;
            }
            case Outcome.NotApplied _ -> End.NOT_APPLIED;
            case Outcome.Unknown _ -> End.UNKNOWN;
        };
    }

    static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
