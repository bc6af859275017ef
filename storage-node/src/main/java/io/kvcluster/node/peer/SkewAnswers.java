package io.kvcluster.node.peer;

import io.kvcluster.proto.kv.Failure;
import io.kvcluster.proto.kv.Reason;
import io.kvcluster.proto.peer.BucketAnswer;
import io.kvcluster.proto.peer.ExchangeAnswer;
import io.kvcluster.proto.peer.ExchangeDoneAnswer;
import io.kvcluster.proto.peer.ForwardAnswer;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.ReadAnswer;
import io.kvcluster.proto.peer.TreeAnswer;
import io.kvcluster.proto.peer.VersionAnswer;
import io.kvcluster.proto.peer.WriteAnswer;
import java.util.Optional;

/** What the requests of a frame hear that was refused whole because its HLC was too far ahead. */
final class SkewAnswers {
    private SkewAnswers() {}

    /** Empty for what expects no answer. */
    static Optional<PeerMessage.Builder> to(PeerMessage request) {
        if (request.getId() == 0) {
            return Optional.empty();
        }
        PeerMessage.Builder answer = PeerMessage.newBuilder().setId(request.getId());
        PeerStatus skew = PeerStatus.PEER_CLOCK_SKEW;
        return switch (request.getBodyCase()) {
            case VERSION_QUESTION ->
                Optional.of(answer.setVersionAnswer(VersionAnswer.newBuilder().setStatus(skew)));
            case READ_REQUEST ->
                Optional.of(answer.setReadAnswer(ReadAnswer.newBuilder().setStatus(skew)));
            case WRITE_REQUEST ->
                Optional.of(answer.setWriteAnswer(WriteAnswer.newBuilder().setStatus(skew)));
            case FORWARD_REQUEST ->
                Optional.of(answer.setForwardAnswer(ForwardAnswer.newBuilder().setFailure(FORWARD)));
            case EXCHANGE_REQUEST ->
                Optional.of(answer.setExchangeAnswer(ExchangeAnswer.newBuilder().setStatus(skew)));
            case TREE_REQUEST ->
                Optional.of(answer.setTreeAnswer(TreeAnswer.newBuilder().setStatus(skew)));
            case BUCKET_REQUEST ->
                Optional.of(answer.setBucketAnswer(BucketAnswer.newBuilder().setStatus(skew)));
            case EXCHANGE_DONE ->
                Optional.of(answer.setExchangeDoneAnswer(
                        ExchangeDoneAnswer.newBuilder().setStatus(skew)));
            case VERSION_ANSWER,
                    READ_ANSWER,
                    WRITE_ANSWER,
                    FORWARD_ANSWER,
                    EXCHANGE_ANSWER,
                    TREE_ANSWER,
                    BUCKET_ANSWER,
                    EXCHANGE_DONE_ANSWER,
                    HEARTBEAT,
                    RING_UPDATE,
                    BODY_NOT_SET -> Optional.empty();
        };
    }

    private static final Failure FORWARD = Failure.newBuilder()
            .setReason(Reason.CLOCK_SKEW)
            .setMessage("the clock of the node that was asked first is too far ahead of the replica's")
            .setNotApplied(true)
            .setRetryable(true)
            .build();
}
