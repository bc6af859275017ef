package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OperatorMetricsTest {
    @Test
    void theDocumentListsExactlyTheMetricsThatThereAre() throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        OperatorMetrics metrics = new OperatorMetrics(registry);
        metrics.reconciled("done", Duration.ofMillis(1));
        metrics.step("MakeRing", "done");
        metrics.apiError(500);
        metrics.cluster("default", "demo", 3, 3, 0);
        TreeSet<String> names = new TreeSet<>();
        registry.scrape().forEach(snapshot -> names.add(snapshot.getMetadata().getPrometheusName()));
        assertThat(documented()).isEqualTo(names);
    }

    /** Counters without the ending that their text form has. */
    private static TreeSet<String> documented() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        Matcher row = Pattern.compile("(?m)^\\| `(kvcluster_operator_[a-z_]+)` \\|")
                .matcher(Files.readString(Path.of("../docs/metrics.md")));
        while (row.find()) {
            names.add(row.group(1).replaceFirst("_total$", ""));
        }
        return names;
    }
}
