package io.kvcluster.e2e.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObservabilityTest {
    @Test
    void everyMetricThatIsShownOrWarnedOfIsDocumented() {
        Set<String> documented = Observability.documented();
        assertThat(documented).contains("kvstore_operations_total", "kvstore_operation_duration_seconds_bucket");
        List<Observability.Query> all = new ArrayList<>(Observability.panels());
        all.addAll(Observability.alerts());
        all.addAll(Observability.annotations());
        assertThat(all).hasSizeGreaterThan(50);
        for (Observability.Query query : all) {
            assertThat(query.metrics()).as(query.toString()).isNotEmpty();
            assertThat(documented).as(query.toString()).containsAll(query.metrics());
        }
    }

    @Test
    void everyConsistencyMetricIsShownSomewhere() {
        Set<String> shown = new HashSet<>();
        Observability.panels().forEach(query -> shown.addAll(query.metrics()));
        assertThat(shown)
                .contains(
                        "kvstore_operations_total",
                        "kvstore_operation_duration_seconds_bucket",
                        "kvstore_consistency_violations_total",
                        "kvstore_quorum_failures_total",
                        "kvstore_read_repair_total",
                        "kvstore_conflicts_total",
                        "kvstore_under_replicated_partitions",
                        "kvstore_ring_epoch",
                        "kvstore_peers_up",
                        "kvstore_log_fsync_seconds_bucket",
                        "kvstore_hints",
                        "kvstore_hint_events_total",
                        "kvstore_hint_oldest_seconds",
                        "kvstore_exchanges_total",
                        "kvstore_dirty_pairs",
                        "kvstore_repaired_keys_total",
                        "kvstore_repair_bytes_total",
                        "kvstore_tombstones",
                        "kvstore_tombstones_collected_total",
                        "kvstore_suspect_partitions",
                        "kvstore_possible_losses_total",
                        "kvstore_corrupt_records_repaired_total",
                        "kvstore_resolver_failures_total",
                        "kvstore_compaction_freed_bytes_total",
                        "kvstore_log_live_ratio");
    }

    @Test
    void dashboardsAreNamedAsTheirFilesAndPanelsDoNotOverlap() {
        assertThat(Observability.dashboards().stream()
                        .map(file -> file.getFileName().toString()))
                .containsExactly("kvstore-cap.json", "kvstore-consistency.json", "kvstore-performance.json");
        for (Path file : Observability.dashboards()) {
            JsonNode dashboard = Observability.json(file);
            assertThat(file.getFileName()).hasToString(dashboard.get("uid").textValue() + ".json");
            Set<String> cells = new HashSet<>();
            Set<Integer> ids = new HashSet<>();
            for (JsonNode panel : dashboard.get("panels")) {
                assertThat(ids.add(panel.get("id").intValue()))
                        .as(panel.get("title").textValue())
                        .isTrue();
                JsonNode at = panel.get("gridPos");
                assertThat(at.get("x").intValue() + at.get("w").intValue()).isLessThanOrEqualTo(24);
                for (int x = 0; x < at.get("w").intValue(); x++) {
                    for (int y = 0; y < at.get("h").intValue(); y++) {
                        assertThat(cells.add((at.get("x").intValue() + x) + "/"
                                        + (at.get("y").intValue() + y)))
                                .as(panel.get("title").textValue())
                                .isTrue();
                    }
                }
            }
        }
    }
}
