package io.kvcluster.crd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The committed CRD is the one that the records describe, where the embedded API server finds it and in the chart. With
 * -Dkvcluster.crds.write=true it is written instead (make crds).
 */
class CrdDriftTest {
    private static final Path COMMITTED = Path.of("src/main/resources" + KvCluster.CRD_RESOURCE);
    private static final Path CHART = Path.of("../helm/kvcluster/crds/kvclusters.yaml");

    @ParameterizedTest
    @MethodSource("committed")
    void theCommittedCrdIsTheGeneratedOne(Path committed, @TempDir Path scratch) throws IOException {
        String generated = GeneratedCrd.yaml(scratch);
        if (Boolean.getBoolean("kvcluster.crds.write")) {
            Files.createDirectories(committed.getParent());
            Files.writeString(committed, generated);
        }
        assertThat(Files.readString(committed))
                .as("%s differs from what the records describe: run make crds and commit the result", committed)
                .isEqualTo(generated);
    }

    static List<Path> committed() {
        return List.of(COMMITTED, CHART);
    }
}
