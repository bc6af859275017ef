package io.kvcluster.node.wire;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.proto.kv.Failure;
import io.kvcluster.proto.kv.SessionAnswer;
import io.kvcluster.proto.kv.SessionRequest;

/** Requests and answers of a session: those of the unary calls, with the id by which the client knows them. */
public final class Sessions {
    private Sessions() {}

    /**
     * @param deadlineNanos on the environment's monotonic clock
     * @throws RefusedException when the operation breaks a rule
     */
    public static Command decode(SessionRequest request, long deadlineNanos) {
        return switch (request.getOperationCase()) {
            case GET -> Requests.decode(request.getGet(), deadlineNanos, false);
            case PUT -> Requests.decode(request.getPut(), deadlineNanos, false);
            case DELETE -> Requests.decode(request.getDelete(), deadlineNanos, false);
            case OPERATION_NOT_SET ->
                throw new Refusal(
                                Reason.INVALID_OPERATION,
                                "operation",
                                "",
                                "get, put or delete",
                                "request " + request.getId() + " names no operation; it must be get, put or delete")
                        .refused();
        };
    }

    /** Of what is admitted: keys, values and what surrounds them, in bytes. */
    public static long size(SessionRequest request) {
        return switch (request.getOperationCase()) {
            case GET -> REQUEST_BYTES + request.getGet().getKey().size();
            case PUT ->
                REQUEST_BYTES
                        + (long) request.getPut().getKey().size()
                        + request.getPut().getValue().size();
            case DELETE -> REQUEST_BYTES + request.getDelete().getKey().size();
            case OPERATION_NOT_SET -> REQUEST_BYTES;
        };
    }

    /** The epoch of the caller's ring, 0 for none. */
    public static long callerEpoch(SessionRequest request) {
        return switch (request.getOperationCase()) {
            case GET -> request.getGet().getRingEpoch();
            case PUT -> request.getPut().getRingEpoch();
            case DELETE -> request.getDelete().getRingEpoch();
            case OPERATION_NOT_SET -> 0;
        };
    }

    /** @param read whether a get was asked: one without an answer may be asked again */
    public static SessionAnswer encode(long id, Outcome outcome, long callerEpoch, boolean read) {
        SessionAnswer.Builder answer = SessionAnswer.newBuilder().setId(id);
        return switch (outcome) {
            case Outcome.Applied applied ->
                answer.setWritten(Answers.encode(applied, callerEpoch)).build();
            case Outcome.Read found ->
                Answers.shown(found)
                        .map(shown -> answer.setGot(Answers.encode(found, shown, callerEpoch)))
                        .orElseGet(() -> answer.setFailure(Answers.notFound(found, callerEpoch)))
                        .build();
            case Outcome.NotApplied refused ->
                answer.setFailure(Answers.encode(refused)).build();
            case Outcome.Unknown unknown ->
                answer.setFailure(Answers.encode(unknown).toBuilder().setRetryable(read))
                        .build();
        };
    }

    public static SessionAnswer refusal(long id, RefusedException refused) {
        Refusal refusal = refused.refusal();
        return SessionAnswer.newBuilder()
                .setId(id)
                .setFailure(Failure.newBuilder()
                        .setReason(Reasons.encode(refusal.reason()))
                        .setMessage(refusal.message())
                        .setNotApplied(true))
                .build();
    }

    private static final long REQUEST_BYTES = 64;
}
