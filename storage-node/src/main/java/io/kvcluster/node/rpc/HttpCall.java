package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Refusal;
import io.kvcluster.node.wire.RequestRules;
import java.util.Optional;
import java.util.function.Function;

/**
 * One HTTP request as it came: nothing is decoded yet.
 *
 * @param path raw, percent-encoded, starts with '/'
 * @param arrivedNanos monotonic
 */
record HttpCall(
        String method,
        String path,
        HttpQuery query,
        Function<String, Optional<String>> headers,
        HttpBody body,
        long arrivedNanos) {

    static final String REQUEST_ID = "X-Request-Id";
    static final String CONTEXT = "X-KV-Context";

    Optional<String> header(String name) {
        return headers.apply(name);
    }

    /** The client's name for it, empty for none. */
    String requestId() {
        return RequestRules.requestId(REQUEST_ID, header(REQUEST_ID).orElse(""));
    }

    /** Whether an answer of raw bytes is wanted more than JSON. @throws io.kvcluster.node.wire.RefusedException for neither */
    boolean wantsBytes() {
        String accept = header("Accept").orElse("*/*");
        AcceptHeader choices = AcceptHeader.parse(accept);
        double bytes = choices.quality("application", "octet-stream");
        double json = choices.quality("application", "json");
        if (bytes <= 0 && json <= 0) {
            throw new Refusal(
                            Reason.NOT_ACCEPTABLE,
                            "Accept",
                            accept,
                            "application/json, application/octet-stream",
                            "Accept '" + Refusal.shorten(accept)
                                    + "' takes none of application/json, application/octet-stream")
                    .refused();
        }
        return bytes > json;
    }
}
