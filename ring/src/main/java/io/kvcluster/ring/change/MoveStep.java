package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Move;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Optional;

/**
 * The steps of one partition from its old replicas O to its new ones T; the table of the ADR on moves.
 *
 * <pre>
 * settled  --begin-->  COPY      --every proof-->      READ_NEW  --barrier-->  settled on T
 *                      COPY      --cancel-->           settled on O
 *                      READ_NEW  --cancel-->           BACK      --barrier-->  settled on O
 * </pre>
 */
final class MoveStep {
    private MoveStep() {}

    /** What may be done now with a partition that moves. */
    sealed interface Next {
        /** @param partition without its changedEpoch, which the ring that it gets into sets */
        record Become(Partition partition, String what) implements Next {}

        record Stay(String why) implements Next {}
    }

    /** The first step. @param epoch of the ring that it gets into */
    static Partition begin(Partition settled, List<Integer> target, int read, int write, long epoch) {
        return settled.toBuilder()
                .setMove(Move.newBuilder()
                        .addAllReplicas(target)
                        .setRead(read)
                        .setWrite(write)
                        .setPhase(MovePhase.COPY)
                        .setCopyEpoch(epoch))
                .build();
    }

    /** @param wanted the partition shall get to its target; else back */
    static Next of(Ring ring, int partition, boolean wanted, Reports reports) {
        Partition now = ring.table().getPartitions(partition);
        return switch (now.getMove().getPhase()) {
            case COPY -> wanted ? afterCopy(ring, partition, now, reports) : cancelled(now);
            case READ_NEW ->
                wanted
                        ? afterBarrier(ring, partition, arrived(now), "arrives", reports)
                        : new Next.Become(in(now, MovePhase.BACK), "turns back");
            case BACK -> afterBarrier(ring, partition, stayed(now), "is back", reports);
            case MOVE_PHASE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalStateException("a ring with a phase that is none: " + now);
        };
    }

    private static Next afterCopy(Ring ring, int partition, Partition now, Reports reports) {
        Optional<String> missing = CopyRule.missing(ring, partition, reports);
        return missing.<Next>map(Next.Stay::new)
                .orElseGet(() -> new Next.Become(in(now, MovePhase.READ_NEW), "is copied"));
    }

    private static Next cancelled(Partition now) {
        return new Next.Become(stayed(now), "is cancelled");
    }

    private static Next afterBarrier(Ring ring, int partition, Partition then, String what, Reports reports) {
        Optional<String> missing = Barrier.missing(ring, partition, ring.changedEpoch(partition), reports);
        return missing.<Next>map(Next.Stay::new).orElseGet(() -> new Next.Become(then, what));
    }

    private static Partition in(Partition now, MovePhase phase) {
        Partition.Builder next = now.toBuilder();
        next.getMoveBuilder().setPhase(phase);
        return next.build();
    }

    private static Partition stayed(Partition now) {
        return now.toBuilder().clearMove().build();
    }

    private static Partition arrived(Partition now) {
        Move move = now.getMove();
        return now.toBuilder()
                .clearMove()
                .clearReplicas()
                .addAllReplicas(move.getReplicasList())
                .setRead(move.getRead())
                .setWrite(move.getWrite())
                .build();
    }
}
