package io.kvcluster.operator.moves;

import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.nodeadmin.NodeState;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.ring.change.Reports;
import io.kvcluster.ring.change.StoreReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the stores said, as the ring machine asks for it. A store that said nothing is not in it: unknown. What a store said before it
 * fell silent stays in it, as not live: it never takes back that it adopted a ring or completed a copy. Whether it is live is the
 * heartbeat's to say, not the report's.
 */
final class StoreReports {
    /** What a node that does not serve holds in doubt is not known, so it is as one that doubts something. */
    private static final int NOT_KNOWN_TO_BE_SOUND = 1;

    private StoreReports() {}

    static Reports of(Observation world) {
        List<StoreReport> reports = new ArrayList<>();
        new TreeMap<>(world.pods())
                .values()
                .forEach(pod -> last(pod).ifPresent(report -> reports.add(storeReport(pod, report))));
        return new Reports(reports);
    }

    /** Two pods with one store: whose word is it? Nothing is decided by it. */
    static Optional<Wait> twins(Observation world) {
        Map<String, String> podByStore = new HashMap<>();
        for (Map.Entry<String, PodView> pod : new TreeMap<>(world.pods()).entrySet()) {
            Optional<String> store = last(pod.getValue()).map(NodeReport::storeId);
            String twin = store.map(id -> podByStore.put(id, pod.getKey())).orElse(null);
            if (twin != null) {
                return Optional.of(new Wait(
                        "DuplicateStore",
                        "Pod/" + pod.getKey(),
                        pod.getKey() + " and " + twin + " have the same store " + store.orElse("")
                                + ": one volume is a copy of the other",
                        "delete one of the two claims and its pod"));
            }
        }
        return Optional.empty();
    }

    /** Also of a node that is silent by now; never of one whose pod is being deleted. */
    static Optional<NodeReport> last(PodView pod) {
        return pod.isLeaving()
                ? Optional.empty()
                : pod.state()
                        .flatMap(NodeState::report)
                        .filter(report -> !report.storeId().isEmpty());
    }

    private static StoreReport storeReport(PodView pod, NodeReport report) {
        return new StoreReport(
                report.storeId(),
                report.incarnation(),
                pod.isUp(),
                Math.max(report.ringEpoch(), pod.ringEpoch()),
                report.phase() == Phase.SERVING ? report.suspectPartitions() : NOT_KNOWN_TO_BE_SOUND,
                report.load().diskFreeBytes(),
                report.load().logBytes(),
                report.moves().copies());
    }
}
