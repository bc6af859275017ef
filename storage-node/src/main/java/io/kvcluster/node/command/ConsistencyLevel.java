package io.kvcluster.node.command;

/** How many replicas an operation asks and waits for; design table "Levels". */
public enum ConsistencyLevel {
    /** The coordinator alone, which must be a replica. */
    LOCAL,
    /** Any one replica. */
    ONE,
    /** The ring's read and write quorums, one round; converges. */
    EVENTUAL,
    /** A majority, with the version question and the write-back: a linearizable register. */
    QUORUM,
    /** Every replica, with the version question and the write-back. */
    ALL,
    /** Raft. Known, not built yet: refused with NOT_BUILT. */
    STRONG;

    /** True for the levels that promise a linearizable register. */
    public boolean isRegister() {
        return this == QUORUM || this == ALL;
    }
}
