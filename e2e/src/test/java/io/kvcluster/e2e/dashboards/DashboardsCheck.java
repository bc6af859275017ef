package io.kvcluster.e2e.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Traffic;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of every dashboard, and every selector of every alert, returns data from a real Prometheus that scrapes a real
 * cluster under load. Needs a Prometheus ({@code -De2e.prometheus=}); {@code make dashboards-check} runs it.
 */
@Scenario
final class DashboardsCheck {
    private static final Duration SCRAPES = Duration.ofMinutes(5);

    private final Target target;

    DashboardsCheck(Target target) {
        this.target = target;
    }

    @Test
    void everyQueryReturnsData(@TempDir Path folder) throws IOException {
        Path binary = Path.of(Settings.text("prometheus").orElse("/usr/bin/prometheus"));
        Cluster cluster = Cluster.shared(target);
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("watched"));
                Prometheus prometheus = Prometheus.start(binary, folder, Observability.alertFile(), scraped(cluster))) {
            List<Observability.Query> empty = new ArrayList<>(Observability.panels());
            await("every query has data")
                    .atMost(SCRAPES)
                    .pollInterval(Duration.ofSeconds(2))
                    .until(() -> {
                        empty.removeIf(query -> hasNumber(prometheus.query(query.filled())));
                        return empty.isEmpty() && traffic.acknowledged() >= 500;
                    });
            Observability.annotations().forEach(query -> prometheus.query(query.filled()));
            alertsSeeTheirMetrics(prometheus);
            List<String> firing = firing(prometheus);
            assertThat(firing).as("alerts on a healthy cluster").isEmpty();
        }
    }

    private void alertsSeeTheirMetrics(Prometheus prometheus) {
        List<JsonNode> rules = prometheus.rules();
        assertThat(rules).hasSameSizeAs(Observability.alerts());
        assertThat(rules)
                .allSatisfy(rule -> assertThat(rule.get("health").textValue())
                        .as(rule.toString())
                        .isEqualTo("ok"));
        for (Observability.Query alert : Observability.alerts()) {
            prometheus.query(alert.text());
            alert.metrics().stream()
                    .filter(metric -> target.operatorConsole().isPresent() || !metric.startsWith("kvcluster_operator_"))
                    .forEach(metric -> assertThat(prometheus.query("count(" + metric + ")"))
                            .as(alert + " reads " + metric)
                            .isNotEmpty());
        }
    }

    private static List<String> firing(Prometheus prometheus) {
        List<String> names = new ArrayList<>();
        prometheus
                .query("ALERTS{alertstate=\"firing\"}")
                .forEach(alert -> names.add(alert.at("/metric/alertname").textValue()));
        return names;
    }

    /** A sample that is a number: 0 / 0 would draw nothing. */
    private static boolean hasNumber(JsonNode samples) {
        return samples.valueStream()
                .anyMatch(sample -> !sample.at("/value/1").textValue().equals("NaN"));
    }

    private List<Prometheus.Scraped> scraped(Cluster cluster) {
        List<Prometheus.Scraped> all = new ArrayList<>();
        for (Node node : cluster.nodes()) {
            URI page = node.address().http();
            all.add(new Prometheus.Scraped(
                    page.getAuthority(), "{cluster: " + cluster.name() + ", pod: " + node.name() + "}"));
        }
        target.operatorConsole().ifPresent(console -> all.add(new Prometheus.Scraped(console.getAuthority(), "{}")));
        return all;
    }
}
