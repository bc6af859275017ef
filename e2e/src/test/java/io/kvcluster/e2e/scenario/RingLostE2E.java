package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.RingWatch;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The ring's ConfigMap is deleted, and set back to an older one, while settled and in the middle of moves. */
@Scenario
final class RingLostE2E {
    private static final Duration LIMIT = Duration.ofMinutes(6);

    private final Target target;

    RingLostE2E(Target target) {
        this.target = target;
    }

    @Test
    void theMembersRingComesBackMovesGoOnAndNoEpochHasTwoContents() {
        Cluster cluster = new Cluster(target, "ringlost");
        cluster.apply(Spec.of(target).without("topology").with("partitions", 32));
        cluster.awaitSettled();
        try (RingWatch record = RingWatch.of(cluster);
                Traffic traffic = Traffic.start(cluster, Plan.steady("ringlost"))) {
            delete(cluster);
            awaitRing(cluster, 1);
            ConfigMap old = cluster.ringMap().orElseThrow();

            cluster.resource().scale(5);
            awaitMoves(cluster);
            delete(cluster);
            awaitMoves(cluster);
            setBack(cluster, old);
            cluster.awaitStatus(
                    "scaled up",
                    LIMIT,
                    status -> status.operation() == null && status.members().size() == 5);
            cluster.awaitSettled(LIMIT);
            long epoch = cluster.status().orElseThrow().ring().epoch();
            setBack(cluster, old);
            awaitRing(cluster, epoch);
            cluster.awaitSettled();
            assertThat(cluster.status().orElseThrow().ring().epoch()).isEqualTo(epoch);

            Report report = traffic.stop();
            assertThat(report.failures()).isEmpty();
            assertThat(record.forks()).isEmpty();
            assertThat(record.versions())
                    .extracting(RingWatch.Version::epoch)
                    .as("every epoch is there")
                    .contains(1L, epoch);
        }
        cluster.delete();
    }

    private static void awaitMoves(Cluster cluster) {
        int done = cluster.status()
                .map(status ->
                        status.operation() == null ? 0 : status.operation().copiesDone())
                .orElse(0);
        cluster.awaitStatus(
                "more of its copies made",
                LIMIT,
                status -> status.operation() == null
                        || status.operation().copiesDone() > done + 2
                                && status.operation().partitionsMoving() > 0);
    }

    private static void awaitRing(Cluster cluster, long epoch) {
        cluster.awaitStatus(
                "ring of epoch " + epoch,
                status -> cluster.ringMap()
                        .flatMap(RingWatch::version)
                        .filter(version -> version.epoch() == epoch)
                        .isPresent());
    }

    private void delete(Cluster cluster) {
        target.client()
                .configMaps()
                .inNamespace(target.namespace())
                .withName(cluster.name() + "-ring")
                .delete();
    }

    /** As somebody does who restores a backup. */
    private void setBack(Cluster cluster, ConfigMap old) {
        target.client()
                .configMaps()
                .inNamespace(target.namespace())
                .withName(cluster.name() + "-ring")
                .edit(now -> new ConfigMapBuilder(now).withData(old.getData()).build());
    }
}
