package io.kvcluster.operator.cluster;

import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.List;

/** Pods that came back without their disk. Their new store is not counted, and not put in the old one's place. */
final class LostStores {
    static final String CHECK = "StoreLost";

    private LostStores() {}

    static void plan(Observation world, List<Wait> waits) {
        for (Ring ring : world.ring().stream().toList()) {
            for (Member member : ring.members()) {
                if (world.hasLostStore(member)) {
                    waits.add(new Wait(CHECK, "Pod/" + member.getName(), why(world, ring, member), remedy(member)));
                }
            }
        }
    }

    private static String why(Observation world, Ring ring, Member member) {
        String found = world.pod(member.getName())
                .flatMap(PodView::report)
                .map(NodeReport::storeId)
                .orElse("another store");
        return member.getName() + " came back with store " + found + ", but the ring knows it with "
                + member.getStoreId() + ": its disk is gone. Its "
                + ring.partitionsOf(member.getStoreId()).size()
                + " partitions have one live copy less; the empty store is not counted";
    }

    private static String remedy(Member member) {
        return "give " + member.getName() + " the volume of store " + member.getStoreId()
                + " back; this version does not replace a lost store";
    }
}
