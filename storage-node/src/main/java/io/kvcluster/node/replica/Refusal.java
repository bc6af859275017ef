package io.kvcluster.node.replica;

/** Why a replica gave no answer. None of them counts towards any quorum. */
public enum Refusal {
    /** The store does not know what it holds for this key: damaged, or its index is being rebuilt. */
    CANNOT_SAY,
    /** The message was sent under a ring older than the partition's last change, or became so before it was durable. */
    WRONG_EPOCH,
    /** The ring does not name this store for the partition. */
    NOT_A_REPLICA,
    /** A client's write at or below an HLC up to which this replica has promised to hold everything. Its coordinator's clock moves past it with this answer. */
    BELOW_WATERMARK,
    OVERLOADED,
    DISK_FULL,
    /** The client's write would leave more siblings than allowed. Only for stamps. */
    TOO_MANY_SIBLINGS,
    /** The client's context names what this coordinator cannot vouch for. Only for stamps. */
    BAD_CONTEXT,
    /** The store failed for good, or is closing. */
    FAILED
}
