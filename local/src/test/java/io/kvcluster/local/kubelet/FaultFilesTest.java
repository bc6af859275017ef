package io.kvcluster.local.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultFilesTest {
    private static final String POD = """
            metadata: {namespace: default, name: kv-0}
            spec: {containers: [{name: node, image: "test/node:1"}]}
            """;
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    private Path folder;

    private ProcessBuilder launched(FaultFiles faults) throws Exception {
        ObjectNode pod = Json.parseYamlDocuments(POD).getFirst();
        ImageCommand image = new ImageCommand("test/node", List.of(), "x.jar", "Main", Map.of());
        return new Launch(JAVA, List.of(image), faults)
                .prepare(pod, pod.at("/spec/containers/0"), "127.0.0.9", Map.of(), new Cache());
    }

    @Test
    void onlyInAClusterForExperimentsDoesAProcessGetAFaultFile() throws Exception {
        assertThat(launched(FaultFiles.in(folder, false)).environment()).doesNotContainKey("KV_EXPERIMENT_FILE");
        assertThat(launched(FaultFiles.in(folder, true)).environment())
                .containsEntry(
                        "KV_EXPERIMENT_FILE", folder.resolve("default_kv-0").toString());
    }

    @Test
    void faultsOfAnEarlierRunAreForgotten() throws IOException {
        Files.writeString(folder.resolve("default_kv-0"), "peers.cut=both");
        FaultFiles.in(folder, true);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void itReturnsWhenTheProcessSaysThatTheFaultsAreInForceAndNotBefore() throws Exception {
        FaultFiles faults = FaultFiles.in(folder, true);
        RunningPod pod = pod(new ProcessBuilder("sleep", "60").start(), true);
        try {
            CompletableFuture<Void> done = CompletableFuture.runAsync(
                    () -> faults.suffer(pod, Map.of("peers.cut", "to", "clock.drift-ppm", "9")));
            Path applied = folder.resolve("default_kv-0.applied");
            Files.writeString(applied, "");
            assertThat(done).isNotDone();
            Files.writeString(applied, "clock.drift-ppm=9\npeers.cut=to\n");
            done.get(30, TimeUnit.SECONDS);
            assertThat(folder.resolve("default_kv-0")).hasContent("clock.drift-ppm=9\npeers.cut=to\n");
        } finally {
            pod.process().destroyForcibly();
        }
    }

    @Test
    void aProcessThatEndedTakesOverNothing() throws Exception {
        FaultFiles faults = FaultFiles.in(folder, true);
        Process ended = new ProcessBuilder(JAVA.toString(), "-version").start();
        assertThat(ended.waitFor()).isZero();
        assertThatThrownBy(() -> faults.suffer(pod(ended, false), Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("kv-0");
    }

    @Test
    void withoutExperimentsNothingCanBeMadeToSuffer() throws Exception {
        Process process = new ProcessBuilder(JAVA.toString(), "-version").start();
        assertThatThrownBy(() -> FaultFiles.in(folder, false).suffer(pod(process, true), Map.of()))
                .hasMessageContaining("not started for experiments");
        process.destroyForcibly();
    }

    private static RunningPod pod(Process process, boolean ready) {
        return new RunningPod("default", "kv-0", "127.0.0.9", ready, JsonNodeFactory.instance.objectNode(), process);
    }
}
