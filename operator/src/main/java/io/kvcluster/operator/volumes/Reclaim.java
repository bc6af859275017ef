package io.kvcluster.operator.volumes;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kvcluster.crd.ReclaimPolicy;
import io.kvcluster.operator.resources.Labels;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of the claims of a deleted cluster. Pure. */
public final class Reclaim {
    private Reclaim() {}

    /** When a claim was quarantined, as a label value, which may not have colons. */
    public static String stamp(Instant now) {
        return now.truncatedTo(ChronoUnit.SECONDS).toString().replace(":", "");
    }

    /** What to do with one claim. */
    public sealed interface Action {
        String claim();
    }

    public record Delete(String claim) implements Action {}

    /** Kept, with a label more. */
    public record Label(String claim, String key, String value) implements Action {}

    /**
     * @param clusterId of the ring, if there ever was one: written on claims that a crash left without it
     * @param stamp marks when a claim was quarantined; a label value
     */
    public static List<Action> actions(
            ReclaimPolicy policy, List<PersistentVolumeClaim> claims, Optional<String> clusterId, String stamp) {
        List<Action> actions = new ArrayList<>();
        for (PersistentVolumeClaim claim : claims) {
            String name = claim.getMetadata().getName();
            if (policy == ReclaimPolicy.DELETE) {
                if (claim.getMetadata().getDeletionTimestamp() == null) {
                    actions.add(new Delete(name));
                }
                continue;
            }
            if (clusterId.isPresent() && Claims.clusterId(claim) == null) {
                actions.add(new Label(name, Labels.CLUSTER_ID, clusterId.get()));
            }
            if (policy == ReclaimPolicy.QUARANTINE
                    && !claim.getMetadata().getLabels().containsKey(Labels.QUARANTINED)) {
                actions.add(new Label(name, Labels.QUARANTINED, stamp));
            }
        }
        return actions;
    }
}
