package io.kvcluster.node.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.proto.kv.Failure;
import io.kvcluster.proto.kv.GetResponse;
import io.kvcluster.proto.kv.ServedBy;
import io.kvcluster.proto.kv.Sibling;
import io.kvcluster.proto.kv.WriteResponse;
import java.util.List;
import java.util.Optional;

/**
 * Outcomes to responses and back. {@code callerEpoch} is the epoch of the caller's ring, 0 for none: the answer names the
 * coordinator's only when the caller's is older. A read whose siblings are all deletes is "not found", with its context.
 */
public final class Answers {
    /** What every answer without a value says. */
    public static final String NOT_FOUND_MESSAGE = "the key has no value";

    private Answers() {}

    public static WriteResponse encode(Outcome.Applied applied, long callerEpoch) {
        return WriteResponse.newBuilder()
                .setVersion(applied.version())
                .setContext(wrap(applied.contextToken()))
                .setServedBy(encode(applied.service(), callerEpoch))
                .build();
    }

    /** The live sibling of the greatest dot: the value that an answer shows first; empty when the key is not there. */
    public static Optional<Outcome.Version> shown(Outcome.Read read) {
        for (Outcome.Version sibling : read.siblings()) {
            if (!sibling.deleted()) {
                return Optional.of(sibling);
            }
        }
        return Optional.empty();
    }

    /** Of a read that {@link #shown shows} something. */
    public static GetResponse encode(Outcome.Read read, Outcome.Version shown, long callerEpoch) {
        GetResponse.Builder response = GetResponse.newBuilder()
                .setValue(wrap(shown.value()))
                .setVersion(shown.version())
                .setContext(wrap(read.contextToken()))
                .setServedBy(encode(read.service(), callerEpoch));
        if (read.siblings().size() > 1) {
            read.siblings().forEach(sibling -> response.addSiblings(encode(sibling)));
        }
        return response.build();
    }

    /** Of a read that found nothing. */
    public static Failure notFound(Outcome.Read read, long callerEpoch) {
        return Failure.newBuilder()
                .setReason(Reasons.encode(Reason.NOT_FOUND))
                .setMessage(NOT_FOUND_MESSAGE)
                .setNotApplied(true)
                .setContext(wrap(read.contextToken()))
                .setServedBy(encode(read.service(), callerEpoch))
                .build();
    }

    public static Failure encode(Outcome.NotApplied refused) {
        return failure(refused.reason(), refused.message(), true, refused.retryable());
    }

    public static Failure encode(Outcome.Unknown unknown) {
        return failure(unknown.reason(), unknown.message(), false, false);
    }

    public static Outcome decode(WriteResponse response) {
        return new Outcome.Applied(
                response.getVersion(), response.getContext().toByteArray(), decode(response.getServedBy()));
    }

    public static Outcome decode(GetResponse response) {
        List<Outcome.Version> siblings = response.getSiblingsCount() == 0
                ? List.of(new Outcome.Version(
                        response.getVersion(), response.getValue().toByteArray(), false))
                : response.getSiblingsList().stream().map(Answers::decode).toList();
        return new Outcome.Read(siblings, response.getContext().toByteArray(), decode(response.getServedBy()));
    }

    public static Outcome decode(Failure failure) {
        Reason reason = Reasons.decode(failure.getReason());
        if (reason == Reason.NOT_FOUND) {
            return new Outcome.Read(List.of(), failure.getContext().toByteArray(), decode(failure.getServedBy()));
        }
        return failure.getNotApplied()
                ? new Outcome.NotApplied(reason, failure.getRetryable(), failure.getMessage())
                : new Outcome.Unknown(reason, failure.getMessage());
    }

    private static Failure failure(Reason reason, String message, boolean notApplied, boolean retryable) {
        return Failure.newBuilder()
                .setReason(Reasons.encode(reason))
                .setMessage(message)
                .setNotApplied(notApplied)
                .setRetryable(retryable)
                .build();
    }

    private static Sibling encode(Outcome.Version sibling) {
        return Sibling.newBuilder()
                .setValue(wrap(sibling.value()))
                .setVersion(sibling.version())
                .setDeleted(sibling.deleted())
                .build();
    }

    private static Outcome.Version decode(Sibling sibling) {
        return new Outcome.Version(sibling.getVersion(), sibling.getValue().toByteArray(), sibling.getDeleted());
    }

    private static ServedBy encode(Outcome.Service service, long callerEpoch) {
        return ServedBy.newBuilder()
                .setNode(service.node())
                .setConsistency(Levels.encode(service.level()))
                .setReplicas(service.replicas())
                .setRingEpoch(callerEpoch < service.ringEpoch() ? service.ringEpoch() : 0)
                .build();
    }

    /** Whoever answered names the level it used; a peer that does not is newer than this node, and the name is for show. */
    private static Outcome.Service decode(ServedBy served) {
        ConsistencyLevel level = switch (served.getConsistency()) {
            case LOCAL -> ConsistencyLevel.LOCAL;
            case ONE -> ConsistencyLevel.ONE;
            case EVENTUAL, CONSISTENCY_UNSPECIFIED, UNRECOGNIZED -> ConsistencyLevel.EVENTUAL;
            case QUORUM -> ConsistencyLevel.QUORUM;
            case ALL -> ConsistencyLevel.ALL;
            case STRONG -> ConsistencyLevel.STRONG;
        };
        return new Outcome.Service(served.getNode(), level, served.getReplicas(), served.getRingEpoch());
    }

    /** Outcomes are not to be changed, so their arrays need no copy. */
    private static ByteString wrap(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }
}
