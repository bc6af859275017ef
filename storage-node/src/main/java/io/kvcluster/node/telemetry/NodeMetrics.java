package io.kvcluster.node.telemetry;

import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** All metrics of one node, in a registry of its own: several nodes may live in one process. */
public final class NodeMetrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final OperationMetrics operations = new OperationMetrics(registry);
    private final ReplicationMetrics replication = new ReplicationMetrics(registry);
    private final RepairMetrics repair = new RepairMetrics(registry);
    private final LogMetrics log = new LogMetrics(registry);

    /** JVM and process metrics are of the whole process. */
    public NodeMetrics(String cluster, String node, String version) {
        Info.builder()
                .name("kvstore_node_info")
                .help("Who this is")
                .labelNames("cluster", "node", "version")
                .register(registry)
                .setLabelValues(cluster, node, version);
        JvmMetrics.builder().register(registry);
    }

    public OperationMetrics operations() {
        return operations;
    }

    public ReplicationMetrics replication() {
        return replication;
    }

    public RepairMetrics repair() {
        return repair;
    }

    public LogMetrics log() {
        return log;
    }

    /** Once, when the rooms that it reads exist. Until then a scrape shows the rest. */
    public void observe(NodeGauges gauges) {
        GaugeMetrics.register(gauges, registry);
    }

    /** @param accept the scraper's Accept header; OpenMetrics when it asks for it, else Prometheus text */
    public Page render(String accept) {
        ExpositionFormatWriter writer = formats.findWriter(accept);
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 * 1024);
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return new Page(writer.getContentType(), out.toByteArray());
    }

    public record Page(String contentType, byte[] body) {}
}
