package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Move;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Which entry of a partition may follow which. A ring that breaks this is never published. */
final class Transitions {
    private Transitions() {}

    /** @throws IllegalStateException naming each partition whose step is none */
    static void require(Ring before, Ring after) {
        List<String> illegal = illegal(before, after);
        if (!illegal.isEmpty()) {
            throw new IllegalStateException("a step that is none: " + String.join("; ", illegal));
        }
    }

    static List<String> illegal(Ring before, Ring after) {
        List<String> illegal = new ArrayList<>();
        for (int p = 0; p < before.partitions(); p++) {
            Partition then = before.table().getPartitions(p);
            Partition now = after.table().getPartitions(p);
            if (!then.equals(now) && !legal(then, now, after.epoch())) {
                illegal.add("partition " + p + " from " + shown(then) + " to " + shown(now));
            }
        }
        return illegal;
    }

    private static boolean legal(Partition then, Partition now, long epoch) {
        if (now.getChangedEpoch() != epoch) {
            return false;
        }
        if (!then.hasMove()) {
            boolean begins = now.hasMove()
                    && now.getMove().getPhase() == MovePhase.COPY
                    && now.getMove().getCopyEpoch() == epoch;
            return begins ? sameSettled(then, now) : !now.hasMove() && sameMembersAndQuorums(then, now);
        }
        Move move = then.getMove();
        return switch (move.getPhase()) {
            case COPY -> staysOnOld(then, now) || goesOn(then, now, MovePhase.READ_NEW);
            case READ_NEW -> arrives(move, now) || goesOn(then, now, MovePhase.BACK);
            case BACK -> staysOnOld(then, now);
            case MOVE_PHASE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private static boolean sameSettled(Partition then, Partition now) {
        return then.getReplicasList().equals(now.getReplicasList()) && sameQuorums(then, now);
    }

    private static boolean sameMembersAndQuorums(Partition then, Partition now) {
        return new TreeSet<>(then.getReplicasList()).equals(new TreeSet<>(now.getReplicasList()))
                && sameQuorums(then, now);
    }

    private static boolean sameQuorums(Partition then, Partition now) {
        return then.getRead() == now.getRead() && then.getWrite() == now.getWrite();
    }

    private static boolean staysOnOld(Partition then, Partition now) {
        return !now.hasMove() && sameSettled(then, now);
    }

    private static boolean goesOn(Partition then, Partition now, MovePhase phase) {
        return now.hasMove()
                && sameSettled(then, now)
                && now.getMove()
                        .equals(then.getMove().toBuilder().setPhase(phase).build());
    }

    private static boolean arrives(Move move, Partition now) {
        return !now.hasMove()
                && now.getReplicasList().equals(move.getReplicasList())
                && now.getRead() == move.getRead()
                && now.getWrite() == move.getWrite();
    }

    private static String shown(Partition partition) {
        return partition.toString().replace('\n', ' ').trim();
    }
}
