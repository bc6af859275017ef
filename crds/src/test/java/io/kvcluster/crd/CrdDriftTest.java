package io.kvcluster.crd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed CRD is the one that the records describe. With -Dkvcluster.crds.write=true it is written instead (make crds). */
class CrdDriftTest {
    private static final Path COMMITTED = Path.of("src/main/resources" + KvCluster.CRD_RESOURCE);

    @Test
    void theCommittedCrdIsTheGeneratedOne(@TempDir Path scratch) throws IOException {
        String generated = GeneratedCrd.yaml(scratch);
        if (Boolean.getBoolean("kvcluster.crds.write")) {
            Files.createDirectories(COMMITTED.getParent());
            Files.writeString(COMMITTED, generated);
        }
        assertThat(Files.readString(COMMITTED))
                .as("%s differs from what the records describe: run make crds and commit the result", COMMITTED)
                .isEqualTo(generated);
    }
}
