package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Changes that move data are not built: they are held, explained, and forgotten when they are taken back. */
@Scenario
final class HeldChangesE2E {
    private final Cluster cluster;

    HeldChangesE2E(Target target) {
        this.cluster = Cluster.shared(target);
    }

    @Test
    void scaleIsHeldAndExplainedUntilItIsTakenBack() {
        Map<String, String> pods = cluster.incarnations();
        cluster.resource().scale(5);
        awaitHeld("spec.replicas", "5", "3");
        assertThat(cluster.incarnations()).isEqualTo(pods);
        assertThat(cluster.has("Available", "True")).isTrue();
        cluster.resource().scale(3);
        cluster.awaitSettled();
        assertThat(cluster.incarnations()).isEqualTo(pods);
    }

    @Test
    void anotherReplicationFactorIsHeldAndExplained() {
        Map<String, String> pods = cluster.incarnations();
        cluster.patchSpec("{\"replicationFactor\": 2}");
        awaitHeld("spec.replicationFactor", "2", "3");
        cluster.patchSpec("{\"replicationFactor\": 3}");
        cluster.awaitSettled();
        assertThat(cluster.incarnations()).isEqualTo(pods);
    }

    @Test
    void otherQuorumsAreHeldAndExplained() {
        cluster.patchSpec("{\"quorums\": {\"read\": 1, \"write\": 3}}");
        awaitHeld("spec.quorums.read", "1", "2");
        awaitHeld("spec.quorums.write", "3", "2");
        assertThat(cluster.status().orElseThrow().ring().epoch()).isEqualTo(1);
        cluster.patchSpec("{\"quorums\": null}");
        cluster.awaitSettled();
    }

    private void awaitHeld(String field, String asked, String inForce) {
        cluster.awaitStatus(
                field + " held",
                status -> status.blockedBy().stream()
                        .anyMatch(blocker -> blocker.object().equals(field)));
        assertThat(cluster.blockers())
                .filteredOn(blocker -> blocker.object().equals(field))
                .singleElement()
                .satisfies(blocker -> {
                    assertThat(blocker.check()).isEqualTo("ChangeHeld");
                    assertThat(blocker.since()).isNotBlank();
                    assertThat(blocker.remedy()).contains(field).contains(inForce);
                });
        assertThat(cluster.condition("Warning")).hasValueSatisfying(warning -> {
            assertThat(warning.getStatus()).isEqualTo("True");
            assertThat(warning.getReason()).isEqualTo("ChangeHeld");
            assertThat(warning.getMessage()).contains(field + " is " + asked).contains(inForce);
        });
    }
}
