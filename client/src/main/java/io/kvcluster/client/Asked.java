package io.kvcluster.client;

import io.kvcluster.proto.kv.SessionAnswer;
import io.kvcluster.proto.kv.SessionRequest;
import java.util.function.Consumer;

/** One request of a session, from its queue to its end. */
final class Asked {
    final SessionRequest.Builder request;
    final SessionAnswer.OutcomeCase expected;
    final long deadline;
    private final Consumer<UnaryCall.Answer<Object>> then;

    /** @param deadline in nanoseconds of the client's clock */
    Asked(
            SessionRequest.Builder request,
            SessionAnswer.OutcomeCase expected,
            long deadline,
            Consumer<UnaryCall.Answer<Object>> then) {
        this.request = request;
        this.expected = expected;
        this.deadline = deadline;
        this.then = then;
    }

    void got(Object response, Node node) {
        node.ended(true);
        then.accept(new UnaryCall.Answer.Got<>(response, node));
    }

    void missed(CallFailure failure, Node node) {
        node.ended(!failure.nodeSuspect());
        then.accept(new UnaryCall.Answer.Missed<>(failure, node));
    }
}
