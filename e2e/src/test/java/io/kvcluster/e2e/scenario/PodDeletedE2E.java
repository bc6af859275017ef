package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvcluster.crd.MemberStatus;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@Scenario
final class PodDeletedE2E {
    private static final int KEYS = 100;

    private final Target target;

    PodDeletedE2E(Target target) {
        this.target = target;
    }

    @Test
    void aDeletedPodComesBackReadyWithItsData() {
        Cluster cluster = Cluster.shared(target);
        Node any = cluster.nodes().getFirst();
        for (int i = 0; i < KEYS; i++) {
            assertThat(any.put("kept-" + i, "value " + i, "consistency=all").status())
                    .isEqualTo(200);
        }
        Pod victim = cluster.pods().getLast();
        String name = victim.getMetadata().getName();
        MemberStatus before = cluster.member(name).orElseThrow();

        long begin = System.nanoTime();
        target.client().resource(victim).delete();
        await(name + " ready again")
                .atMost(target.patience())
                .pollInterval(Cluster.POLL)
                .until(() -> cluster.pod(name)
                        .filter(pod -> !pod.getMetadata()
                                        .getUid()
                                        .equals(victim.getMetadata().getUid())
                                && Cluster.isReady(pod))
                        .isPresent());
        Results.of("pod-deleted", target)
                .with(
                        "readyAfterMillis",
                        Duration.ofNanos(System.nanoTime() - begin).toMillis())
                .publish();
        cluster.awaitSettled();

        MemberStatus after = cluster.member(name).orElseThrow();
        assertThat(after.storeId()).isEqualTo(before.storeId());
        assertThat(after.ownedPartitions()).isEqualTo(before.ownedPartitions());
        assertThat(cluster.status().orElseThrow().ring().epoch()).isEqualTo(1);
        // Level local asks this one disk.
        Node back = cluster.node(name);
        for (int i = 0; i < KEYS; i++) {
            assertThat(back.get("kept-" + i, "consistency=local").value()).isEqualTo("value " + i);
        }
    }
}
