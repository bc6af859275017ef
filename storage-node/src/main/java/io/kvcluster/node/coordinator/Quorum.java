package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.ConsistencyLevel;

/**
 * How many of a partition's replicas an operation needs.
 *
 * @param replicas N
 * @param reads R, answers before a read is evaluated
 * @param writes W, durable acknowledgements before a write is
 * @param question ask a majority for the greatest dot before a write is stamped
 * @param writeBack let {@link #holders} replicas hold the answer before a read gives it
 */
record Quorum(int replicas, int reads, int writes, boolean question, boolean writeBack) {
    /** What a level means; {@link Quorum#of} but in tests that take a rule away to see that it is needed. */
    interface Rule {
        /** @param ringReads,ringWrites the ring's quorums for this partition, those of level eventual */
        Quorum of(ConsistencyLevel level, int replicas, int ringReads, int ringWrites);

        /** The same for those that the partition moves to. */
        default Quorum target(ConsistencyLevel level, int replicas, int ringReads, int ringWrites) {
            return of(level, replicas, ringReads, ringWrites);
        }

        /** How many of those that the partition moves to must hold the answer of a read. @param target what {@link #target} gave */
        default int targetHolders(Quorum target) {
            return target.holders();
        }
    }

    Quorum {
        if (reads < 1 || writes < 1 || reads > replicas || writes > replicas) {
            throw new IllegalArgumentException("quorums " + reads + "/" + writes + " of " + replicas + " replicas");
        }
    }

    /** @param ringReads,ringWrites the ring's quorums for this partition, those of level eventual */
    static Quorum of(ConsistencyLevel level, int replicas, int ringReads, int ringWrites) {
        int majority = replicas / 2 + 1;
        return switch (level) {
            case LOCAL, ONE -> new Quorum(replicas, 1, 1, false, false);
            case EVENTUAL -> new Quorum(replicas, ringReads, ringWrites, false, false);
            case QUORUM -> new Quorum(replicas, majority, majority, true, true);
            case ALL -> new Quorum(replicas, replicas, replicas, true, true);
            case STRONG -> throw new IllegalArgumentException("strong is not served by quorums");
        };
    }

    /** Replicas that must answer the version question: any of them meets every write at quorum or all. */
    int questioned() {
        return replicas / 2 + 1;
    }

    /**
     * Replicas that must durably hold the answer of a read, so that every later read at a register level meets one: N−M+1 with M
     * a majority, also for a read at all. That one has asked everybody, but the next, at quorum, asks only a majority.
     */
    int holders() {
        return replicas - questioned() + 1;
    }
}
