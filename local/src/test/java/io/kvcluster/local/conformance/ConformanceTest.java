package io.kvcluster.local.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvcluster.local.TestApi;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each request of the table gets the verdict that was recorded from a real API server (Kubernetes 1.34.4). */
class ConformanceTest {
    @TempDir
    Path dir;

    @TestFactory
    Stream<DynamicTest> answersAsARealApiServerDoes() throws Exception {
        Map<String, JsonNode> verdicts;
        try (TestApi api = TestApi.start(dir);
                KubernetesClient client = api.client()) {
            verdicts = new Conformance(client).run();
        }
        JsonNode recorded = Conformance.resource("recorded.json");
        assertThat(verdicts.keySet())
                .containsExactlyElementsOf(
                        recorded.properties().stream().map(Map.Entry::getKey).toList());
        return verdicts.entrySet().stream()
                .map(v -> DynamicTest.dynamicTest(
                        v.getKey(),
                        () -> assertThat(v.getValue().toPrettyString())
                                .isEqualTo(recorded.path(v.getKey()).toPrettyString())));
    }
}
