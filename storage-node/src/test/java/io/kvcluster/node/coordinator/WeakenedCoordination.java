package io.kvcluster.node.coordinator;

/** Coordination that lacks one of the rules that make registers linearizable, for tests that it is missed. */
public final class WeakenedCoordination {
    private WeakenedCoordination() {}

    public static Coordination withoutVersionQuestion(Coordination.Setup setup, OperationEvents events) {
        return new Coordination(setup, events, (level, replicas, reads, writes) -> {
            Quorum designed = Quorum.of(level, replicas, reads, writes);
            return new Quorum(replicas, designed.reads(), designed.writes(), false, designed.writeBack());
        });
    }

    public static Coordination withoutWriteBack(Coordination.Setup setup, OperationEvents events) {
        return new Coordination(setup, events, (level, replicas, reads, writes) -> {
            Quorum designed = Quorum.of(level, replicas, reads, writes);
            return new Quorum(replicas, designed.reads(), designed.writes(), designed.question(), false);
        });
    }
}
