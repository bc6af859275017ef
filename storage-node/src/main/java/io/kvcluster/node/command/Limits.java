package io.kvcluster.node.command;

/** Every bound that a client can meet, and the bounds of internal queues. Bytes, counts and milliseconds as named. */
public final class Limits {
    public static final int KEY_BYTES = 4 * 1024;
    public static final int VALUE_BYTES = 1024 * 1024;
    public static final int BATCH_OPERATIONS = 1_000;
    public static final int BATCH_BYTES = 4 * 1024 * 1024;
    /** A client write that would leave more siblings than this is refused; merges between replicas never are. */
    public static final int SIBLINGS = 32;

    public static final int SIBLINGS_WARN = 8;
    public static final int SIBLINGS_BYTES = 4 * 1024 * 1024;
    /** Keys of one page of a listing, and their bytes: a page ends at whichever comes first. */
    public static final int KEYS_PER_PAGE = 1_000;

    public static final int KEYS_PER_PAGE_BYTES = 1024 * 1024;
    /** How long a user's conflict resolver may take for one key; after it the values are given as siblings. */
    public static final long RESOLVER_MILLIS = 50;

    public static final int REQUEST_ID_CHARACTERS = 64;
    public static final int CONTEXT_TOKEN_BYTES = 16 * 1024;
    /** One frame between nodes. */
    public static final int PEER_FRAME_BYTES = 8 * 1024 * 1024;

    /** A replica answers a read with the record itself up to this size; above it, one replica sends it, the others digests. */
    public static final int FULL_READ_BYTES = 4 * 1024;

    public static final long DEFAULT_DEADLINE_MILLIS = 5_000;
    public static final long MAX_DEADLINE_MILLIS = 60_000;
    /** A message further ahead of both the wall clock and the HLC than this is refused. */
    public static final long MAX_CLOCK_OFFSET_MILLIS = 2_000;

    /** Client operations that one core loop has accepted and not yet answered. */
    public static final int OPERATIONS_IN_FLIGHT_PER_LOOP = 4_096;

    /** Tasks waiting in one core loop's mailbox; more are refused as OVERLOADED. */
    public static final int LOOP_MAILBOX = 16_384;

    /** Messages waiting for one peer, and their bytes; more are refused as OVERLOADED. */
    public static final int PEER_QUEUE_MESSAGES = 16_384;

    public static final int PEER_QUEUE_BYTES = 32 * 1024 * 1024;

    private Limits() {}
}
