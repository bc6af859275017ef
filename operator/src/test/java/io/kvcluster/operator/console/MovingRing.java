package io.kvcluster.operator.console;

import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Move;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingJson;
import java.util.ArrayList;
import java.util.List;

/** A ring of which partitions move to a member that holds nothing else. */
final class MovingRing {
    private MovingRing() {}

    /** The member of the largest index gives its partitions to others, and those named here move to it. */
    static Ring of(Ring settled, MovePhase phase, int... moving) {
        int last = settled.members().getLast().getIndex();
        RingTable.Builder table =
                settled.table().toBuilder().setEpoch(settled.epoch() + 1).setPreviousHash(settled.hash());
        table.getMembersBuilder(table.getMembersCount() - 1).setState(MemberState.JOINING);
        for (var partition : table.getPartitionsBuilderList()) {
            List<Integer> replicas = new ArrayList<>(partition.getReplicasList());
            if (replicas.remove(Integer.valueOf(last))) {
                int other = 0;
                while (replicas.contains(other)) {
                    other++;
                }
                replicas.add(other);
                partition.clearReplicas().addAllReplicas(replicas).setChangedEpoch(table.getEpoch());
            }
        }
        for (int p : moving) {
            var partition = table.getPartitionsBuilder(p);
            List<Integer> target = new ArrayList<>(partition.getReplicasList());
            target.set(0, last);
            partition
                    .setChangedEpoch(table.getEpoch())
                    .setMove(Move.newBuilder()
                            .addAllReplicas(target)
                            .setRead(partition.getRead())
                            .setWrite(partition.getWrite())
                            .setPhase(phase)
                            .setCopyEpoch(phase == MovePhase.COPY ? table.getEpoch() : settled.epoch()));
        }
        return Ring.require(
                table.clearHash().setHash(RingJson.hash(table.build())).build());
    }
}
