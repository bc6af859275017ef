package io.kvcluster.node;

import com.google.protobuf.ByteString;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.coordinator.OperationEvents;
import io.kvcluster.node.coordinator.OperationTrace;
import io.kvcluster.node.replica.ReplicaEvents;
import io.kvcluster.node.telemetry.ConsistencyViolation;
import io.kvcluster.node.telemetry.NodeMetrics;
import io.kvcluster.node.telemetry.Operation;
import io.kvcluster.node.telemetry.Tracing;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** What happens on the core loops, counted. */
final class NodeEvents implements OperationEvents, ReplicaEvents {
    private final NodeMetrics metrics;
    private final Tracing tracing;
    private final boolean traced;
    private final LongAdder overloads = new LongAdder();

    NodeEvents(NodeMetrics metrics, Tracing tracing) {
        this.metrics = metrics;
        this.tracing = tracing;
        this.traced = tracing.on();
    }

    private static Operation operation(Kind kind) {
        return switch (kind) {
            case GET -> Operation.GET;
            case PUT -> Operation.PUT;
            case DELETE -> Operation.DELETE;
        };
    }

    long overloads() {
        return overloads.sum();
    }

    @Override
    public void finished(ConsistencyLevel level, Kind kind, Outcome outcome, long nanos) {
        metrics.operations().finished(level, operation(kind), outcome, nanos);
    }

    @Override
    public boolean tracing() {
        return traced;
    }

    @Override
    public OperationTrace begin(Kind kind, int partition, String requestId) {
        return new TracedOperation(tracing.begin(operation(kind), partition, requestId));
    }

    @Override
    public void within(ByteString context, Runnable work) {
        tracing.within(context.toByteArray(), work);
    }

    @Override
    public Runnable served(ByteString context, OperationTrace.Step step) {
        return tracing.served(context.toByteArray(), step.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void quorumFailed(Kind kind) {
        metrics.operations().quorumFailed(operation(kind));
    }

    @Override
    public void readRepaired(int replicas) {
        metrics.replication().readRepaired(replicas);
    }

    @Override
    public void overloaded() {
        overloads.increment();
    }

    @Override
    public void discarded(int siblings) {
        if (siblings > 0) {
            metrics.replication().conflictDiscarded(siblings);
        }
    }

    @Override
    public void kept(int siblings) {
        metrics.replication().conflictKept(siblings);
    }

    @Override
    public void resolved(int values) {
        metrics.replication().conflictResolved(values);
    }

    @Override
    public void failed(Failure why) {
        metrics.replication().resolverFailed(why.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void manySiblings(int siblings) {
        metrics.replication().manySiblings();
    }

    @Override
    public void dotReused() {
        metrics.replication().violated(ConsistencyViolation.DOT_REUSE);
    }

    @Override
    public void checksumFailed() {
        metrics.replication().violated(ConsistencyViolation.CHECKSUM);
    }

    @Override
    public void writeBelowWatermark() {
        metrics.replication().violated(ConsistencyViolation.CLIENT_WRITE_BELOW_WATERMARK);
    }
}
