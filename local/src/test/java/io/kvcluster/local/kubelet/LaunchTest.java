package io.kvcluster.local.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LaunchTest {
    @Test
    void memoryFollowsFromTheLimit() {
        assertThat(Launch.memoryFlags("1Gi")).contains("-Xmx409m", "-XX:MaxDirectMemorySize=153m");
        assertThat(Launch.memoryFlags("64Mi")).contains("-Xmx96m", "-XX:MaxDirectMemorySize=64m");
        assertThat(Launch.memoryFlags(""))
                .contains("-Xmx192m", "-XX:MaxMetaspaceSize=128m", "-XX:ReservedCodeCacheSize=96m");
    }

    @Test
    void mountPathsAreRewrittenWholeAndLongestFirst() {
        Map<String, Path> mounts = new TreeMap<>(java.util.Comparator.reverseOrder());
        mounts.put("/data", Path.of("/v/data"));
        mounts.put("/data/ring", Path.of("/v/ring"));
        assertThat(Volumes.rewrite("/data", mounts)).isEqualTo("/v/data");
        assertThat(Volumes.rewrite("/data/x", mounts)).isEqualTo("/v/data/x");
        assertThat(Volumes.rewrite("/data/ring/ring.json", mounts)).isEqualTo("/v/ring/ring.json");
        assertThat(Volumes.rewrite("/database", mounts)).isEqualTo("/database");
        assertThat(Volumes.rewrite("data", mounts)).isEqualTo("data");
    }

    @Test
    void referencesToKnownVariablesAreExpanded() {
        Map<String, String> known = Map.of("A", "1");
        assertThat(Environment.expand("$(A).x $(B) $$(A) $A", known)).isEqualTo("1.x $(B) $(A) $A");
    }
}
