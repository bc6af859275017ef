package io.kvcluster.local.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTableTest {
    @TempDir
    Path folder;

    private Process process;

    @BeforeEach
    void startSomething() throws Exception {
        process = new ProcessBuilder("cat").start();
    }

    @AfterEach
    void endIt() {
        process.destroyForcibly();
    }

    @Test
    void aProcessOfAnEarlierRunIsEnded() throws Exception {
        new ProcessTable(folder).record("default/p-0", process.toHandle());
        assertThat(new ProcessTable(folder).find("default/p-0")).contains(process.toHandle());

        assertThat(new ProcessTable(folder).killStale()).isEqualTo(1);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(new ProcessTable(folder).find("default/p-0")).isEmpty();
    }

    @Test
    void aProcessThatOnlyGotTheNumberOfOursIsLeftAlone() throws Exception {
        new ProcessTable(folder).record("default/p-0", process.toHandle());
        Path file = folder.resolve("default_p-0.json");
        ObjectNode entry = (ObjectNode) Json.parse(Files.readAllBytes(file));
        Files.write(file, Json.write(entry.put("startTicks", "1")));

        assertThat(new ProcessTable(folder).find("default/p-0")).isEmpty();
        assertThat(new ProcessTable(folder).killStale()).isZero();
        assertThat(process.isAlive()).isTrue();
        assertThat(file).doesNotExist();
    }

    @Test
    void aProcessOfAnEarlierBootIsLeftAlone() throws Exception {
        new ProcessTable(folder).record("default/p-0", process.toHandle());
        Path file = folder.resolve("default_p-0.json");
        ObjectNode entry = (ObjectNode) Json.parse(Files.readAllBytes(file));
        Files.write(file, Json.write(entry.put("boot", "another")));

        assertThat(new ProcessTable(folder).killStale()).isZero();
        assertThat(process.isAlive()).isTrue();
    }
}
