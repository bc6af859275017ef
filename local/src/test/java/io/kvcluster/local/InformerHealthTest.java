package io.kvcluster.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvcluster.local.api.http.ApiServer;
import io.kvcluster.local.api.http.Audit;
import io.kvcluster.operator.Operator;
import io.kvcluster.operator.OperatorConfig;
import java.io.IOException;
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

/** An operator whose informers see nothing any more says so to the kubelet, and to whoever looks at its clusters. */
class InformerHealthTest {
    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aWatchThatIsGoneFailsTheLivenessProbeUntilItIsBack() throws Exception {
        try (FakeFleet fleet = new FakeFleet(folder, 1);
                ApiServer door = fleet.door(0, Audit.NONE);
                KubernetesClient client = TestApi.client(door.url());
                Operator operator = Operator.start(OperatorConfig.inProcess("node:1"), client)) {
            fleet.create(0, 1);
            await().until(() -> fleet.inPhase("Ready") == 1);
            assertThat(code(operator, "/health/live")).isEqualTo(200);
            assertThat(body(operator, "/nodes")).contains("\"stale\":false");

            int port = door.port();
            door.close();
            await().until(() -> code(operator, "/health/live") == 503);
            assertThat(body(operator, "/health/live")).contains("UNHEALTHY", "an informer is not running");
            assertThat(body(operator, "/nodes"))
                    .contains("\"stale\":true", "a watch on the API server is broken", "\"status\":\"UP\"");

            try (ApiServer _ = fleet.door(port, Audit.NONE)) {
                await().until(() -> code(operator, "/health/live") == 200);
                await().until(() -> body(operator, "/nodes").contains("\"stale\":false"));
            }
        }
    }

    private int code(Operator operator, String path) throws IOException, InterruptedException {
        return ask(operator, path).statusCode();
    }

    private String body(Operator operator, String path) throws IOException, InterruptedException {
        return ask(operator, path).body();
    }

    private HttpResponse<String> ask(Operator operator, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + operator.httpPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(100));
    }
}
