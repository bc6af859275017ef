package io.kvcluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.seams.SimNetwork;
import io.kvcluster.node.seams.SimWorld;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.PeerFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeSeamsTest {
    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final Transport<PeerFrame> real = new SimNetwork<PeerFrame>(new SimWorld(1)).join("a");

    @BeforeEach
    void environment() {
        environment.put("KV_CLUSTER", "c");
        environment.put("KV_NODE_NAME", "c-0");
        environment.put("KV_ADDRESS", "c-0");
        environment.put("KV_DATA_DIR", directory.resolve("data").toString());
    }

    @Test
    void withoutAFaultFileNothingStandsBetweenTheNodeAndTheWorld() throws Exception {
        NodeSeams seams = NodeSeams.of(NodeConfig.from(environment));
        assertThat(seams.network(real)).isSameAs(real);
        assertThat(seams.environment().disk()).isSameAs(seams.files());
        assertThat(seams.environment().clock().getClass().getPackageName()).endsWith(".seams");
    }

    @Test
    void withAFaultFileEachSeamSuffersIt() throws Exception {
        Path file = Files.writeString(
                directory.resolve("faults"), "disk.free-bytes=3\nclock.offset-millis=-3600000\npeers.cut=both");
        environment.put("KV_EXPERIMENT_FILE", file.toString());
        NodeSeams seams = NodeSeams.of(NodeConfig.from(environment));
        try (var world = seams.environment()) {
            assertThat(world.disk().freeBytes()).isEqualTo(3);
            assertThat(world.clock().wallMillis()).isLessThan(System.currentTimeMillis() - 3_500_000);
            assertThat(seams.network(real)).isNotSameAs(real);
        }
    }

    @Test
    void aFaultFileThatIsNotUnderstoodEndsTheStart() throws Exception {
        environment.put(
                "KV_EXPERIMENT_FILE",
                Files.writeString(directory.resolve("faults"), "disc.full=yes").toString());
        NodeConfig config = NodeConfig.from(environment);
        assertThatThrownBy(() -> NodeSeams.of(config))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("disc.full is no fault");
    }
}
