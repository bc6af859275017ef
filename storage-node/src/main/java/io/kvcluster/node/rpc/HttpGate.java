package io.kvcluster.node.rpc;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.wire.Refusal;
import io.kvcluster.node.wire.RefusedException;
import java.time.Duration;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge between Helidon and this room: bounds the requests under way, turns what is thrown into a problem, and writes the
 * answer. A connection whose request was not read to its end is closed after the answer; before that a bounded rest is read and
 * thrown away, for closing over unread bytes resets the connection and takes the answer with it.
 */
final class HttpGate implements Handler {
    private static final Logger log = LoggerFactory.getLogger(HttpGate.class);

    private final HttpRoutes routes;
    private final Admission admission;
    private final Clock clock;
    private final Duration bodyTimeout;

    HttpGate(HttpRoutes routes, Admission admission, Clock clock, Duration bodyTimeout) {
        this.routes = routes;
        this.admission = admission;
        this.clock = clock;
        this.bodyTimeout = bodyTimeout;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        HttpBody body = body(request);
        HttpAnswer answer = admitted(request, body);
        send(request, response, body.finished() ? answer : answer.closing());
        if (!body.finished() && !request.headers().contains(HeaderNames.EXPECT)) {
            body.discard();
        }
    }

    private HttpAnswer admitted(ServerRequest request, HttpBody body) {
        String path = request.path().rawPath();
        if (HttpRoutes.isAboutTheNode(path)) {
            return answer(request, path, body);
        }
        switch (admission.enter()) {
            case OVERLOADED -> {
                return HttpProblems.answer(Problem.overloaded("this node has as many requests under way as it takes"));
            }
            case CLOSED -> {
                return HttpProblems.answer(Problem.shuttingDown()).closing();
            }
            case ADMITTED -> {
                try {
                    return answer(request, path, body);
                } finally {
                    admission.leave(body.taken());
                }
            }
        }
        throw new AssertionError("the verdicts are three");
    }

    private HttpAnswer answer(ServerRequest request, String path, HttpBody body) {
        String method = request.prologue().method().text();
        try {
            refuseFragment(request);
            HttpQuery query = new HttpQuery(request.query().rawValue());
            return routes.answer(new HttpCall(
                    method,
                    path,
                    query,
                    name -> request.headers().first(HeaderNames.create(name)),
                    body,
                    clock.nanos()));
        } catch (RefusedException wrong) {
            return HttpProblems.answer(Problem.of(wrong.refusal()));
        } catch (RuntimeException bug) {
            log.error("event=request_failed method={}", Refusal.shorten(method), bug);
            return HttpProblems.answer(Problem.internal(!method.equals("GET") && !method.equals("HEAD")));
        }
    }

    /** A '#' that was meant as part of a key; without this its rest would silently be no part of it. */
    private static void refuseFragment(ServerRequest request) {
        if (request.prologue().fragment().hasValue()) {
            throw HttpParameters.refusal(
                    Reason.INVALID_KEY_ENCODING, "path", "#", "without fragment; a '#' in a key is written %23");
        }
    }

    private HttpBody body(ServerRequest request) {
        OptionalLong length = request.headers().contentLength();
        boolean chunked = request.headers().contains(HeaderValues.TRANSFER_ENCODING_CHUNKED);
        boolean present = chunked || length.orElse(0) > 0;
        return new HttpBody(
                present,
                chunked ? OptionalLong.empty() : length,
                () -> request.content().inputStream(),
                admission,
                clock,
                bodyTimeout);
    }

    private static void send(ServerRequest request, ServerResponse response, HttpAnswer answer) {
        response.status(Status.create(answer.status()));
        response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
        answer.headers().forEach(response::header);
        if (answer.close()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        if (request.prologue().method().text().equals("HEAD")) {
            response.contentLength(answer.body().length);
            response.send();
        } else {
            response.send(answer.body());
        }
    }
}
