package io.kvcluster.node.telemetry;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The span of one operation. One thread at a time. docs/tracing.md lists what it has. */
public final class OperationSpan {
    private static final AttributeKey<String> REPLICA = AttributeKey.stringKey("kvcluster.replica");
    private static final AttributeKey<String> STEP = AttributeKey.stringKey("kvcluster.step");

    private final Span span;
    private final byte[] context;
    private long asked;
    private long answered;
    private long hedges;
    private long repairs;

    OperationSpan(Span span) {
        this.span = span;
        this.context = Tracing.context(span.getSpanContext());
    }

    /** What messages to peers carry; empty when the span is not kept. */
    public byte[] context() {
        return context;
    }

    public void asked(String replica, String step) {
        asked++;
        span.addEvent("asked", Attributes.of(REPLICA, replica, STEP, step));
    }

    public void answered(String replica) {
        answered++;
        span.addEvent("answered", Attributes.of(REPLICA, replica));
    }

    public void hedged() {
        hedges++;
        span.addEvent("hedged");
    }

    public void repaired(String replica) {
        repairs++;
        span.addEvent("repaired", Attributes.of(REPLICA, replica));
    }

    public void merged(int siblings) {
        span.setAttribute("kvcluster.siblings", siblings);
        span.addEvent("merged");
    }

    public void finished(@Nullable ConsistencyLevel level, Outcome outcome) {
        if (level != null) {
            span.setAttribute("kvcluster.consistency", level.name().toLowerCase(Locale.ROOT));
        }
        span.setAttribute("kvcluster.replicas.asked", asked);
        span.setAttribute("kvcluster.replicas.answered", answered);
        span.setAttribute("kvcluster.hedges", hedges);
        span.setAttribute("kvcluster.repairs", repairs);
        switch (outcome) {
            case Outcome.Applied _ -> span.setAttribute("kvcluster.outcome", "ok");
            case Outcome.Read read ->
                span.setAttribute("kvcluster.outcome", read.siblings().isEmpty() ? "not_found" : "ok");
            case Outcome.NotApplied refused ->
                failed("not_applied", refused.reason().name());
            case Outcome.Unknown lost -> failed("unknown", lost.reason().name());
        }
        span.end();
    }

    private void failed(String outcome, String reason) {
        span.setAttribute("kvcluster.outcome", outcome);
        span.setAttribute("kvcluster.reason", reason);
        span.setStatus(StatusCode.ERROR, reason);
    }
}
