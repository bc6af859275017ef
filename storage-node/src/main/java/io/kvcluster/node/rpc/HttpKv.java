package io.kvcluster.node.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Answers;
import io.kvcluster.node.wire.Refusal;
import io.kvcluster.node.wire.RequestRules;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** /kv/{key}. */
final class HttpKv {
    static final String PREFIX = "/kv/";

    private static final List<String> GET_PARAMETERS =
            List.of(HttpParameters.CONSISTENCY, HttpParameters.TIMEOUT, HttpParameters.KEY_ENCODING);
    private static final List<String> PUT_PARAMETERS = List.of(
            HttpParameters.CONSISTENCY,
            HttpParameters.TIMEOUT,
            HttpParameters.KEY_ENCODING,
            HttpParameters.IF_VERSION,
            HttpParameters.TTL);
    private static final List<String> DELETE_PARAMETERS = List.of(
            HttpParameters.CONSISTENCY, HttpParameters.TIMEOUT, HttpParameters.KEY_ENCODING, HttpParameters.IF_VERSION);
    private static final List<String> PUT_MEMBERS = List.of("value", "encoding", "context");

    private final HttpOperations operations;

    HttpKv(HttpOperations operations) {
        this.operations = operations;
    }

    HttpAnswer get(HttpCall call) {
        HttpQuery.Parameters query = call.query().read(GET_PARAMETERS);
        call.body().refuseAny("GET");
        Key key = key(call, query);
        var level = HttpParameters.level(query);
        long deadline = HttpParameters.deadlineNanos(query, call.arrivedNanos());
        String id = call.requestId();
        boolean bytes = call.wantsBytes();
        RequestRules.built(level, false);
        return switch (operations.run(new Command.Get(key, level, deadline, id, false))) {
            case Outcome.Read read ->
                Answers.shown(read)
                        .map(shown -> bytes ? raw(read, shown) : json(key, read, shown))
                        .orElseGet(() -> notFound(key, read));
            case Outcome.NotApplied refused -> HttpProblems.answer(Problem.of(refused));
            case Outcome.Unknown unknown -> HttpProblems.answer(Problem.of(unknown, false));
            case Outcome.Applied _ -> HttpProblems.answer(Problem.internal(false));
        };
    }

    HttpAnswer put(HttpCall call) {
        HttpQuery.Parameters query = call.query().read(PUT_PARAMETERS);
        Key key = key(call, query);
        var level = HttpParameters.level(query);
        long deadline = HttpParameters.deadlineNanos(query, call.arrivedNanos());
        boolean ifVersion = HttpParameters.ifVersion(query);
        long ttl = HttpParameters.ttlMillis(HttpParameters.TTL, query.text(HttpParameters.TTL));
        String id = call.requestId();
        Content content = content(call);
        RequestRules.built(level, ifVersion);
        return written(
                key,
                operations.run(
                        new Command.Put(key, content.value(), content.context(), ttl, level, deadline, id, false)));
    }

    HttpAnswer delete(HttpCall call) {
        HttpQuery.Parameters query = call.query().read(DELETE_PARAMETERS);
        call.body().refuseAny("DELETE");
        Key key = key(call, query);
        var level = HttpParameters.level(query);
        long deadline = HttpParameters.deadlineNanos(query, call.arrivedNanos());
        boolean ifVersion = HttpParameters.ifVersion(query);
        String id = call.requestId();
        byte[] context = HttpParameters.context(HttpCall.CONTEXT, call.header(HttpCall.CONTEXT));
        RequestRules.built(level, ifVersion);
        return written(key, operations.run(new Command.Delete(key, context, level, deadline, id, false)));
    }

    /** All that follows the prefix, slashes too. */
    private static Key key(HttpCall call, HttpQuery.Parameters query) {
        return HttpParameters.keyInUrl(call.path().substring(PREFIX.length()), false, query);
    }

    private record Content(byte[] value, byte[] context) {}

