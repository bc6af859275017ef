package io.kvcluster.node.telemetry;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** The metrics that are read when somebody scrapes. */
final class GaugeMetrics {
    private GaugeMetrics() {}

    static void register(NodeGauges node, PrometheusRegistry registry) {
        gauge(registry, "kvstore_ready", "1 when the node serves clients", () -> node.ready() ? 1 : 0);
        gauge(registry, "kvstore_ring_epoch", "Epoch of the ring in use, 0 before the first", node::ringEpoch);
        gauge(
                registry,
                "kvstore_under_replicated_partitions",
                "Partitions held here with fewer live replicas than the ring names",
                node::underReplicatedPartitions);
        gauges(registry, "kvstore_loop_queue_depth", "Tasks waiting in a core loop", "loop", node::queueDepthByLoop);
        gauges(
                registry,
                "kvstore_requests_in_flight",
                "Client requests under way",
                "protocol",
                node::requestsByProtocol);
        gauge(
                registry,
                "kvstore_disk_free_bytes",
                "Free bytes of the data volume",
                () -> node.disk().freeBytes());
        gauge(
                registry,
                "kvstore_disk_total_bytes",
                "Size of the data volume",
                () -> node.disk().totalBytes());
        gauge(
                registry,
                "kvstore_disk_full",
                "1 while writes are refused for lack of space",
                () -> node.disk().full() ? 1 : 0);
        storage(node, registry);
        gauge(registry, "kvstore_peers", "Other members of the ring", node::peers);
        gauge(registry, "kvstore_peers_up", "Other members that are up", node::peersUp);
        gauge(
                registry,
                "kvstore_clock_offset_seconds",
                "Largest difference to the clock of a peer, positive when the peer is ahead",
                () -> node.clock().offsetMillis() / 1e3);
        gauge(
                registry,
                "kvstore_clock_out_of_step",
                "1 while nothing is coordinated here, for the clock differs too much from the majority's",
                () -> node.clock().outOfStep() ? 1 : 0);
        CounterWithCallback.builder()
                .name("kvstore_clock_frames_refused_total")
                .help("Frames of peers refused whole, for their clock was too far ahead")
                .callback(counter -> counter.call(node.clock().framesRefused()))
                .register(registry);
        repair(node, registry);
        CounterWithCallback.builder()
                .name("kvstore_overload_rejections_total")
                .help("Work refused because something was full")
                .labelNames("where")
                .callback(counter -> node.overloadRejections().forEach((where, count) -> counter.call(count, where)))
                .register(registry);
        CounterWithCallback.builder()
                .name("kvstore_index_rebuilds_total")
                .help("Times that the index was built anew from the log")
                .callback(counter -> counter.call(node.indexRebuilds()))
                .register(registry);
    }

    private static void storage(NodeGauges node, PrometheusRegistry registry) {
        gauge(
                registry,
                "kvstore_log_segments",
                "Files of the log",
                () -> node.logSpace().segments());
        gauge(
                registry,
                "kvstore_log_bytes",
                "Bytes of the log",
                () -> node.logSpace().bytes());
        gauge(
                registry,
                "kvstore_log_live_ratio",
                "Part of the log's sealed segments that is live",
                () -> node.logSpace().liveRatio());
        gauge(
                registry,
                "kvstore_hints",
                "Writes kept for other stores",
                () -> node.hints().hints());
        gauge(
                registry,
                "kvstore_hint_bytes",
                "Bytes of the log that hints take",
                () -> node.hints().bytes());
        counter(
                registry,
                "kvstore_compaction_rewritten_bytes_total",
                "Bytes that compaction appended to the log again",
                () -> node.logSpace().rewrittenBytes());
        counter(
                registry,
                "kvstore_compaction_freed_bytes_total",
                "Bytes of segments that compaction removed",
                () -> node.logSpace().freedBytes());
        counter(registry, "kvstore_corrupt_records_total", "Records that were found damaged", node::corruptRecords);
    }

    private static void counter(PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(counter -> counter.call(value.getAsDouble()))
                .register(registry);
    }

    private static void repair(NodeGauges node, PrometheusRegistry registry) {
        gauge(
                registry,
                "kvstore_hint_oldest_seconds",
                "Age of the oldest hint",
                () -> node.repair().oldestHintSeconds());
        gauge(
                registry,
                "kvstore_dirty_pairs",
                "Pairs of replicas that may differ",
                () -> node.repair().dirtyPairs());
        gauge(
                registry,
                "kvstore_suspect_partitions",
                "Partitions that must be healed first",
                () -> node.repair().suspectPartitions());
        gauge(
                registry,
                "kvstore_damaged_records",
                "Damaged records that wait for a copy",
                () -> node.repair().damagedRecords());
        gauge(
                registry,
                "kvstore_repaired_up_to_seconds",
                "Age of the newest state that all replicas are known to share",
                () -> node.repair().repairedUpToSeconds());
        gauge(
                registry,
                "kvstore_scrub_partitions_left",
                "Partitions that a scrub has not read yet",
                () -> node.repair().scrubPartitionsLeft());
        gauge(
                registry,
                "kvstore_tombstones",
                "Keys held that are deleted or may expire",
                () -> node.repair().tombstones());
    }

    private static void gauge(PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(gauge -> gauge.call(value.getAsDouble()))
                .register(registry);
    }

    private static void gauges(
            PrometheusRegistry registry,
            String name,
            String help,
            String label,
            Supplier<Map<String, Integer>> values) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(gauge -> values.get().forEach((each, value) -> gauge.call(value, each)))
                .register(registry);
    }
}
