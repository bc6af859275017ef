package io.kvcluster.operator.cluster;

import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.ring.Ring;
import java.util.List;

/** What the spec wants and nobody acts on. */
final class HeldChanges {
    static final String CHECK = "ChangeHeld";

    private HeldChanges() {}

    static void plan(Observation world, List<Wait> waits) {
        world.ring().ifPresent(ring -> compare(world, ring, waits));
    }

    private static void compare(Observation world, Ring ring, List<Wait> waits) {
        if (ring.partitions() != world.spec().partitions()) {
            waits.add(new Wait(
                    CHECK,
                    "spec.partitions",
                    "spec.partitions is " + world.spec().partitions() + ", but the ring in force has "
                            + ring.partitions() + "; their number is fixed when the cluster is made",
                    "set spec.partitions back to " + ring.partitions()
                            + ", or make another cluster and copy the data"));
        }
        world.shape().podsByZone().forEach((zone, pods) -> zone(world, zone, pods, waits));
    }

    private static void zone(Observation world, String zone, int pods, List<Wait> waits) {
        List<String> zones = world.spec().topology() == null
                ? List.of("")
                : world.spec().topology().zones();
        if (!zones.contains(zone)) {
            waits.add(new Wait(
                    CHECK,
                    "spec.topology.zones",
                    "spec.topology.zones does not name \"" + zone + "\", in which the ring has " + pods
                            + " members; members are added and taken away only when each zone of the ring is named",
                    "name it again"));
        } else if (pods == 0) {
            waits.add(new Wait(
                    CHECK,
                    "spec.topology.zones",
                    "spec.topology.zones names " + zone + ", but all "
                            + world.spec().replicas() + " members are in other zones; members do not change their zone",
                    "raise spec.replicas: new members come to the smallest zone"));
        }
    }
}
