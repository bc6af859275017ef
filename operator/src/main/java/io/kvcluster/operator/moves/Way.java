package io.kvcluster.operator.moves;

import io.kvcluster.operator.observation.Observation;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.MovePlan;
import io.kvcluster.ring.change.Reports;
import io.kvcluster.ring.change.Wanted;
import java.util.List;

/** What is left of the way from a ring to what is wanted. */
final class Way {
    private Way() {}

    static Progress.UnderWay left(Observation world, Ring ring, Wanted wanted, Reports reports, String waitingFor) {
        List<Integer> moving = ring.moving();
        int copies = 0;
        long bytes = 0;
        for (int p : moving) {
            if (ring.move(p).getPhase() == MovePhase.COPY) {
                int joining = joining(ring, p);
                copies += joining;
                bytes += joining * MovePlan.bytesOf(ring, reports, p);
            }
        }
        Wanted all = Forecast.withThoseToCome(world, ring, wanted);
        int lowest = Forecast.lowestCopies(ring);
        if (MovePlan.of(ring, all, reports) instanceof MovePlan.Result.Possible possible) {
            copies += possible.plan().copies();
            bytes += possible.plan().bytes();
            lowest = possible.plan().lowestCopies();
        }
        Progress.Ahead ahead = new Progress.Ahead(Forecast.joining(ring, all), Forecast.leaving(ring, all), lowest);
        return new Progress.UnderWay(type(world, ring), goal(world), moving.size(), copies, bytes, waitingFor, ahead);
    }

    private static int joining(Ring ring, int partition) {
        return (int) ring.target(partition).stream()
                .filter(member -> ring.joins(partition, member.getStoreId()))
                .count();
    }

    private static String type(Observation world, Ring ring) {
        if (!GivenUp.isNobody(world, ring)) {
            return "Replace";
        }
        long staying = ring.members().stream()
                .filter(member -> member.getState() == MemberState.NORMAL || member.getState() == MemberState.JOINING)
                .count();
        int wanted = world.shape().members();
        if (staying > wanted || has(ring, MemberState.LEAVING)) {
            return "ScaleDown";
        }
        if (staying < wanted || has(ring, MemberState.JOINING)) {
            return "ScaleUp";
        }
        boolean otherCopies = ring.table().getPartitionsList().stream()
                .anyMatch(partition ->
                        partition.getReplicasCount() != world.spec().replicationFactor());
        boolean otherQuorums = ring.table().getPartitionsList().stream()
                .anyMatch(partition -> partition.getRead() != world.spec().readQuorum()
                        || partition.getWrite() != world.spec().writeQuorum());
        return otherCopies ? "ChangeCopies" : otherQuorums ? "ChangeQuorums" : "Rebalance";
    }

    private static boolean has(Ring ring, MemberState state) {
        return ring.members().stream().map(Member::getState).anyMatch(state::equals);
    }

    static String goal(Observation world) {
        return world.shape().members() + " members, " + world.spec().replicationFactor() + " copies, quorums "
                + world.spec().readQuorum() + "/" + world.spec().writeQuorum();
    }
}
