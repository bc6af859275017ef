package io.kvcluster.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvcluster.operator.Operator;
import io.kvcluster.operator.OperatorConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole operator on the embedded API server, which counts what is asked of it. */
class SettledClusterTest {
    private static final int PASSES = 8;
    private static final String PASSED = "kvcluster_operator_reconcile_duration_seconds_count{outcome=\"done\"} ";

    @TempDir
    Path folder;

    @Test
    void aPassOverASettledClusterWritesNothingAndAsksNothing() throws Exception {
        try (FakeFleet fleet = new FakeFleet(folder, 2);
                KubernetesClient client = fleet.client();
                Operator operator = Operator.start(OperatorConfig.inProcess("node:1"), client)) {
            fleet.create(0, 2);
            await().until(() -> fleet.inPhase("Ready") == 2);
            passes(fleet, operator, "settling");

            var before = fleet.asked();
            long passesBefore = passed(operator);
            passes(fleet, operator, "settled");
            assertThat(passed(operator) - passesBefore).isGreaterThanOrEqualTo(PASSES);
            assertThat(fleet.asked()).isEqualTo(before);

            assertThat(ask(operator, "/clusters"))
                    .as("looking costs nothing either")
                    .contains("\"membersUp\":3", "\"stale\":false")
                    .doesNotContain("\"stale\":true");
            assertThat(ask(operator, "/clusters/default/c1/mapping?key=k")).contains("\"primary\":{\"name\":\"c1-");
            assertThat(ask(operator, "/nodes")).contains("CLUSTER_NOT_NAMED");
            assertThat(fleet.asked()).isEqualTo(before);

            fleet.nodes.kill("c0-0");
            await().until(() -> fleet.inPhase("Degraded") == 1);
            assertThat(ask(operator, "/clusters/default/c0/nodes")).contains("\"status\":\"DOWN\"");
            assertThat(ask(operator, "/clusters/default/c1/nodes")).doesNotContain("DOWN");
            assertThat(fleet.writes()).as("what is counted counts").isGreaterThan(before.get("write"));
        }
    }

    /** Each word of the nodes, though it changes nothing, starts a pass. */
    private static void passes(FakeFleet fleet, Operator operator, String word) throws Exception {
        long start = passed(operator);
        for (int i = 1; i <= PASSES; i++) {
            long wanted = start + i;
            fleet.nodes.murmur(word + " " + i);
            await().until(() -> passed(operator) >= wanted);
        }
    }

    private static long passed(Operator operator) throws Exception {
        return ask(operator, "/metrics")
                .lines()
                .filter(line -> line.startsWith(PASSED))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(PASSED.length())))
                .sum();
    }

    private static String ask(Operator operator, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + operator.httpPort() + path);
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }
}
