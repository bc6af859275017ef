package io.kvcluster.node.telemetry;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** The durable log. Any thread; additions only. */
public final class LogMetrics {
    private static final double[] FSYNC_SECONDS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };
    private static final double[] GROUP_RECORDS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
    private static final double SECONDS_PER_NANO = 1e-9;

    private final DistributionDataPoint fsync;
    private final DistributionDataPoint group;

    LogMetrics(PrometheusRegistry registry) {
        Histogram fsyncs = Histogram.builder()
                .name("kvstore_log_fsync_seconds")
                .help("Time of one fsync of the log")
                .classicOnly()
                .classicUpperBounds(FSYNC_SECONDS)
                .withoutExemplars()
                .register(registry);
        Histogram groups = Histogram.builder()
                .name("kvstore_log_group_records")
                .help("Records made durable by one fsync")
                .classicOnly()
                .classicUpperBounds(GROUP_RECORDS)
                .withoutExemplars()
                .register(registry);
        fsync = fsyncs;
        group = groups;
    }

    /** One group of records was made durable. */
    public void synced(int records, long nanos) {
        group.observe(records);
        fsync.observe(nanos * SECONDS_PER_NANO);
    }
}
