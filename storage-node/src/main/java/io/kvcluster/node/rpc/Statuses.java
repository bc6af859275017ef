package io.kvcluster.node.rpc;

import io.grpc.Status;
import io.kvcluster.node.command.Reason;

/**
 * Reasons to status codes: the one place. HTTP 504 and gRPC DEADLINE_EXCEEDED and UNKNOWN are given for unknown outcomes and
 * for nothing else, so that a client may trust the code alone.
 */
final class Statuses {
    private Statuses() {}

    /** @param unknown the outcome is Unknown: it may have been applied */
    static Status.Code grpc(Reason reason, boolean unknown) {
        if (unknown) {
            return reason == Reason.TIMEOUT ? Status.Code.DEADLINE_EXCEEDED : Status.Code.UNKNOWN;
        }
        return switch (reason) {
            case KEY_EMPTY,
                    KEY_TOO_LARGE,
                    VALUE_TOO_LARGE,
                    BATCH_EMPTY,
                    BATCH_TOO_MANY_OPERATIONS,
                    BATCH_TOO_LARGE,
                    INVALID_CONSISTENCY,
                    INVALID_CONTEXT,
                    INVALID_TTL,
                    INVALID_IF_VERSION,
                    INVALID_KEY_ENCODING,
                    INVALID_BODY,
                    INVALID_PARAMETER,
                    BODY_TOO_LARGE,
                    INVALID_OPERATION,
                    NOT_ACCEPTABLE,
                    UNSUPPORTED_MEDIA_TYPE,
                    INVALID_REQUEST_ID -> Status.Code.INVALID_ARGUMENT;
            case UNKNOWN_PATH, METHOD_NOT_ALLOWED, NOT_BUILT -> Status.Code.UNIMPLEMENTED;
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            // The client must change something first: read the siblings and write with their context; ask a replica.
            case TOO_MANY_SIBLINGS -> Status.Code.ABORTED;
            case NOT_A_REPLICA -> Status.Code.FAILED_PRECONDITION;
            case OVERLOADED, DISK_FULL -> Status.Code.RESOURCE_EXHAUSTED;
            case NO_RING,
                    NOT_ENOUGH_REPLICAS,
                    CLOCK_SKEW,
                    STARTING,
                    SHUTTING_DOWN,
                    CANNOT_SAY,
                    WRONG_EPOCH,
                    STORE_FAILED,
                    // The time was over, or the peer gone, before anything was sent.
                    TIMEOUT,
                    PEER_LOST -> Status.Code.UNAVAILABLE;
            case INTERNAL -> Status.Code.INTERNAL;
        };
    }

    /** @param unknown the outcome is Unknown: it may have been applied */
    static int http(Reason reason, boolean unknown) {
        if (unknown) {
            return 504;
        }
        return switch (reason) {
            case KEY_EMPTY,
                    KEY_TOO_LARGE,
                    BATCH_EMPTY,
                    BATCH_TOO_MANY_OPERATIONS,
                    INVALID_CONSISTENCY,
                    INVALID_CONTEXT,
                    INVALID_TTL,
                    INVALID_IF_VERSION,
                    INVALID_KEY_ENCODING,
                    INVALID_BODY,
                    INVALID_PARAMETER,
                    INVALID_OPERATION,
                    INVALID_REQUEST_ID -> 400;
            case VALUE_TOO_LARGE, BATCH_TOO_LARGE, BODY_TOO_LARGE -> 413;
            case UNKNOWN_PATH, NOT_FOUND -> 404;
            case METHOD_NOT_ALLOWED -> 405;
            case NOT_ACCEPTABLE -> 406;
            case TOO_MANY_SIBLINGS -> 409;
            case UNSUPPORTED_MEDIA_TYPE -> 415;
            case NOT_A_REPLICA -> 421;
            case INTERNAL -> 500;
            case NOT_BUILT -> 501;
            case NO_RING,
                    NOT_ENOUGH_REPLICAS,
                    OVERLOADED,
                    CLOCK_SKEW,
                    STARTING,
                    SHUTTING_DOWN,
                    CANNOT_SAY,
                    WRONG_EPOCH,
                    STORE_FAILED,
                    TIMEOUT,
                    PEER_LOST -> 503;
            case DISK_FULL -> 507;
        };
    }
}
