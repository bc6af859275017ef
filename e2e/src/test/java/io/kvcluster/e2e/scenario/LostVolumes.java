package io.kvcluster.e2e.scenario;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.testbed.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Claims that are deleted with what is on their volumes; the pods come back on empty ones. */
final class LostVolumes {
    private LostVolumes() {}

    /** All at once. The claims first, or the StatefulSet would start the new pods on them. Returns when the new pods' processes run. */
    static void lose(Cluster cluster, List<String> victims) {
        Target target = cluster.target();
        Map<String, String> uids = victims.stream()
                .collect(Collectors.toMap(
                        pod -> pod,
                        pod -> cluster.pod(pod).orElseThrow().getMetadata().getUid()));
        victims.forEach(cluster::deleteClaimOf);
        victims.forEach(pod -> target.client()
                .pods()
                .inNamespace(target.namespace())
                .withName(pod)
                .withGracePeriod(1)
                .delete());
        await("other pods " + victims)
                .atMost(target.patience())
                .pollInterval(Duration.ofMillis(20))
                .until(() -> victims.stream()
                        .allMatch(name -> cluster.pod(name)
                                .filter(pod -> !pod.getMetadata().getUid().equals(uids.get(name)) && runs(pod))
                                .isPresent()));
    }

    private static boolean runs(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getContainerStatuses().stream()
                        .anyMatch(container -> container.getState() != null
                                && container.getState().getRunning() != null);
    }
}
