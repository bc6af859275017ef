package io.kvcluster.operator.cluster;

import io.kvcluster.operator.nodeadmin.PushOutcome;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** The answer of a call that was made beside others. */
final class Answers {
    private Answers() {}

    static PushOutcome of(Future<PushOutcome> answer) {
        try {
            return answer.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new PushOutcome.Failed("the operator is stopping");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
