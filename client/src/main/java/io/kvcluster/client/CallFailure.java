package io.kvcluster.client;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.kvcluster.proto.kv.Failure;
import io.kvcluster.proto.kv.Reason;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Why one attempt gave no result, and what a caller may conclude.
 *
 * @param nothingApplied a write of this attempt certainly had and will have no effect
 * @param retryable another attempt may succeed
 * @param nodeSuspect the node, or the way to it, is the likely cause: prefer others for a while
 * @param ringEpoch of a newer ring that the error told of, or 0
 * @param context causal context of a read that found nothing, or empty
 */
record CallFailure(
        String reason,
        String message,
        boolean nothingApplied,
        boolean retryable,
        boolean nodeSuspect,
        long ringEpoch,
        ByteString context) {
    private static final String DOMAIN = "kvcluster.io";

    CallFailure(String reason, String message, boolean nothingApplied, boolean retryable, boolean nodeSuspect) {
        this(reason, message, nothingApplied, retryable, nodeSuspect, 0, ByteString.EMPTY);
    }

    /** @param reachedTransport a connection had taken the request; without that nothing can have been applied */
    static CallFailure of(Status status, Metadata trailers, boolean reachedTransport, String node) {
        return errorInfo(status, trailers)
                .map(info -> told(status, info))
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

    /** The result of one operation of a session. */
    static CallFailure ofSession(Failure failure) {
        return new CallFailure(
                failure.getReason().name(),
                failure.getMessage(),
                failure.getNotApplied(),
                failure.getRetryable(),
                leavesService(failure.getReason().name()),
                failure.getServedBy().getRingEpoch(),
                failure.getContext());
    }

    static CallFailure of(ClientReason reason, String message) {
        return new CallFailure(reason.name(), message, true, false, false);
    }

    boolean isNotFound() {
        return reason.equals(Reason.NOT_FOUND.name());
    }

    CallFailure withMessage(String newMessage) {
        return new CallFailure(reason, newMessage, nothingApplied, retryable, nodeSuspect, ringEpoch, context);
    }

    /** By the code; facts that the error carries make the verdict more careful, never less. */
    private static CallFailure told(Status status, ErrorInfo info) {
        String reason = info.getReason();
        boolean codeSaysNothing = switch (status.getCode()) {
            case UNAVAILABLE,
                    RESOURCE_EXHAUSTED,
                    INVALID_ARGUMENT,
                    FAILED_PRECONDITION,
                    UNIMPLEMENTED,
                    NOT_FOUND,
                    ABORTED,
                    OUT_OF_RANGE -> true;
            default -> false;
        };
        boolean mayHaveBeenApplied = Boolean.parseBoolean(info.getMetadataOrDefault("mayHaveBeenApplied", "false"));
        boolean retryable = info.containsMetadata("retryable")
                ? Boolean.parseBoolean(info.getMetadataOrThrow("retryable"))
                : mayPass(status.getCode(), reason);
        return new CallFailure(
                reason,
                status.getDescription() == null ? reason : status.getDescription(),
                codeSaysNothing && !mayHaveBeenApplied,
                retryable,
                leavesService(reason),
                epoch(info.getMetadataOrDefault("ringEpoch", "0")),
                context(info.getMetadataOrDefault("context", "")));
    }

    private static long epoch(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    private static ByteString context(String base64url) {
        try {
            return ByteString.copyFrom(Base64.getUrlDecoder().decode(base64url));
        } catch (IllegalArgumentException e) {
            return ByteString.EMPTY; // a context is only a hint about what this client has seen
        }
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

    /** For an error that does not say it: of the reasons, those below NO_RING are the request's own fault. */
    private static boolean mayPass(Status.Code code, String name) {
        return switch (code) {
            case INVALID_ARGUMENT, FAILED_PRECONDITION, UNIMPLEMENTED, NOT_FOUND, ABORTED, OUT_OF_RANGE -> false;
            default ->
                reason(name)
                        .map(reason -> reason.getNumber() >= Reason.NO_RING_VALUE)
                        .orElse(true);
        };
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
