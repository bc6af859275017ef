package io.kvcluster.node.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TracingTest {
    @RegisterExtension
    static final OpenTelemetryExtension KEPT = OpenTelemetryExtension.create();

    private final Tracing tracing = new Tracing(KEPT.getOpenTelemetry(), "demo-0");

    @Test
    void withoutSomethingThatKeepsSpansItIsOff() {
        assertThat(new Tracing(OpenTelemetry.noop(), "demo-0").on()).isFalse();
        assertThat(tracing.on()).isTrue();
        assertThat(KEPT.getSpans()).as("the probe is not exported").isEmpty();
    }

    @Test
    void anOperationIsASpanWithItsLevelReplicasHedgesAndRepairs() {
        OperationSpan span = tracing.begin(Operation.GET, 7, "order-1");
        span.asked("demo-0", "read");
        span.asked("demo-1", "read");
        span.answered("demo-0");
        span.hedged();
        span.asked("demo-2", "read");
        span.answered("demo-2");
        span.merged(2);
        span.repaired("demo-0");
        span.finished(
                ConsistencyLevel.QUORUM,
                new Outcome.Read(
                        List.of(new Outcome.Version(1, new byte[0], false)),
                        new byte[0],
                        new Outcome.Service("demo-0", ConsistencyLevel.QUORUM, 2, 1)));
        SpanData data = KEPT.getSpans().getFirst();
        assertThat(data.getName()).isEqualTo("kv get");
        assertThat(text(data, "kvcluster.consistency")).isEqualTo("quorum");
        assertThat(text(data, "kvcluster.outcome")).isEqualTo("ok");
        assertThat(text(data, "kvcluster.request_id")).isEqualTo("order-1");
        assertThat(number(data, "kvcluster.partition")).isEqualTo(7);
        assertThat(number(data, "kvcluster.replicas.asked")).isEqualTo(3);
        assertThat(number(data, "kvcluster.replicas.answered")).isEqualTo(2);
        assertThat(number(data, "kvcluster.hedges")).isEqualTo(1);
        assertThat(number(data, "kvcluster.repairs")).isEqualTo(1);
        assertThat(number(data, "kvcluster.siblings")).isEqualTo(2);
        assertThat(data.getEvents().stream().map(EventData::getName))
                .containsExactly("asked", "asked", "answered", "hedged", "asked", "answered", "merged", "repaired");
        assertThat(data.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void aFailureIsAnErrorWithItsReason() {
        tracing.begin(Operation.PUT, 0, "").finished(null, new Outcome.NotApplied(Reason.OVERLOADED, true, "full"));
        tracing.begin(Operation.PUT, 0, "").finished(ConsistencyLevel.ALL, new Outcome.Unknown(Reason.TIMEOUT, "late"));
        assertThat(KEPT.getSpans())
                .allSatisfy(span -> assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR));
        assertThat(KEPT.getSpans().stream().map(span -> text(span, "kvcluster.reason")))
                .containsExactly("OVERLOADED", "TIMEOUT");
    }

    @Test
    void theReplicasPartAndAForwardedOperationAreChildrenOverTheWire() {
        OperationSpan span = tracing.begin(Operation.PUT, 0, "");
        tracing.served(span.context(), "write").run();
        tracing.within(
                span.context(),
                () -> tracing.begin(Operation.PUT, 0, "")
                        .finished(ConsistencyLevel.ONE, new Outcome.Unknown(Reason.TIMEOUT, "late")));
        span.finished(ConsistencyLevel.ONE, new Outcome.Unknown(Reason.TIMEOUT, "late"));
        List<SpanData> spans = KEPT.getSpans();
        assertThat(spans.stream().map(SpanData::getName)).containsExactly("replica write", "kv put", "kv put");
        SpanData parent = spans.get(2);
        for (SpanData child : spans.subList(0, 2)) {
            assertThat(child.getParentSpanId()).isEqualTo(parent.getSpanId());
            assertThat(child.getTraceId()).isEqualTo(parent.getTraceId());
            assertThat(child.getParentSpanContext().isRemote()).isTrue();
        }
    }

    @Test
    void anOperationBelongsToWhatItsThreadIsIn() {
        Span request =
                KEPT.getOpenTelemetry().getTracer("test").spanBuilder("PUT /kv").startSpan();
        try (Scope _ = request.makeCurrent()) {
            tracing.begin(Operation.PUT, 0, "").finished(null, new Outcome.Unknown(Reason.TIMEOUT, "late"));
        }
        assertThat(KEPT.getSpans().getFirst().getParentSpanId())
                .isEqualTo(request.getSpanContext().getSpanId());
    }

    @Test
    void whatIsNotSampledIsNotCarriedToPeers() {
        OpenTelemetrySdk never = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(Sampler.alwaysOff())
                        .build())
                .build();
        Tracing sampledAway = new Tracing(never, "demo-0");
        assertThat(sampledAway.on()).isTrue();
        assertThat(sampledAway.begin(Operation.GET, 0, "").context()).isEmpty();
    }

    @Test
    void aContextOfAnotherFormIsNoParent() {
        tracing.served(new byte[] {1, 2, 3}, "read").run();
        assertThat(KEPT.getSpans().getFirst().getParentSpanContext().isValid()).isFalse();
    }

    private static String text(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    private static long number(SpanData span, String key) {
        Long value = span.getAttributes().get(AttributeKey.longKey(key));
        return value == null ? -1 : value;
    }
}
