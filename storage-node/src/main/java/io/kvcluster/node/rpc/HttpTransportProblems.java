package io.kvcluster.node.rpc;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Refusal;

/** What Helidon refuses before {@link HttpGate} sees it, as problems like the others. Nothing of this room has run then. */
final class HttpTransportProblems {
    private HttpTransportProblems() {}

    static DirectHandlers handlers() {
        DirectHandler handler = (request, event, status, headers, message) -> {
            HttpAnswer answer = HttpProblems.answer(Problem.of(refusal(status, request.headers())));
            return DirectHandler.TransportResponse.builder()
                    .status(Status.create(answer.status()))
                    .header(HeaderNames.CONTENT_TYPE, answer.contentType())
                    .entity(answer.body())
                    .keepAlive(false)
                    .build();
        };
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
            handlers.addHandler(event, handler);
        }
        return handlers.build();
    }

    private static Refusal refusal(Status status, ServerRequestHeaders headers) {
        if (status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
            // It was a number, or it would have been another refusal.
            long length = headers.contentLength().orElse(RpcLimits.BODY_BYTES + 1L);
            return HttpBody.tooLarge(length).refusal();
        }
        if (headers.contains(HeaderNames.CONTENT_ENCODING)) {
            return HttpParameters.refusal(
                            Reason.UNSUPPORTED_MEDIA_TYPE,
                            "Content-Encoding",
                            headers.get(HeaderNames.CONTENT_ENCODING).get(),
                            "absent: bodies are not decompressed")
                    .refusal();
        }
        return new Refusal(
                Reason.INVALID_PARAMETER,
                "request",
                "",
                "HTTP/1.1, request line of " + RpcLimits.REQUEST_LINE_BYTES + " bytes, headers of "
                        + RpcLimits.HEADER_BYTES + " bytes",
                "the request is no well-formed HTTP/1.1 request, or its request line has more than "
                        + RpcLimits.REQUEST_LINE_BYTES + " bytes, or its headers have more than "
                        + RpcLimits.HEADER_BYTES);
    }
}
