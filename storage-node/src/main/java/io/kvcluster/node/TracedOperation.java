package io.kvcluster.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.coordinator.OperationTrace;
import io.kvcluster.node.telemetry.OperationSpan;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An operation's way, told to its span. */
final class TracedOperation implements OperationTrace {
    private final OperationSpan span;
    private final ByteString context;

    TracedOperation(OperationSpan span) {
        this.span = span;
        this.context = UnsafeByteOperations.unsafeWrap(span.context());
    }

    @Override
    public ByteString context() {
        return context;
    }

    @Override
    public void asked(String replica, Step step) {
        span.asked(replica, step.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void answered(String replica) {
        span.answered(replica);
    }

    @Override
    public void hedged() {
        span.hedged();
    }

    @Override
    public void repaired(String replica) {
        span.repaired(replica);
    }

    @Override
    public void merged(int siblings) {
        span.merged(siblings);
    }

    @Override
    public void finished(@Nullable ConsistencyLevel level, Outcome outcome) {
        span.finished(level, outcome);
    }
}
