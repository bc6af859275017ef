package io.kvcluster.operator.cluster;

import io.kvcluster.operator.moves.GivenUp;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.util.List;

/**
 * Pods that came back with another store on their old claim: nobody can say what became of the old one. The new store is not
 * counted, and not put in the old one's place before a human says so.
 */
final class LostStores {
    static final String CHECK = "StoreLost";

    private LostStores() {}

    static void plan(Observation world, List<Wait> waits) {
        for (Ring ring : world.ring().stream().toList()) {
            for (Member member : ring.members()) {
                if (member.getState() != MemberState.REPLACED
                        && world.hasLostStore(member)
                        && !GivenUp.isReplaceable(world, member)) {
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
                + " back; or, if that data is gone for good, let others take its place: kubectl annotate kvc NAME "
                + Labels.REPLACE_STORE + "=" + member.getStoreId();
    }
}
