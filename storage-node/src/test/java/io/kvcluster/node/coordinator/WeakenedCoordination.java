package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.ConsistencyLevel;

/** Coordination that lacks one of the rules that make registers linearizable, for tests that it is missed. */
public final class WeakenedCoordination {
    private WeakenedCoordination() {}

    public static Coordination withoutVersionQuestion(Coordination.Setup setup, OperationEvents events) {
        return new Coordination(setup, events, (level, replicas, reads, writes) -> {
            Quorum designed = Quorum.of(level, replicas, reads, writes);
            return new Quorum(replicas, designed.reads(), designed.writes(), false, designed.writeBack());
        });
    }

    /** While a partition moves, an answer is held by enough of the old replicas alone. */
    public static Coordination writesBackToOldSetOnly(Coordination.Setup setup, OperationEvents events) {
        return new Coordination(setup, events, new Quorum.Rule() {
            @Override
            public Quorum of(ConsistencyLevel level, int replicas, int reads, int writes) {
                return Quorum.of(level, replicas, reads, writes);
            }

            @Override
            public int targetHolders(Quorum target) {
                return 0;
            }
        });
    }

    /** While a partition moves, one of the replicas that it moves to is enough for a write. */
    public static Coordination acknowledgesByOldSetOnly(Coordination.Setup setup, OperationEvents events) {
        return new Coordination(setup, events, new Quorum.Rule() {
            @Override
            public Quorum of(ConsistencyLevel level, int replicas, int reads, int writes) {
                return Quorum.of(level, replicas, reads, writes);
            }

            @Override
            public Quorum target(ConsistencyLevel level, int replicas, int reads, int writes) {
                Quorum designed = Quorum.of(level, replicas, reads, writes);
                return new Quorum(replicas, designed.reads(), 1, designed.question(), designed.writeBack());
            }
        });
    }

    public static Coordination withoutWriteBack(Coordination.Setup setup, OperationEvents events) {
        return new Coordination(setup, events, (level, replicas, reads, writes) -> {
            Quorum designed = Quorum.of(level, replicas, reads, writes);
            return new Quorum(replicas, designed.reads(), designed.writes(), designed.question(), false);
        });
    }
}
