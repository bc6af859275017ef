package io.kvcluster.operator.observation;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How many pods each zone has. Before the first ring the spec says so. After it there is one for each member, because who leaves does
 * so in the ring first; and when more members are wanted than the ring has, their pods come first. Claims that carry a cluster id
 * are a ring that the operator has not read yet: their pods are started too, or nobody could be asked for it; but not those whose
 * store was drained.
 *
 * @param podsByZone in the order of the spec; the zone "" without zones
 * @param members that the ring is to have
 */
public record Shape(String cluster, Map<String, Integer> podsByZone, int members) {
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
            return grown(cluster, spec, ring.get(), pods);
        }
        List<String> zones = zones(spec);
        for (int i = 0; i < spec.replicas(); i++) {
            pods.merge(zones.get(i % zones.size()), 1, Integer::sum);
        }
        for (PersistentVolumeClaim claim : claims) {
            Map<String, String> labels = claim.getMetadata().getLabels();
            String zone = labels == null ? "" : labels.getOrDefault(Labels.ZONE, "");
            if (labels != null
                    && labels.containsKey(Labels.CLUSTER_ID)
                    && !labels.containsKey(Labels.DRAINED)
                    && pods.containsKey(zone)) {
                pods.merge(zone, ordinal(claim.getMetadata().getName()) + 1, Math::max);
            }
        }
        return new Shape(cluster, pods, spec.replicas());
    }

    /** With one pod more in the smallest zone, until there are as many as are wanted. */
    private static Shape grown(String cluster, KvClusterSpec spec, Ring ring, Map<String, Integer> pods) {
        if (!pods.keySet().equals(Set.copyOf(zones(spec)))) {
            return new Shape(cluster, pods, staying(ring));
        }
        int count = pods.values().stream().mapToInt(Integer::intValue).sum();
        for (; count < spec.replicas(); count++) {
            String smallest = pods.entrySet().stream()
                    .min(Map.Entry.comparingByValue())
                    .orElseThrow()
                    .getKey();
            pods.merge(smallest, 1, Integer::sum);
        }
        return new Shape(cluster, pods, spec.replicas());
    }

    private static int staying(Ring ring) {
        return (int) ring.members().stream()
                .filter(member -> member.getState() != MemberState.REPLACED)
                .count();
    }

    /** Every pod that there should be. */
    public List<String> pods() {
        return List.copyOf(zoneByPod().keySet());
    }

    /** The same with the zone of each. */
    public Map<String, String> zoneByPod() {
        Map<String, String> zones = new LinkedHashMap<>();
        podsByZone.forEach((zone, count) -> {
            for (int i = 0; i < count; i++) {
                zones.put(Names.pod(Names.statefulSet(cluster, zone), i), zone);
            }
        });
        return zones;
    }

    private static List<String> zones(KvClusterSpec spec) {
        return spec.topology() == null ? List.of("") : spec.topology().zones();
    }

    /** Of {@code demo-12}: 12; 0 without one. */
    public static int ordinal(String name) {
        String digits = name.substring(name.lastIndexOf('-') + 1);
        return digits.isEmpty() || digits.length() > 4 || !digits.chars().allMatch(Character::isDigit)
                ? 0
                : Integer.parseInt(digits);
    }
}
