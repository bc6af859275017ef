package io.kvcluster.node.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Reason;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bad input table of HTTP: for each limit and malformed request the status, the reason, and a sentence that names field, value and rule. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpBadInputTest {
    private RpcFixture node;

    @BeforeAll
    void start() throws Exception {
        node = new RpcFixture(RpcFixture.PATIENT);
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
    }

    @AfterEach
    void nothingReachedTheStore() {
        assertThat(node.store.seen).isEmpty();
        node.reset();
    }

    /** @param says parts of the sentence */
    record Bad(String name, String head, byte[] body, int status, Reason reason, String field, List<String> says) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void isRefusedWithStatusReasonAndASentence(Bad bad) throws Exception {
        RawHttp.Response answer = RawHttp.ask(node.http.port(), bad.head(), bad.body());
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(answer.status()).as(answer.text()).isEqualTo(bad.status());
        assertThat(problem.get("reason").textValue()).isEqualTo(bad.reason().name());
        assertThat(problem.get("status").intValue()).isEqualTo(bad.status());
        assertThat(problem.get("type").textValue()).startsWith("urn:kvcluster:problem:");
        assertThat(problem.get("title").textValue()).isNotBlank();
        assertThat(problem.path("field").asText("")).isEqualTo(bad.field());
        assertThat(problem.get("detail").textValue()).contains(bad.says());
        assertThat(problem.has("mayHaveBeenApplied")).isFalse();
    }

    static Stream<Bad> table() {
        List<Bad> table = new ArrayList<>();
        keys(table);
        parameters(table);
        bodies(table);
        batches(table);
        requests(table);
        listings(table);
        notBuilt(table);
        return table.stream();
    }

    private static void keys(List<Bad> table) {
        String ok = "k".repeat(Limits.KEY_BYTES);
        bad(table, "empty key", "GET /kv/", 400, Reason.KEY_EMPTY, "key", "key is empty", "1..4096");
        bad(table, "empty key of a write", "DELETE /kv/?consistency=one", 400, Reason.KEY_EMPTY, "key", "1..4096");
        bad(
                table,
                "key one byte too long",
                "GET /kv/" + ok + "k",
                400,
                Reason.KEY_TOO_LARGE,
                "key",
                "4097 bytes",
                "4096");
        bad(
                table,
                "key too long when decoded as UTF-8",
                "GET /kv/" + "%C3%A9".repeat(2049),
                400,
                Reason.KEY_TOO_LARGE,
                "key",
                "4098",
                "4096");
        bad(
                table,
                "percent without digits",
                "GET /kv/%",
                400,
                Reason.INVALID_KEY_ENCODING,
                "key",
                "'%'",
                "two hex digits");
        bad(
                table,
                "percent with one digit",
                "GET /kv/a%4",
                400,
                Reason.INVALID_KEY_ENCODING,
                "key",
                "'a%4'",
                "two hex digits");
        bad(
                table,
                "percent with other letters",
                "GET /kv/%zz",
                400,
                Reason.INVALID_KEY_ENCODING,
                "key",
                "'%zz'",
                "two hex digits");
        bad(
                table,
                "raw byte beyond ASCII",
                "GET /kv/caf\u00e9",
                400,
                Reason.INVALID_KEY_ENCODING,
                "key",
                "percent-encoded");
        bad(table, "control character", "GET /kv/a\u0001b", 400, Reason.INVALID_KEY_ENCODING, "key", "percent-encoded");
        bad(table, "fragment", "GET /kv/a#b", 400, Reason.INVALID_KEY_ENCODING, "path", "'#'", "%23");
        bad(
                table,
                "no UTF-8",
                "GET /kv/%ff%fe",
                400,
                Reason.INVALID_KEY_ENCODING,
                "key",
                "UTF-8",
                "keyEncoding=base64url");
        bad(table, "overlong UTF-8", "GET /kv/%c0%af", 400, Reason.INVALID_KEY_ENCODING, "key", "UTF-8");
        bad(table, "surrogate in UTF-8", "GET /kv/%ed%a0%80", 400, Reason.INVALID_KEY_ENCODING, "key", "UTF-8");
        bad(
                table,
                "no base64url",
                "GET /kv/a+b?keyEncoding=base64url",
                400,
                Reason.INVALID_KEY_ENCODING,
                "key",
                "'a+b'",
                "base64url");
        bad(table, "empty as base64url", "GET /kv/?keyEncoding=base64url", 400, Reason.KEY_EMPTY, "key", "1..4096");
        bad(
                table,
                "unknown key encoding",
                "GET /kv/a?keyEncoding=hex",
                400,
                Reason.INVALID_PARAMETER,
                "keyEncoding",
                "'hex'",
                "base64url");
        bad(table, "mapping without key", "GET /mapping", 400, Reason.KEY_EMPTY, "key", "1..4096");
        bad(
                table,
                "mapping of a malformed key",
                "GET /mapping?key=%zz",
                400,
                Reason.INVALID_KEY_ENCODING,
                "key",
                "'%zz'");
        bad(
                table,
                "mapping of a long key",
                "GET /mapping?key=" + ok + "k",
                400,
                Reason.KEY_TOO_LARGE,
                "key",
                "4097",
                "4096");
    }

    private static void parameters(List<Bad> table) {
        bad(
                table,
                "unknown level",
                "GET /kv/a?consistency=sometimes",
                400,
                Reason.INVALID_CONSISTENCY,
                "consistency",
                "'sometimes'",
                "local, one, eventual, quorum, all, strong");
        bad(
                table,
                "empty level",
                "GET /kv/a?consistency=",
                400,
                Reason.INVALID_CONSISTENCY,
                "consistency",
                "local, one");
        bad(
                table,
                "unknown parameter",
                "GET /kv/a?consistancy=quorum",
                400,
                Reason.INVALID_PARAMETER,
                "consistancy",
                "'consistancy'",
                "consistency, timeout, keyEncoding");
        bad(
                table,
                "parameter of another method",
                "GET /kv/a?ttl=5s",
                400,
                Reason.INVALID_PARAMETER,
                "ttl",
                "'ttl'",
                "consistency");
        bad(
                table,
                "parameter twice",
                "GET /kv/a?consistency=one&consistency=all",
                400,
                Reason.INVALID_PARAMETER,
                "consistency",
                "more than once");
        bad(
                table,
                "parameter twice, once encoded",
                "GET /kv/a?consistency=one&c%6Fnsistency=all",
                400,
                Reason.INVALID_PARAMETER,
                "consistency",
                "more than once");
        bad(
                table,
                "malformed parameter value",
                "GET /kv/a?consistency=%zz",
                400,
                Reason.INVALID_PARAMETER,
                "consistency",
                "percent-encoded UTF-8");
        bad(
                table,
                "malformed parameter name",
                "GET /kv/a?%zz=1",
                400,
                Reason.INVALID_PARAMETER,
                "%zz=1",
                "percent-encoded UTF-8");
        bad(table, "too many parameters", "GET /kv/a?" + "a&".repeat(17), 400, Reason.INVALID_PARAMETER, "query", "16");
        bad(
                table,
                "parameter where none is taken",
                "GET /nodes?verbose=1",
                400,
                Reason.INVALID_PARAMETER,
                "verbose",
                "none");
        bad(
                table,
                "timeout without unit",
                "GET /kv/a?timeout=5",
                400,
                Reason.INVALID_PARAMETER,
                "timeout",
                "'5'",
                "1ms..60s");
        bad(
                table,
                "timeout of nothing",
                "GET /kv/a?timeout=0s",
                400,
                Reason.INVALID_PARAMETER,
                "timeout",
                "'0s'",
                "1ms..60s");
        bad(table, "negative timeout", "GET /kv/a?timeout=-1s", 400, Reason.INVALID_PARAMETER, "timeout", "'-1s'");
        bad(
                table,
                "timeout too long",
                "GET /kv/a?timeout=61s",
                400,
                Reason.INVALID_PARAMETER,
                "timeout",
                "'61s'",
                "60s");
        bad(table, "ttl without unit", "PUT /kv/a?ttl=60", 400, Reason.INVALID_TTL, "ttl", "'60'", "e.g. 2s");
        bad(table, "ttl of nothing", "PUT /kv/a?ttl=0s", 400, Reason.INVALID_TTL, "ttl", "'0s'", "more than 0");
        bad(
                table,
                "ttl too long",
                "PUT /kv/a?ttl=3651d",
                400,
                Reason.INVALID_TTL,
                "ttl",
                "315446400000",
                "315360000000");
        bad(
                table,
                "if-version is no number",
                "PUT /kv/a?if-version=one",
                400,
                Reason.INVALID_IF_VERSION,
                "if-version",
                "'one'",
                "2^64-1");
        bad(
                table,
                "if-version is negative",
                "DELETE /kv/a?if-version=-1",
                400,
                Reason.INVALID_IF_VERSION,
                "if-version",
                "'-1'");
        bad(
                table,
                "if-version too large",
                "PUT /kv/a?if-version=18446744073709551616",
                400,
                Reason.INVALID_IF_VERSION,
                "if-version",
                "18446744073709551616");
        bad(
                table,
                "context is no base64url",
                "DELETE /kv/a HTTP/1.1\r\nX-KV-Context: a=b",
                400,
                Reason.INVALID_CONTEXT,
                "X-KV-Context",
                "'a=b'",
                "earlier answer");
        bad(
                table,
                "context too long",
                "DELETE /kv/a HTTP/1.1\r\nX-KV-Context: " + "A".repeat(4 * (Limits.CONTEXT_TOKEN_BYTES / 3 + 2)),
                400,
                Reason.INVALID_CONTEXT,
                "X-KV-Context",
                "bytes",
                "16384");
        bad(
                table,
                "request id too long",
                "GET /kv/a HTTP/1.1\r\nX-Request-Id: " + "r".repeat(65),
                400,
                Reason.INVALID_REQUEST_ID,
                "X-Request-Id",
                "65 characters",
                "64");
        bad(
                table,
                "request id with blanks",
                "GET /kv/a HTTP/1.1\r\nX-Request-Id: a b",
                400,
                Reason.INVALID_REQUEST_ID,
                "X-Request-Id",
                "'a b'",
                "printable ASCII");
        bad(
                table,
                "nothing acceptable",
                "GET /kv/a HTTP/1.1\r\nAccept: text/html, application/json;q=0",
                406,
                Reason.NOT_ACCEPTABLE,
                "Accept",
                "'text/html, application/json;q=0'",
                "application/json, application/octet-stream");
    }

    private static void bodies(List<Bad> table) {
        put(table, "empty body", "", Reason.INVALID_BODY, "body", "empty");
        put(table, "no JSON", "value1", Reason.INVALID_BODY, "body", "no JSON", "line 1");
        put(table, "form-encoded", "value=value1", Reason.INVALID_BODY, "body", "no JSON");
        put(table, "half of a JSON object", "{\"value\":\"a\"", Reason.INVALID_BODY, "body", "no JSON");
        put(table, "two JSON objects", "{\"value\":\"a\"}{\"value\":\"b\"}", Reason.INVALID_BODY, "body", "no JSON");
        put(table, "JSON array", "[\"a\"]", Reason.INVALID_BODY, "body", "an array", "JSON object");
        put(table, "JSON null", "null", Reason.INVALID_BODY, "body", "null", "JSON object");
        put(table, "no value", "{}", Reason.INVALID_BODY, "body.value", "body.value is missing", "string");
        put(table, "value is a number", "{\"value\":5}", Reason.INVALID_BODY, "body.value", "a number", "string");
        put(table, "value is null", "{\"value\":null}", Reason.INVALID_BODY, "body.value", "null", "string");
        put(
                table,
                "value is an object",
                "{\"value\":{\"a\":1}}",
                Reason.INVALID_BODY,
                "body.value",
                "an object",
                "string");
        put(table, "value twice", "{\"value\":\"a\",\"value\":\"b\"}", Reason.INVALID_BODY, "body", "Duplicate");
        put(
                table,
                "unknown member",
                "{\"value\":\"a\",\"vlaue\":\"b\"}",
                Reason.INVALID_BODY,
                "body.vlaue",
                "'vlaue'",
                "value, encoding, context");
        put(
                table,
                "unknown encoding",
                "{\"value\":\"a\",\"encoding\":\"hex\"}",
                Reason.INVALID_BODY,
                "body.encoding",
                "'hex'",
                "utf-8 or base64");
        put(
                table,
                "no base64",
                "{\"value\":\"a?\",\"encoding\":\"base64\"}",
                Reason.INVALID_BODY,
                "body.value",
                "base64");
        put(
                table,
                "lone surrogate",
                "{\"value\":\"\\ud800\"}",
                Reason.INVALID_BODY,
                "body.value",
                "surrogate",
                "base64");
        put(
                table,
                "deeply nested",
                "{\"value\":" + "[".repeat(5000) + "]".repeat(5000) + "}",
                Reason.INVALID_BODY,
                "body",
                "no JSON");
        put(
                table,
                "context is a number",
                "{\"value\":\"a\",\"context\":1}",
                Reason.INVALID_BODY,
                "body.context",
                "a number",
                "string");
        put(
                table,
                "context in body is no base64url",
                "{\"value\":\"a\",\"context\":\"?\"}",
                Reason.INVALID_CONTEXT,
                "body.context",
                "'?'");
        String two = "{\"value\":\"a\",\"context\":\"AQ\"}";
        bad(
                table,
                "two contexts",
                head("PUT", "/kv/a", two) + "\r\nX-KV-Context: Ag",
                two.getBytes(UTF_8),
                400,
                Reason.INVALID_CONTEXT,
                "X-KV-Context",
                "body.context");
        byte[] latin = {'{', '"', 'v', 'a', 'l', 'u', 'e', '"', ':', '"', (byte) 0xe9, '"', '}'};
        bad(
                table,
                "no UTF-8",
                "PUT /kv/a HTTP/1.1\r\nContent-Length: 13",
                latin,
                400,
                Reason.INVALID_BODY,
                "body",
                "UTF-8",
                "application/octet-stream");
        String long1 = "{\"value\":\"" + "v".repeat(Limits.VALUE_BYTES + 1) + "\"}";
        bad(
                table,
                "value one byte too long",
                head("PUT", "/kv/a", long1),
                long1.getBytes(UTF_8),
                413,
                Reason.VALUE_TOO_LARGE,
                "value",
                "1048577 bytes",
                "1048576");
        String long2 = "{\"encoding\":\"base64\",\"value\":\""
                + Base64.getEncoder().encodeToString(new byte[Limits.VALUE_BYTES + 1]) + "\"}";
        bad(
                table,
                "value one byte too long in base64",
                head("PUT", "/kv/a", long2),
                long2.getBytes(UTF_8),
                413,
                Reason.VALUE_TOO_LARGE,
                "value",
                "1048577 bytes",
                "1048576");
        bad(
                table,
                "raw value declared too long, never sent",
                "PUT /kv/a HTTP/1.1\r\nContent-Type: application/octet-stream\r\nContent-Length: 1048577",
                new byte[0],
                413,
                Reason.VALUE_TOO_LARGE,
                "value",
                "1048577 bytes",
                "1048576");
        bad(
                table,
                "raw value too long in chunks",
                "PUT /kv/a HTTP/1.1\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked",
                chunks(Limits.VALUE_BYTES + 1),
                413,
                Reason.VALUE_TOO_LARGE,
                "value",
                "1048577 bytes",
                "1048576");
        bad(
                table,
                "body declared too long, never sent",
                "PUT /kv/a HTTP/1.1\r\nContent-Length: 8388609",
                new byte[0],
                413,
                Reason.BODY_TOO_LARGE,
                "body",
                "8388609 bytes",
                "8388608");
        bad(
                table,
                "body declared huge, asked for first",
                "POST /batch HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9223372036854775807",
                new byte[0],
                413,
                Reason.BODY_TOO_LARGE,
                "body",
                "9223372036854775807",
                "8388608");
        bad(
                table,
                "body too long in chunks",
                "PUT /kv/a HTTP/1.1\r\nTransfer-Encoding: chunked",
                chunks(RpcLimits.BODY_BYTES + 1),
                413,
                Reason.BODY_TOO_LARGE,
                "body",
                "8388609 bytes",
                "8388608");
        bad(
                table,
                "compressed body",
                "PUT /kv/a HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 3",
                "abc".getBytes(UTF_8),
                415,
                Reason.UNSUPPORTED_MEDIA_TYPE,
                "Content-Encoding",
                "'gzip'",
                "not decompressed");
        bad(
                table,
                "one chunk declared huge, never sent",
                "PUT /kv/a HTTP/1.1\r\nTransfer-Encoding: chunked",
                "7fffffff\r\n".getBytes(UTF_8),
                413,
                Reason.BODY_TOO_LARGE,
                "body",
                "8388608");
        bad(
                table,
                "body where none is taken",
                "GET /kv/a HTTP/1.1\r\nContent-Length: 3",
                "abc".getBytes(UTF_8),
                400,
                Reason.INVALID_BODY,
                "body",
                "GET takes no body");
        bad(
                table,
                "body of a delete",
                "DELETE /kv/a HTTP/1.1\r\nContent-Length: 3",
                "abc".getBytes(UTF_8),
                400,
                Reason.INVALID_BODY,
                "body",
                "DELETE takes no body");
        bad(
                table,
                "malformed chunks",
                "PUT /kv/a HTTP/1.1\r\nTransfer-Encoding: chunked",
                "zz\r\nabc".getBytes(UTF_8),
                400,
                Reason.INVALID_BODY,
                "body",
                "chunks");
    }

    private static void batches(List<Bad> table) {
        batch(table, "no operations member", "{}", 400, Reason.INVALID_BODY, "body.operations", "array");
        batch(
                table,
                "operations is an object",
                "{\"operations\":{}}",
                400,
                Reason.INVALID_BODY,
                "body.operations",
                "array");
        batch(table, "empty batch", "{\"operations\":[]}", 400, Reason.BATCH_EMPTY, "operations", "1..1000");
        batch(
                table,
                "one operation too many",
                operations(Limits.BATCH_OPERATIONS + 1),
                400,
                Reason.BATCH_TOO_MANY_OPERATIONS,
                "operations",
                "1001 operations",
                "1000");
        batch(
                table,
                "operation is a string",
                "{\"operations\":[\"GET\"]}",
                400,
                Reason.INVALID_BODY,
                "operations[0]",
                "a string");
        batch(
                table,
                "operation without type",
                "{\"operations\":[{\"key\":\"a\"}]}",
                400,
                Reason.INVALID_BODY,
                "operations[0].type",
                "missing");
        batch(
                table,
                "operation of unknown type",
                "{\"operations\":[{\"type\":\"GET\",\"key\":\"a\"},{\"type\":\"INCR\",\"key\":\"a\"}]}",
                400,
                Reason.INVALID_OPERATION,
                "operations[1].type",
                "'INCR'",
                "PUT, DELETE or GET");
        batch(
                table,
                "operation without key",
                "{\"operations\":[{\"type\":\"GET\"}]}",
                400,
                Reason.INVALID_BODY,
                "operations[0].key",
                "missing");
        batch(
                table,
                "operation with empty key",
                "{\"operations\":[{\"type\":\"GET\",\"key\":\"\"}]}",
                400,
                Reason.KEY_EMPTY,
                "operations[0].key",
                "operations[0].key is empty");
        batch(
                table,
                "operation with long key",
                "{\"operations\":[{\"type\":\"GET\",\"key\":\"" + "k".repeat(4097) + "\"}]}",
                400,
                Reason.KEY_TOO_LARGE,
                "operations[0].key",
                "4097",
                "4096");
        batch(
                table,
                "put without value",
                "{\"operations\":[{\"type\":\"PUT\",\"key\":\"a\"}]}",
                400,
                Reason.INVALID_BODY,
                "operations[0].value",
                "missing");
        batch(
                table,
                "get with a value",
                "{\"operations\":[{\"type\":\"GET\",\"key\":\"a\",\"value\":\"b\"}]}",
                400,
                Reason.INVALID_BODY,
                "operations[0].value",
                "'value'");
        batch(
                table,
                "delete with a ttl",
                "{\"operations\":[{\"type\":\"DELETE\",\"key\":\"a\",\"ttl\":\"5s\"}]}",
                400,
                Reason.INVALID_BODY,
                "operations[0].ttl",
                "'ttl'");
        batch(
                table,
                "put with a long value",
                "{\"operations\":[{\"type\":\"PUT\",\"key\":\"a\",\"value\":\"" + "v".repeat(Limits.VALUE_BYTES + 1)
                        + "\"}]}",
                413,
                Reason.VALUE_TOO_LARGE,
                "operations[0].value",
                "1048577",
                "1048576");
        batch(
                table,
                "values together too large",
                "{\"operations\":["
                        + String.join(
                                ",",
                                Collections.nCopies(
                                        5,
                                        "{\"type\":\"PUT\",\"key\":\"a\",\"value\":\"" + "v".repeat(900_000) + "\"}"))
                        + "]}",
                413,
                Reason.BATCH_TOO_LARGE,
                "operations",
                "4500005 bytes",
                "4194304");
        batch(
                table,
                "malformed ttl",
                "{\"operations\":[{\"type\":\"PUT\",\"key\":\"a\",\"value\":\"b\",\"ttl\":\"soon\"}]}",
                400,
                Reason.INVALID_TTL,
                "operations[0].ttl",
                "'soon'");
        batch(
                table,
                "malformed context",
                "{\"operations\":[{\"type\":\"DELETE\",\"key\":\"a\",\"context\":\"!\"}]}",
                400,
                Reason.INVALID_CONTEXT,
                "operations[0].context",
                "'!'");
        bad(
                table,
                "unknown level of a batch",
                head("POST", "/batch?consistency=most", "{}"),
                "{}".getBytes(UTF_8),
                400,
                Reason.INVALID_CONSISTENCY,
                "consistency",
                "'most'");
    }

    private static void requests(List<Bad> table) {
        bad(table, "unknown path", "GET /values", 404, Reason.UNKNOWN_PATH, "path", "'/values'", "/kv/{key}", "/batch");
        bad(table, "path without key", "GET /kv", 404, Reason.UNKNOWN_PATH, "path", "'/kv'");
        bad(
                table,
                "what only looks like a known path",
                "GET /openapi.json",
                404,
                Reason.UNKNOWN_PATH,
                "path",
                "'/openapi.json'");
        bad(
                table,
                "wrong method of a key",
                "POST /kv/a",
                405,
                Reason.METHOD_NOT_ALLOWED,
                "method",
                "'POST'",
                "GET, HEAD, PUT, DELETE");
        bad(table, "wrong method of batch", "GET /batch", 405, Reason.METHOD_NOT_ALLOWED, "method", "'GET'", "POST");
        bad(table, "made-up method", "FROB /nodes", 405, Reason.METHOD_NOT_ALLOWED, "method", "'FROB'", "GET, HEAD");
        bad(table, "blank in the request line", "GET /kv/a b", 400, Reason.INVALID_PARAMETER, "request", "well-formed");
        bad(
                table,
                "request line too long",
                "GET /kv/" + "k".repeat(RpcLimits.REQUEST_LINE_BYTES),
                400,
                Reason.INVALID_PARAMETER,
                "request",
                "16384");
        bad(
                table,
                "headers too long",
                "GET /kv/a HTTP/1.1\r\nX-Long: " + "x".repeat(RpcLimits.HEADER_BYTES),
                400,
                Reason.INVALID_PARAMETER,
                "request",
                "32768");
        bad(
                table,
                "header without colon",
                "GET /kv/a HTTP/1.1\r\nX-Broken",
                400,
                Reason.INVALID_PARAMETER,
                "request",
                "well-formed");
        bad(
                table,
                "length is no number",
                "PUT /kv/a HTTP/1.1\r\nContent-Length: many",
                400,
                Reason.INVALID_PARAMETER,
                "request",
                "well-formed");
        bad(
                table,
                "length is negative",
                "PUT /kv/a HTTP/1.1\r\nContent-Length: -1",
                400,
                Reason.INVALID_PARAMETER,
                "request",
                "well-formed");
        bad(
                table,
                "length and chunks",
                "PUT /kv/a HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked",
                400,
                Reason.INVALID_PARAMETER,
                "request",
                "well-formed");
        bad(table, "method with a NUL", "G\u0000T /kv/a", 400, Reason.INVALID_PARAMETER, "request", "well-formed");
    }

    private static void listings(List<Bad> table) {
        bad(table, "listing of no partition", "GET /keys", 400, Reason.INVALID_PARAMETER, "partition", "partition ''");
        bad(
                table,
                "listing of a partition that is no number",
                "GET /keys?partition=-1",
                400,
                Reason.INVALID_PARAMETER,
                "partition",
                "'-1'",
                "whole number");
        bad(
                table,
                "listing of a partition beyond any",
                "GET /keys?partition=9999999999",
                400,
                Reason.INVALID_PARAMETER,
                "partition",
                "9999999999");
        bad(
                table,
                "page too large",
                "GET /keys?partition=0&limit=1001",
                400,
                Reason.INVALID_PARAMETER,
                "limit",
                "1001",
                "1..1000");
        bad(
                table,
                "page after an empty key",
                "GET /keys?partition=0&after=",
                400,
                Reason.KEY_EMPTY,
                "after",
                "after is empty");
    }

    private static void notBuilt(List<Bad> table) {
        String body = "{\"value\":\"a\"}";
        bad(
                table,
                "read at strong",
                "GET /kv/a?consistency=strong",
                501,
                Reason.NOT_BUILT,
                "consistency",
                "strong",
                "not built yet",
                "quorum");
        bad(
                table,
                "write at strong",
                head("PUT", "/kv/a?consistency=STRONG", body),
                body.getBytes(UTF_8),
                501,
                Reason.NOT_BUILT,
                "consistency",
                "not built yet");
        bad(
                table,
                "compare-and-set",
                head("PUT", "/kv/a?if-version=3", body),
                body.getBytes(UTF_8),
                501,
                Reason.NOT_BUILT,
                "if-version",
                "not built yet");
        bad(
                table,
                "delete if version",
                "DELETE /kv/a?if-version=0",
                501,
                Reason.NOT_BUILT,
                "if-version",
                "not built yet");
        bad(
                table,
                "batch at strong",
                head("POST", "/batch?consistency=strong", operations(1)),
                operations(1).getBytes(UTF_8),
                501,
                Reason.NOT_BUILT,
                "consistency",
                "not built yet");
        bad(
                table,
                "a wrong body at strong is wrong first",
                head("PUT", "/kv/a?consistency=strong", "{}"),
                "{}".getBytes(UTF_8),
                400,
                Reason.INVALID_BODY,
                "body.value",
                "missing");
    }

    @Test
    void aPathThatIsUnknownListsTheEndpoints() throws Exception {
        JsonNode problem = RawHttp.ask(node.http.port(), "GET /foo HTTP/1.1").json();
        assertThat(problem.get("endpoints")).hasSizeGreaterThan(10);
        assertThat(problem.get("endpoints").get(0).get("path").textValue()).isEqualTo("/kv/{key}");
    }

    @Test
    void aWrongMethodIsToldTheRightOnes() throws Exception {
        assertThat(RawHttp.ask(node.http.port(), "PATCH /kv/a HTTP/1.1").header("Allow"))
                .isEqualTo("GET, HEAD, PUT, DELETE");
    }

    @Test
    void aLongWrongValueIsShortenedAndCleaned() throws Exception {
        JsonNode problem = RawHttp.ask(
                        node.http.port(), "GET /kv/a?consistency=%0d%0aX:%20y" + "z".repeat(5000) + " HTTP/1.1")
                .json();
        assertThat(problem.get("value").textValue())
                .startsWith("??X: yzz")
                .hasSize(64)
                .endsWith("...");
        assertThat(problem.get("detail").textValue()).hasSizeLessThan(300);
    }

    @Test
    void aVersionOfHttpThatIsUnknownGetsNoAnswerButTheEndOfTheConnection() throws Exception {
        try (RawHttp http = new RawHttp(node.http.port())) {
            http.send("GET / HTTP/9.9", new byte[0]);
            assertThat(http.isClosed()).isTrue();
        }
    }

    private static void put(List<Bad> table, String name, String body, Reason reason, String field, String... says) {
        bad(table, name, head("PUT", "/kv/a", body), body.getBytes(UTF_8), 400, reason, field, says);
    }

    private static void batch(
            List<Bad> table, String name, String body, int status, Reason reason, String field, String... says) {
        bad(table, "batch: " + name, head("POST", "/batch", body), body.getBytes(UTF_8), status, reason, field, says);
    }

    private static void bad(
            List<Bad> table, String name, String head, int status, Reason reason, String field, String... says) {
        bad(table, name, head, new byte[0], status, reason, field, says);
    }

    private static void bad(
            List<Bad> table,
            String name,
            String head,
            byte[] body,
            int status,
            Reason reason,
            String field,
            String... says) {
        String line = head.contains(" HTTP/1.1") ? head : head + " HTTP/1.1";
        table.add(new Bad(name, line, body, status, reason, field, List.of(says)));
    }

    private static String head(String method, String path, String body) {
        return method + " " + path + " HTTP/1.1\r\nContent-Length: " + body.getBytes(UTF_8).length;
    }

    private static String operations(int count) {
        return "{\"operations\":[" + String.join(",", Collections.nCopies(count, "{\"type\":\"GET\",\"key\":\"a\"}"))
                + "]}";
    }

    /** Chunks of 64 KiB, the last of them larger by what is left, and no end. */
    private static byte[] chunks(int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int left = size; left > 0; ) {
            int chunk = Math.min(left, 65_536);
            out.writeBytes((Integer.toHexString(chunk) + "\r\n").getBytes(UTF_8));
            out.writeBytes(new byte[chunk]);
            out.writeBytes("\r\n".getBytes(UTF_8));
            left -= chunk;
        }
        return out.toByteArray();
    }
}
