package io.kvcluster.node.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {
    private static final Outcome.Service SERVICE = new Outcome.Service("n", ConsistencyLevel.QUORUM, 2, 1);

    private final NodeMetrics metrics = new NodeMetrics("demo", "demo-0", "0.1.0");

    NodeMetricsTest() {
        metrics.observe(new FixedGauges());
    }

    @Test
    void theServedNamesAreTheDocumentedOnes() throws IOException {
        assertThat(served()).containsExactlyElementsOf(documented());
    }

    @Test
    void theDocumentedProcessMetricsAreServed() {
        assertThat(text())
                .contains("\nprocess_cpu_seconds_total ")
                .contains("\nprocess_resident_memory_bytes ")
                .contains("\nprocess_open_fds ")
                .contains("\nprocess_start_time_seconds ")
                .contains("\njvm_memory_used_bytes{")
                .contains("\njvm_gc_collection_seconds_count{")
                .contains("\njvm_threads_current ");
    }

    @Test
    void everySeriesExistsBeforeItsFirstEvent() {
        assertThat(text())
                .contains("kvstore_operations_total{consistency_level=\"quorum\",operation=\"put\",outcome=\"ok\"} 0.0")
                .contains("kvstore_operation_duration_seconds_count{consistency_level=\"all\",operation=\"get\"} 0")
                .contains("kvstore_consistency_violations_total{kind=\"dot_reuse\"} 0.0")
                .contains("kvstore_consistency_violations_total{kind=\"ring_fork\"} 0.0")
                .contains("kvstore_consistency_violations_total{kind=\"client_write_below_watermark\"} 0.0")
                .contains("kvstore_consistency_violations_total{kind=\"checksum\"} 0.0")
                .contains("kvstore_quorum_failures_total{operation=\"delete\"} 0.0")
                .contains("kvstore_conflicts_total{resolution=\"discarded\"} 0.0");
    }

    @Test
    void anOperationIsCountedByLevelKindAndEnd() {
        var value = new Outcome.Version(1, new byte[1], false);
        var tombstone = new Outcome.Version(2, new byte[0], true);
        finish(Operation.GET, new Outcome.Read(List.of(tombstone, value), new byte[0], SERVICE));
        finish(Operation.GET, new Outcome.Read(List.of(tombstone), new byte[0], SERVICE));
        finish(Operation.GET, new Outcome.Read(List.of(), new byte[0], SERVICE));
        finish(Operation.PUT, new Outcome.Applied(1, new byte[0], SERVICE));
        finish(Operation.PUT, new Outcome.NotApplied(Reason.OVERLOADED, true, ""));
        finish(Operation.PUT, new Outcome.Unknown(Reason.TIMEOUT, ""));
        String count = "kvstore_operations_total{consistency_level=\"quorum\",operation=\"%s\",outcome=\"%s\"} %s";
        assertThat(text())
                .contains(count.formatted("get", "ok", "1.0"))
                .contains(count.formatted("get", "not_found", "2.0"))
                .contains(count.formatted("put", "ok", "1.0"))
                .contains(count.formatted("put", "not_applied", "1.0"))
                .contains(count.formatted("put", "unknown", "1.0"));
    }

    @Test
    void durationsAreInSeconds() {
        finish(Operation.PUT, new Outcome.Applied(1, new byte[0], SERVICE)); // 3 ms
        String bucket =
                "kvstore_operation_duration_seconds_bucket{consistency_level=\"quorum\",operation=\"put\",le=\"%s\"} %s";
        assertThat(text()).contains(bucket.formatted("0.0025", 0)).contains(bucket.formatted("0.005", 1));
        metrics.log().synced(17, 1_200_000);
        assertThat(text())
                .contains("kvstore_log_fsync_seconds_bucket{le=\"0.001\"} 0\n")
                .contains("kvstore_log_fsync_seconds_bucket{le=\"0.0025\"} 1\n")
                .contains("kvstore_log_group_records_bucket{le=\"16.0\"} 0\n")
                .contains("kvstore_log_group_records_bucket{le=\"32.0\"} 1\n");
    }

    @Test
    void eachKindOfViolationHasItsOwnSeries() {
        for (ConsistencyViolation kind : ConsistencyViolation.values()) {
            metrics.replication().violated(kind);
            assertThat(text())
                    .contains(
                            "kvstore_consistency_violations_total{kind=\"" + OperationMetrics.label(kind) + "\"} 1.0");
        }
    }

    @Test
    void replicationEventsAddUp() {
        metrics.replication().readRepaired(2);
        metrics.replication().conflictDiscarded(3);
        metrics.replication().conflictKept(4);
        metrics.replication().manySiblings();
        metrics.operations().quorumFailed(Operation.GET);
        assertThat(text())
                .contains("kvstore_read_repair_total 2.0")
                .contains("kvstore_conflicts_total{resolution=\"discarded\"} 3.0")
                .contains("kvstore_conflicts_total{resolution=\"kept\"} 4.0")
                .contains("kvstore_sibling_warnings_total 1.0")
                .contains("kvstore_quorum_failures_total{operation=\"get\"} 1.0");
    }

    @Test
    void snapshotsAreReadAtEachScrape() {
        assertThat(text())
                .contains("kvstore_ready 1.0")
                .contains("kvstore_ring_epoch 7.0")
                .contains("kvstore_under_replicated_partitions 3.0")
                .contains("kvstore_loop_queue_depth{loop=\"core-1\"} 5.0")
                .contains("kvstore_requests_in_flight{protocol=\"http\"} 2.0")
                .contains("kvstore_overload_rejections_total{where=\"loop\"} 11.0")
                .contains("kvstore_index_rebuilds_total 1.0")
                .contains("kvstore_disk_free_bytes 100.0")
                .contains("kvstore_disk_total_bytes 400.0")
                .contains("kvstore_disk_full 0.0")
                .contains("kvstore_peers 2.0")
                .contains("kvstore_peers_up 1.0")
                .contains("kvstore_node_info{cluster=\"demo\",node=\"demo-0\",version=\"0.1.0\"} 1");
    }

    @Test
    void theFormatIsTheOneThatTheScraperAsksFor() {
        NodeMetrics.Page plain = metrics.render("");
        assertThat(plain.contentType()).startsWith("text/plain; version=0.0.4");
        NodeMetrics.Page open = metrics.render("application/openmetrics-text; version=1.0.0");
        assertThat(open.contentType()).startsWith("application/openmetrics-text");
        assertThat(new String(open.body(), StandardCharsets.UTF_8)).endsWith("# EOF\n");
        assertThat(metrics.render("no type at all ;;,").contentType()).startsWith("text/plain");
    }

    @Test
    void twoNodesInOneProcessCountApart() {
        NodeMetrics other = new NodeMetrics("demo", "demo-1", "0.1.0");
        other.replication().readRepaired(9);
        assertThat(text()).contains("kvstore_read_repair_total 0.0");
    }

    private void finish(Operation operation, Outcome outcome) {
        metrics.operations().finished(ConsistencyLevel.QUORUM, operation, outcome, 3_000_000);
    }

    private String text() {
        return new String(metrics.render("").body(), StandardCharsets.UTF_8);
    }

    private TreeSet<String> served() {
        TreeSet<String> names = new TreeSet<>();
        Matcher type = Pattern.compile("(?m)^# TYPE (kvstore_\\S+) ").matcher(text());
        while (type.find()) {
            names.add(type.group(1));
        }
        return names;
    }

    private static TreeSet<String> documented() throws IOException {
        Path docs =
                Files.exists(Path.of("docs/metrics.md")) ? Path.of("docs/metrics.md") : Path.of("../docs/metrics.md");
        TreeSet<String> names = new TreeSet<>();
        Matcher row = Pattern.compile("(?m)^\\| `(kvstore_[a-z_]+)` \\|").matcher(Files.readString(docs));
        while (row.find()) {
            names.add(row.group(1));
        }
        return names;
    }

    @Test
    void repairEventsAddUp() {
        metrics.repair().hint(RepairMetrics.Hint.STORED);
        metrics.repair().hint(RepairMetrics.Hint.REPLAYED);
        metrics.repair().exchanged(RepairMetrics.Exchange.REPAIRED);
        metrics.repair().keyRepaired();
        metrics.repair().bytesMoved(1_024);
        metrics.repair().tombstonesCollected(3);
        metrics.repair().possibleLoss();
        metrics.repair().corruptRecordRepaired();
        assertThat(text())
                .contains("kvstore_hint_events_total{event=\"stored\"} 1.0")
                .contains("kvstore_hint_events_total{event=\"replayed\"} 1.0")
                .contains("kvstore_hint_events_total{event=\"dropped\"} 0.0")
                .contains("kvstore_exchanges_total{result=\"repaired\"} 1.0")
                .contains("kvstore_exchanges_total{result=\"failed\"} 0.0")
                .contains("kvstore_repaired_keys_total 1.0")
                .contains("kvstore_repair_bytes_total 1024.0")
                .contains("kvstore_tombstones_collected_total 3.0")
                .contains("kvstore_possible_losses_total 1.0")
                .contains("kvstore_corrupt_records_repaired_total 1.0")
                .contains("kvstore_hint_oldest_seconds 30.0")
                .contains("kvstore_dirty_pairs 5.0")
                .contains("kvstore_suspect_partitions 6.0")
                .contains("kvstore_tombstones 7.0");
    }

    private static final class FixedGauges implements NodeGauges {
        @Override
        public RepairState repair() {
            return new RepairState(30, 5, 6, 8, 90, 9, 7);
        }

        @Override
        public ClockState clock() {
            return new ClockState(true, -1_500, 7);
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public long ringEpoch() {
            return 7;
        }

        @Override
        public int underReplicatedPartitions() {
            return 3;
        }

        @Override
        public Map<String, Integer> queueDepthByLoop() {
            return Map.of("core-0", 0, "core-1", 5);
        }

        @Override
        public Map<String, Integer> requestsByProtocol() {
            return Map.of("grpc", 1, "http", 2);
        }

        @Override
        public Map<String, Long> overloadRejections() {
            return Map.of("loop", 11L);
        }

        @Override
        public long indexRebuilds() {
            return 1;
        }

        @Override
        public DiskSpace disk() {
            return new DiskSpace(100, 400, false);
        }

        @Override
        public LogSpace logSpace() {
            return new LogSpace(3, 1_000, 0.75, 40, 500);
        }

        @Override
        public HintSpace hints() {
            return new HintSpace(7, 700);
        }

        @Override
        public long corruptRecords() {
            return 2;
        }

        @Override
        public int peers() {
            return 2;
        }

        @Override
        public int peersUp() {
            return 1;
        }
    }
}
