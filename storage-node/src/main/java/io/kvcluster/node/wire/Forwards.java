package io.kvcluster.node.wire;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.proto.peer.ForwardAnswer;
import io.kvcluster.proto.peer.ForwardRequest;
import java.util.concurrent.TimeUnit;

/**
 * A client's operation handed to a replica to coordinate, and its answer on the way back. Nodes' monotonic clocks share no
 * origin, so the deadline travels as the time left.
 */
public final class Forwards {
    private Forwards() {}

    /** @param nowNanos the environment's monotonic clock; a deadline that has passed travels as 0 */
    public static ForwardRequest encode(Command command, long nowNanos) {
        long left = TimeUnit.NANOSECONDS.toMillis(command.deadlineNanos() - nowNanos);
        ForwardRequest.Builder forward =
                ForwardRequest.newBuilder().setDeadlineMillis((int) Math.clamp(left, 0, Integer.MAX_VALUE));
        return switch (command) {
            case Command.Get get -> forward.setGet(Requests.encode(get)).build();
            case Command.Put put -> forward.setPut(Requests.encode(put)).build();
            case Command.Delete delete ->
                forward.setDelete(Requests.encode(delete)).build();
        };
    }

    /**
     * The command, marked forwarded. A peer that speaks another version may break a rule of this one: its request is refused
     * like a client's, see {@link #refusal}.
     *
     * @param nowNanos the environment's monotonic clock
     * @throws RefusedException when the operation breaks a rule
     */
    public static Command decode(ForwardRequest forward, long nowNanos) {
        long deadline = nowNanos + TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(forward.getDeadlineMillis()));
        return switch (forward.getOperationCase()) {
            case GET -> Requests.decode(forward.getGet(), deadline, true);
            case PUT -> Requests.decode(forward.getPut(), deadline, true);
            case DELETE -> Requests.decode(forward.getDelete(), deadline, true);
            case OPERATION_NOT_SET ->
                throw new Refusal(
                                Reason.INVALID_OPERATION,
                                "operation",
                                "",
                                "get, put or delete",
                                "a forwarded request names no operation that this node knows (get, put, delete)")
                        .refused();
        };
    }

    /** What the asker hears when {@link #decode(ForwardRequest, long)} refused. */
    public static Outcome refusal(RefusedException refused) {
        return new Outcome.NotApplied(
                refused.refusal().reason(), false, refused.refusal().message());
    }

    public static ForwardAnswer encode(Outcome outcome) {
        ForwardAnswer.Builder answer = ForwardAnswer.newBuilder();
        return switch (outcome) {
            case Outcome.Applied applied ->
                answer.setWritten(Answers.encode(applied, 0)).build();
            case Outcome.Read read ->
                Answers.shown(read)
                        .map(shown -> answer.setGot(Answers.encode(read, shown, 0)))
                        .orElseGet(() -> answer.setFailure(Answers.notFound(read, 0)))
                        .build();
            case Outcome.NotApplied refused ->
                answer.setFailure(Answers.encode(refused)).build();
            case Outcome.Unknown unknown ->
                answer.setFailure(Answers.encode(unknown)).build();
        };
    }

    /** An answer of a kind that this node does not know says nothing about what happened: Unknown. */
    public static Outcome decode(ForwardAnswer answer) {
        return switch (answer.getOutcomeCase()) {
            case GOT -> Answers.decode(answer.getGot());
            case WRITTEN -> Answers.decode(answer.getWritten());
            case FAILURE -> Answers.decode(answer.getFailure());
            case OUTCOME_NOT_SET ->
                new Outcome.Unknown(
                        Reason.INTERNAL, "the coordinator's answer was of a kind that this node does not know");
        };
    }
}