    private static Content content(HttpCall call) {
        byte[] inHeader = HttpParameters.context(HttpCall.CONTEXT, call.header(HttpCall.CONTEXT));
        if (isBytes(call.header("Content-Type").orElse(""))) {
            byte[] value = call.body().read(Limits.VALUE_BYTES, length -> RequestRules.valueTooLarge("value", length));
            return new Content(value, inHeader);
        }
        ObjectNode body = HttpJson.object(jsonBody(call), PUT_MEMBERS);
        byte[] value = value("body", "value", body);
        byte[] inBody = HttpParameters.context("body.context", HttpJson.text("body", body, "context"));
        if (inBody.length > 0 && inHeader.length > 0 && !Arrays.equals(inBody, inHeader)) {
            throw HttpParameters.refusal(
                    Reason.INVALID_CONTEXT,
                    HttpCall.CONTEXT,
                    call.header(HttpCall.CONTEXT).orElse(""),
                    "the same as body.context, or only one of them given");
        }
        return new Content(value, inBody.length > 0 ? inBody : inHeader);
    }

    static byte[] jsonBody(HttpCall call) {
        return call.body().read(RpcLimits.BODY_BYTES, HttpBody::tooLarge);
    }

    /** @param field of the value, in errors about its size */
    static byte[] value(String path, String field, ObjectNode object) {
        String text = HttpJson.requiredText(path, object, "value");
        Optional<String> encoding = HttpJson.text(path, object, "encoding");
        return switch (encoding.orElse("utf-8")) {
            case "utf-8" -> RequestRules.value(field, HttpJson.utf8(path + ".value", text));
            case "base64" -> RequestRules.value(field, base64(path + ".value", text));
            default ->
                throw HttpJson.invalid(
                        path + ".encoding",
                        encoding.orElse(""),
                        "utf-8, base64",
                        path + ".encoding '" + Refusal.shorten(encoding.orElse(""))
                                + "' is not known; it must be utf-8 or base64");
        };
    }

    private static byte[] base64(String field, String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw HttpJson.invalid(
                    field, text, "base64", field + " is no base64 (RFC 4648, section 4), as its encoding says");
        }
    }

    private static boolean isBytes(String contentType) {
        return contentType.toLowerCase(Locale.ROOT).split(";", 2)[0].strip().equals("application/octet-stream");
    }

    private static HttpAnswer written(Key key, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Applied applied -> {
                ObjectNode json = HttpJson.newObject();
                HttpResults.key(key, json);
                HttpResults.written(applied, json);
                yield HttpAnswer.json(200, HttpJson.write(json));
            }
            case Outcome.NotApplied refused -> HttpProblems.answer(Problem.of(refused));
            case Outcome.Unknown unknown -> HttpProblems.answer(Problem.of(unknown, true));
            case Outcome.Read _ -> HttpProblems.answer(Problem.internal(true));
        };
    }

    private static HttpAnswer json(Key key, Outcome.Read read, Outcome.Version shown) {
        ObjectNode json = HttpJson.newObject();
        HttpResults.key(key, json);
        HttpResults.read(read, shown, json);
        return HttpAnswer.json(200, HttpJson.write(json));
    }

    private static HttpAnswer raw(Outcome.Read read, Outcome.Version shown) {
        HttpAnswer answer = new HttpAnswer(200, "application/octet-stream", shown.value(), Map.of(), false)
                .with("X-KV-Version", HttpResults.version(shown.version()))
                .with(HttpCall.CONTEXT, Problem.BASE64URL.encodeToString(read.contextToken()));
        return read.siblings().size() > 1
                ? answer.with("X-KV-Siblings", Integer.toString(read.siblings().size()))
                : answer;
    }

    private static HttpAnswer notFound(Key key, Outcome.Read read) {
        ObjectNode more = HttpJson.newObject();
        HttpResults.key(key, more);
        return HttpProblems.answer(Problem.notFound(read, Long.MAX_VALUE), more);
    }
}
