package io.kvcluster.operator.cluster;

import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Objects;

/** What the spec wants and the ring does not: such changes move data or change what quorums mean, and are not acted on yet. */
final class HeldChanges {
    static final String CHECK = "ChangeHeld";

    private HeldChanges() {}

    static void plan(Observation world, List<Wait> waits) {
        world.ring().ifPresent(ring -> compare(ring, world.spec(), waits));
    }

    private static void compare(Ring ring, KvClusterSpec spec, List<Wait> waits) {
        compare("spec.replicas", ring.members().size(), spec.replicas(), waits);
        compare("spec.replicationFactor", ring.replicas(0).size(), spec.replicationFactor(), waits);
        compare("spec.quorums.read", ring.read(0), spec.readQuorum(), waits);
        compare("spec.quorums.write", ring.write(0), spec.writeQuorum(), waits);
        compare("spec.partitions", ring.partitions(), spec.partitions(), waits);
        List<String> zones =
                spec.topology() == null ? List.of("") : spec.topology().zones();
        List<String> placed = ring.members().stream()
                .map(member -> member.getZone())
                .distinct()
                .toList();
        if (!placed.containsAll(zones) || !zones.containsAll(placed)) {
            compare("spec.topology.zones", placed, zones, waits);
        }
    }

    private static void compare(String field, Object inForce, Object asked, List<Wait> waits) {
        if (!Objects.equals(inForce, asked)) {
            waits.add(new Wait(
                    CHECK,
                    field,
                    field + " is " + asked + ", but the ring in force has " + inForce
                            + "; this version does not change it once the cluster has its ring",
                    "set " + field + " back to " + inForce + ", or make another cluster and copy the data"));
        }
    }
}
