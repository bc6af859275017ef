package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Limits;
import java.time.Duration;

/**
 * Bounds of this room alone. Those of keys, values and batches are in {@link Limits}.
 *
 * @param requests under way at once, gRPC and HTTP each
 * @param requestBytes of messages and bodies under way at once, gRPC and HTTP each
 * @param bodyTimeout how long an HTTP body may take to arrive
 */
public record RpcLimits(int requests, long requestBytes, Duration bodyTimeout) {
    /** A JSON body; a value of {@link Limits#VALUE_BYTES} fits even when each of its bytes is written as a six-character escape. */
    public static final int BODY_BYTES = 8 * 1024 * 1024;

    /** A gRPC request: a full batch, its contexts and framing. */
    public static final int MESSAGE_BYTES = 8 * 1024 * 1024;

    /**
     * gRPC itself cuts off above this, with its own words. Between both bounds a message is read and refused with the reason and
     * the limit.
     */
    static final int TRANSPORT_MESSAGE_BYTES = 2 * MESSAGE_BYTES;

    /** HTTP/2 header list; gRPC's metadata. */
    static final int METADATA_BYTES = 16 * 1024;

    /** The request line: the longest key with every byte percent-encoded, and parameters. */
    static final int REQUEST_LINE_BYTES = 16 * 1024;

    /** HTTP/1.1 headers: the longest context token in base64, and the usual. */
    static final int HEADER_BYTES = 32 * 1024;

    static final int HTTP_CONNECTIONS = 4_096;
    static final int GRPC_CALLS_PER_CONNECTION = 1_024;
    /** Operations of one batch that are under way at once. */
    static final int BATCH_WINDOW = 64;

    public RpcLimits {
        if (requests < 1 || requestBytes < BODY_BYTES || bodyTimeout.isNegative() || bodyTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "at least 1 request, " + BODY_BYTES + " bytes and a positive time-out are needed");
        }
    }

    /** For a heap of this many bytes: an eighth of it for each door. */
    public static RpcLimits forHeap(long heapBytes) {
        return new RpcLimits(4_096, Math.max(2L * BODY_BYTES, heapBytes / 8), Duration.ofSeconds(30));
    }
}
