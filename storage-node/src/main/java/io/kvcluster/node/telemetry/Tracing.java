package io.kvcluster.node.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Spans of operations and of peers' requests. What stands behind the API (the Java agent, when an endpoint is given) samples
 * and exports; without it all of this is off, and one boolean says so.
 */
public final class Tracing {
    private static final HexFormat HEX = HexFormat.of();
    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;
    private static final int CONTEXT_BYTES = TRACE_ID_BYTES + SPAN_ID_BYTES + 1;

    private final Tracer tracer;
    private final String node;
    private final boolean on;

    public Tracing(OpenTelemetry telemetry, String node) {
        this.tracer = telemetry.getTracer("io.kvcluster.node");
        this.node = node;
        // Only something that keeps spans gives them names; a span that is never ended is never exported.
        this.on = tracer.spanBuilder("probe")
                .setNoParent()
                .startSpan()
                .getSpanContext()
                .isValid();
    }

    public boolean on() {
        return on;
    }

    /** Child of what the calling thread is in. */
    public OperationSpan begin(Operation operation, int partition, String requestId) {
        Span span = tracer.spanBuilder("kv " + operation.name().toLowerCase(Locale.ROOT))
                .setAttribute("kvcluster.node", node)
                .setAttribute("kvcluster.partition", partition)
                .startSpan();
        if (!requestId.isEmpty()) {
            span.setAttribute("kvcluster.request_id", requestId);
        }
        return new OperationSpan(span);
    }

    /** Runs the work as a part of a peer's operation. @param context as {@link #context} made it; another is ignored */
    public void within(byte[] context, Runnable work) {
        try (Scope _ = parent(context).makeCurrent()) {
            work.run();
        }
    }

    /** A replica's part of a peer's operation: begins now, ends when the result runs. */
    public Runnable served(byte[] context, String what) {
        Span span = tracer.spanBuilder("replica " + what)
                .setParent(parent(context))
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("kvcluster.node", node)
                .startSpan();
        return span::end;
    }

    /** Trace id, span id, flags: 25 bytes; none when the span is not kept. */
    static byte[] context(SpanContext context) {
        if (!context.isSampled()) {
            return new byte[0];
        }
        return ByteBuffer.allocate(CONTEXT_BYTES)
                .put(context.getTraceIdBytes())
                .put(context.getSpanIdBytes())
                .put(context.getTraceFlags().asByte())
                .array();
    }

    private static Context parent(byte[] context) {
        if (context.length != CONTEXT_BYTES) {
            return Context.root();
        }
        String hex = HEX.formatHex(context);
        return Context.root()
                .with(Span.wrap(SpanContext.createFromRemoteParent(
                        hex.substring(0, 2 * TRACE_ID_BYTES),
                        hex.substring(2 * TRACE_ID_BYTES, 2 * (TRACE_ID_BYTES + SPAN_ID_BYTES)),
                        TraceFlags.fromByte(context[CONTEXT_BYTES - 1]),
                        TraceState.getDefault())));
    }
}
