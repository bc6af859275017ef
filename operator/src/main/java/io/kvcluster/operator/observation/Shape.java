package io.kvcluster.operator.observation;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many pods each zone has. Before the first ring the spec says so; after it the ring does, because a change of members is a
 * change of the ring first. Claims that carry a cluster id are a ring that the operator has not read yet: their pods are started
 * too, or nobody could be asked for it.
 *
 * @param podsByZone in the order of the spec; the zone "" without zones
 */
public record Shape(String cluster, Map<String, Integer> podsByZone) {
    public Shape {
        podsByZone = new LinkedHashMap<>(podsByZone);
    }

    static Shape of(String cluster, KvClusterSpec spec, Optional<Ring> ring, List<PersistentVolumeClaim> claims) {
        Map<String, Integer> pods = new LinkedHashMap<>();
        zones(spec).forEach(zone -> pods.put(zone, 0));
        if (ring.isPresent()) {
            for (Member member : ring.get().members()) {
                pods.merge(member.getZone(), ordinal(member.getName()) + 1, Math::max);
            }
            return new Shape(cluster, pods);
        }
        List<String> zones = zones(spec);
        for (int i = 0; i < spec.replicas(); i++) {
            pods.merge(zones.get(i % zones.size()), 1, Integer::sum);
        }
        for (PersistentVolumeClaim claim : claims) {
            Map<String, String> labels = claim.getMetadata().getLabels();
            String zone = labels == null ? "" : labels.getOrDefault(Labels.ZONE, "");
            if (labels != null && labels.containsKey(Labels.CLUSTER_ID) && pods.containsKey(zone)) {
                pods.merge(zone, ordinal(claim.getMetadata().getName()) + 1, Math::max);
            }
        }
        return new Shape(cluster, pods);
    }

    /** Every pod that there should be. */
    public List<String> pods() {
        List<String> names = new ArrayList<>();
        podsByZone.forEach((zone, count) -> {
            for (int i = 0; i < count; i++) {
                names.add(Names.pod(Names.statefulSet(cluster, zone), i));
            }
        });
        return names;
    }

    private static List<String> zones(KvClusterSpec spec) {
        return spec.topology() == null ? List.of("") : spec.topology().zones();
    }

    private static int ordinal(String name) {
        String digits = name.substring(name.lastIndexOf('-') + 1);
        return digits.isEmpty() || digits.length() > 4 || !digits.chars().allMatch(Character::isDigit)
                ? 0
                : Integer.parseInt(digits);
    }
}
