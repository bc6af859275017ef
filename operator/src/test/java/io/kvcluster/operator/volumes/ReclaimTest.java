package io.kvcluster.operator.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.kvcluster.crd.ReclaimPolicy;
import io.kvcluster.operator.resources.Labels;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReclaimTest {
    private static final Optional<String> ID = Optional.of("id");

    @Test
    void retainKeepsClaimsAndMakesSureThatTheySayWhose() {
        assertThat(Reclaim.actions(ReclaimPolicy.RETAIN, List.of(claim("a"), labelled("b")), ID, "now"))
                .containsExactly(new Reclaim.Label("a", Labels.CLUSTER_ID, "id"));
        assertThat(Reclaim.actions(ReclaimPolicy.RETAIN, List.of(claim("a")), Optional.empty(), "now"))
                .as("there never was a ring")
                .isEmpty();
    }

    @Test
    void deleteDeletesEachOnce() {
        PersistentVolumeClaim leaving = new PersistentVolumeClaimBuilder(claim("b"))
                .editMetadata()
                .withDeletionTimestamp("2026-03-01T12:00:00Z")
                .endMetadata()
                .build();
        assertThat(Reclaim.actions(ReclaimPolicy.DELETE, List.of(claim("a"), leaving), ID, "now"))
                .containsExactly(new Reclaim.Delete("a"));
    }

    @Test
    void quarantineKeepsAndMarks() {
        assertThat(Reclaim.actions(ReclaimPolicy.QUARANTINE, List.of(labelled("a")), ID, "now"))
                .containsExactly(new Reclaim.Label("a", Labels.QUARANTINED, "now"));
        PersistentVolumeClaim marked = new PersistentVolumeClaimBuilder(labelled("a"))
                .editMetadata()
                .addToLabels(Labels.QUARANTINED, "before")
                .endMetadata()
                .build();
        assertThat(Reclaim.actions(ReclaimPolicy.QUARANTINE, List.of(marked), ID, "now"))
                .isEmpty();
    }

    private static PersistentVolumeClaim claim(String name) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels(Labels.CLUSTER, "demo")
                .endMetadata()
                .build();
    }

    private static PersistentVolumeClaim labelled(String name) {
        return new PersistentVolumeClaimBuilder(claim(name))
                .editMetadata()
                .addToLabels(Labels.CLUSTER_ID, "id")
                .endMetadata()
                .build();
    }
}
