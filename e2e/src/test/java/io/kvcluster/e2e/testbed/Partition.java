package io.kvcluster.e2e.testbed;

/** Which way nothing gets through between a node and the others. */
public enum Partition {
    BOTH_WAYS,
    /** The others do not hear the node. */
    OUTGOING,
    /** The node does not hear the others. */
    INCOMING
}
