package io.kvcluster.node.telemetry;

/** Label {@code kind}: what must never happen. Each has a test that raises it. */
public enum ConsistencyViolation {
    /** One dot names two different values. */
    DOT_REUSE,
    /** Two rings of one epoch differ. */
    RING_FORK,
    /** A client write came in at or below the repair watermark. */
    CLIENT_WRITE_BELOW_WATERMARK,
    /** Stored bytes do not match their checksum. */
    CHECKSUM
}
