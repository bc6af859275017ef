package io.kvcluster.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.kvcluster.proto.kv.Failure;
import io.kvcluster.proto.kv.Reason;
import java.util.Arrays;
import java.util.Optional;

/**
 * Why one attempt gave no result, and what a caller may conclude.
 *
 * @param nothingApplied a write of this attempt certainly had and will have no effect
 * @param retryable another attempt may succeed
 * @param nodeSuspect the node, or the way to it, is the likely cause: prefer others for a while
 */
record CallFailure(String reason, String message, boolean nothingApplied, boolean retryable, boolean nodeSuspect) {
    private static final String DOMAIN = "kvcluster.io";

    /** @param reachedTransport a connection had taken the request; without that nothing can have been applied */
    static CallFailure of(Status status, Metadata trailers, boolean reachedTransport, String node) {
        return errorInfo(status, trailers)
                .map(info -> told(status, info.getReason()))
                .orElseGet(() -> guessed(status, reachedTransport, node));
    }

    /** The result of one operation of a batch. */
    static CallFailure of(Failure failure) {
        return new CallFailure(
                failure.getReason().name(),
                failure.getMessage(),
                failure.getNotApplied(),
                failure.getRetryable(),
                false);
    }

    static CallFailure of(ClientReason reason, String message) {
        return new CallFailure(reason.name(), message, true, false, false);
    }

    boolean isNotFound() {
        return reason.equals(Reason.NOT_FOUND.name());
    }

    CallFailure withMessage(String newMessage) {
        return new CallFailure(reason, newMessage, nothingApplied, retryable, nodeSuspect);
    }

    private static CallFailure told(Status status, String reason) {
        String message = status.getDescription() == null ? reason : status.getDescription();
        return switch (status.getCode()) {
            case UNAVAILABLE, RESOURCE_EXHAUSTED ->
                new CallFailure(reason, message, true, mayPass(reason), leavesService(reason));
            case INVALID_ARGUMENT, FAILED_PRECONDITION, UNIMPLEMENTED, NOT_FOUND, ABORTED, OUT_OF_RANGE ->
                new CallFailure(reason, message, true, false, false);
            default -> new CallFailure(reason, message, false, true, false);
        };
    }

    private static CallFailure guessed(Status status, boolean reachedTransport, String node) {
        String cause = status.getCause() == null || status.getCause().getMessage() == null
                ? ""
                : " (" + status.getCause().getMessage() + ")";
        String detail =
                status.getCode() + (status.getDescription() == null ? "" : ": " + status.getDescription()) + cause;
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED ->
                reachedTransport
                        ? new CallFailure(
                                ClientReason.NO_ANSWER.name(),
                                "no answer from " + node + ": " + detail,
                                false,
                                true,
                                true)
                        : new CallFailure(
                                ClientReason.NODE_UNREACHABLE.name(),
                                "cannot reach " + node + ": " + detail,
                                true,
                                true,
                                true);
            case UNIMPLEMENTED ->
                new CallFailure(
                        ClientReason.PROTOCOL.name(),
                        node + " does not offer this service; is it a kvcluster node's client port? " + detail,
                        true,
                        false,
                        true);
            default ->
                new CallFailure(
                        ClientReason.PROTOCOL.name(), node + " answered " + detail, !reachedTransport, true, true);
        };
    }

    /** Of the reasons for which nothing was applied, 30 and below are the request's own fault. */
    private static boolean mayPass(String name) {
        return reason(name)
                .map(reason -> reason.getNumber() >= Reason.NO_RING_VALUE)
                .orElse(true);
    }

    private static boolean leavesService(String name) {
        return reason(name)
                .map(reason -> switch (reason) {
                    case STARTING, SHUTTING_DOWN, NO_RING, STORE_FAILED, DISK_FULL, CLOCK_SKEW -> true;
                    default -> false;
                })
                .orElse(false);
    }

    private static Optional<Reason> reason(String name) {
        return Arrays.stream(Reason.values())
                .filter(reason -> reason.name().equals(name))
                .findFirst();
    }

    private static Optional<ErrorInfo> errorInfo(Status status, Metadata trailers) {
        com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(status, trailers);
        for (Any detail : details.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    ErrorInfo info = detail.unpack(ErrorInfo.class);
                    if (info.getDomain().equals(DOMAIN)) {
                        return Optional.of(info);
                    }
                } catch (InvalidProtocolBufferException e) {
                    return Optional.empty(); // not what our servers send: judged by its code alone
                }
            }
        }
        return Optional.empty();
    }
}
