package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.MemberStatus;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.testbed.Target;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Scenario
@Order(1)
final class FirstClusterE2E {
    private static final Duration LIMIT = Duration.ofSeconds(60).multipliedBy(Settings.slowness());

    private final Target target;

    FirstClusterE2E(Target target) {
        this.target = target;
    }

    @Test
    void aNewClusterBecomesAvailableWithinAMinuteAndDescribesItself() {
        Cluster cluster = new Cluster(target, Cluster.SHARED);
        long begin = System.nanoTime();
        cluster.apply(Spec.of(target));
        cluster.awaitAvailable();
        Duration taken = Duration.ofNanos(System.nanoTime() - begin);
        Results.of("first-cluster", target)
                .with("availableAfterMillis", taken.toMillis())
                .publish();
        assertThat(taken).isLessThan(LIMIT);

        cluster.awaitSettled();
        KvCluster applied = cluster.find().orElseThrow();
        KvClusterStatus status = applied.getStatus();
        assertThat(status.ready()).isEqualTo("3/3");
        assertThat(status.quorums()).isEqualTo("2/2");
        assertThat(status.ring().epoch()).isEqualTo(1);
        assertThat(status.ring().underReplicatedPartitions()).isZero();
        assertThat(status.members()).hasSize(3).allSatisfy(member -> {
            assertThat(member.storeId()).matches("[0-9a-f]{16}");
            assertThat(member.state()).isEqualTo("NORMAL");
            assertThat(member.ownedPartitions()).isEqualTo(applied.getSpec().partitions());
            assertThat(member.epoch()).isEqualTo(1);
        });
        if (target.zones().size() >= 3) {
            assertThat(status.members()).extracting(MemberStatus::zone).doesNotHaveDuplicates();
        }
        assertThat(status.conditions())
                .extracting(condition -> condition.getType() + "=" + condition.getStatus())
                .containsExactlyInAnyOrder("Available=True", "Progressing=False", "Degraded=False", "Warning=False");
        assertThat(status.conditions()).allSatisfy(condition -> {
            assertThat(condition.getObservedGeneration())
                    .isEqualTo(applied.getMetadata().getGeneration());
            assertThat(condition.getReason()).matches("[A-Z][A-Za-z]+");
            assertThat(condition.getMessage()).isNotBlank();
        });
    }
}
