package io.kvcluster.node.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The key paths as a well-behaved client (java.net.http) sees them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpKvTest {
    private RpcFixture node;
    private HttpClient client;

    @BeforeAll
    void start() throws Exception {
        node = new RpcFixture(RpcFixture.PATIENT);
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        node.close();
    }

    @AfterEach
    void reset() {
        node.reset();
    }

    @Test
    void theExampleOfTheReadmeWorksAsCurlSendsIt() throws Exception {
        var put = send(to("/kv/key1?consistency=quorum")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"value\":\"value1\"}")));
        assertThat(put.statusCode()).isEqualTo(200);
        JsonNode written = json(put);
        assertThat(written.fieldNames())
                .toIterable()
                .containsExactly("key", "version", "context", "consistency", "node", "replicas");
        assertThat(written.get("key").textValue()).isEqualTo("key1");
        assertThat(written.get("consistency").textValue()).isEqualTo("quorum");
        assertThat(written.get("node").textValue()).isEqualTo("demo-0");
        assertThat(written.get("replicas").intValue()).isEqualTo(2);
        Command.Put seen = (Command.Put) node.store.seen.remove();
        assertThat(seen.level()).isEqualTo(ConsistencyLevel.QUORUM);
        assertThat(seen.value()).isEqualTo("value1".getBytes(UTF_8));

        JsonNode read = json(send(to("/kv/key1")));
        assertThat(read.get("value").textValue()).isEqualTo("value1");
        assertThat(read.has("encoding")).isFalse();
        assertThat(read.has("siblings")).isFalse();
        assertThat(send(to("/kv/key1").DELETE()).statusCode()).isEqualTo(200);
        assertThat(send(to("/kv/key1")).statusCode()).isEqualTo(404);
    }

    @Test
    void aTimeToLiveIsGivenInAnyUnitAndInABatchToo() throws Exception {
        put("/kv/a?ttl=90s", "{\"value\":\"v\"}");
        put("/kv/a?ttl=3650d", "{\"value\":\"v\"}");
        put("/kv/a", "{\"value\":\"v\"}");
        send(to("/batch")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"operations\":[{\"type\":\"PUT\",\"key\":\"a\",\"value\":\"v\",\"ttl\":\"1500ms\"}]}")));
        assertThat(node.store.seen.stream().map(seen -> ((Command.Put) seen).ttlMillis()))
                .containsExactly(90_000L, 315_360_000_000L, 0L, 1_500L);
    }

    @Test
    void versionsAreStringsForTheyHaveMoreBitsThanAJsonNumberKeeps() throws Exception {
        node.store.answer(new Outcome.Applied(-1L, new byte[0], MapHandler.SERVICE));
        JsonNode written = json(put("/kv/a", "{\"value\":\"v\"}"));
        assertThat(written.get("version").isTextual()).isTrue();
        assertThat(written.get("version").textValue()).isEqualTo("18446744073709551615");
    }

    @Test
    void keysArePercentDecodedUtf8WithSlashesAndAll() throws Exception {
        String[][] keys = {
            {"a%2Fb", "a/b"},
            {"a/b", "a/b"},
            {"a//b/", "a//b/"},
            {"%2F", "/"},
            {"caf%C3%A9", "caf\u00e9"},
            {"%F0%9F%98%80", "\ud83d\ude00"},
            {"a+b", "a+b"},
            {"a%20b", "a b"},
            {"a;b=c", "a;b=c"},
            {"a%3Fb%23c%25", "a?b#c%"},
            {"%00", "\u0000"},
            {"..%2F..%2Fetc", "../../etc"},
            {"../x", "../x"},
            {".", "."},
            {"k".repeat(Limits.KEY_BYTES), "k".repeat(Limits.KEY_BYTES)},
            {"%6B".repeat(Limits.KEY_BYTES), "k".repeat(Limits.KEY_BYTES)}
        };
        for (String[] key : keys) {
            RawHttp.Response answer = RawHttp.ask(node.http.port(), "GET /kv/" + key[0] + " HTTP/1.1");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.json().get("key").textValue()).isEqualTo(key[1]);
            assertThat(node.store.seen.remove().key()).isEqualTo(Key.of(key[1]));
        }
    }

    @Test
    void binaryKeysAndValuesTravelInBase64() throws Exception {
        byte[] key = {(byte) 0xff, 0, (byte) 0xfe};
        byte[] value = {(byte) 0x80, 1, 2};
        String path = "/kv/" + Base64.getUrlEncoder().withoutPadding().encodeToString(key) + "?keyEncoding=base64url";
        put(path, "{\"encoding\":\"base64\",\"value\":\"" + Base64.getEncoder().encodeToString(value) + "\"}");
        assertThat(node.store.values.get(Key.of(key))).isEqualTo(value);
        JsonNode read = json(send(to(path)));
        assertThat(read.get("keyEncoding").textValue()).isEqualTo("base64url");
        assertThat(Base64.getUrlDecoder().decode(read.get("key").textValue())).isEqualTo(key);
        assertThat(read.get("encoding").textValue()).isEqualTo("base64");
        assertThat(Base64.getDecoder().decode(read.get("value").textValue())).isEqualTo(value);
    }

    @Test
    void bytesAreStoredAndReturnedAsTheyAre() throws Exception {
        byte[] value = new byte[Limits.VALUE_BYTES];
        value[7] = (byte) 0xff;
        var put = send(to("/kv/raw")
                .header("Content-Type", "Application/Octet-Stream; charset=binary")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(value)));
        assertThat(put.statusCode()).isEqualTo(200);
        var read = send(to("/kv/raw").header("Accept", "application/octet-stream"));
        assertThat(read.headers().firstValue("Content-Type")).contains("application/octet-stream");
        assertThat(read.headers().firstValue("X-KV-Version")).contains(Long.toString(1L << 60));
        assertThat(read.headers().firstValue("X-KV-Context")).contains("AQI");
        assertThat(read.body()).isEqualTo(value);
    }

    @Test
    void aBodyOfUndeclaredLengthIsTakenUpToTheLimit() throws Exception {
        byte[] value = new byte[Limits.VALUE_BYTES];
        var put = send(to("/kv/chunked")
                .header("Content-Type", "application/octet-stream")
                .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(value))));
        assertThat(put.statusCode()).isEqualTo(200);
        assertThat(node.store.values.get(Key.of("chunked"))).isEqualTo(value);
    }

    @Test
    void anEmptyValueIsAValue() throws Exception {
        put("/kv/empty", "{\"value\":\"\"}");
        assertThat(json(send(to("/kv/empty"))).get("value").textValue()).isEmpty();
        send(to("/kv/none")
                .header("Content-Type", "application/octet-stream")
                .PUT(HttpRequest.BodyPublishers.noBody()));
        assertThat(node.store.values.get(Key.of("none"))).isEmpty();
    }

    @Test
    void aValueOfTheLimitFitsInTheLongestFormOfJson() throws Exception {
        String body = "{\"value\":\"" + "\\u0001".repeat(Limits.VALUE_BYTES) + "\"}";
        assertThat(put("/kv/long", body).statusCode()).isEqualTo(200);
        assertThat(node.store.values.get(Key.of("long")))
                .hasSize(Limits.VALUE_BYTES)
                .containsOnly(1);
    }

    @Test
    void theContextOfAnAnswerIsTakenBackInHeaderOrBody() throws Exception {
        String context = json(put("/kv/a", "{\"value\":\"1\"}")).get("context").textValue();
        node.store.seen.clear();
        put("/kv/a", "{\"value\":\"2\",\"context\":\"" + context + "\"}");
        assertThat(((Command.Put) node.store.seen.remove()).contextToken()).isEqualTo(new byte[] {1, 2});
        send(to("/kv/a").header("X-KV-Context", context).DELETE());
        assertThat(((Command.Delete) node.store.seen.remove()).contextToken()).isEqualTo(new byte[] {1, 2});
        byte[] longest = new byte[Limits.CONTEXT_TOKEN_BYTES];
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(longest);
        assertThat(send(to("/kv/a").header("X-KV-Context", text).DELETE()).statusCode())
                .isEqualTo(200);
        assertThat(((Command.Delete) node.store.seen.remove()).contextToken()).isEqualTo(longest);
    }

    @Test
    void whatIsNotFoundIsAProblemWithTheContextThatCoversTheDeletes() throws Exception {
        var answer = send(to("/kv/nowhere"));
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = json(answer);
        assertThat(problem.get("reason").textValue()).isEqualTo("NOT_FOUND");
        assertThat(problem.get("context").textValue()).isEqualTo("CQk");
        assertThat(problem.get("replicas").intValue()).isEqualTo(2);
        assertThat(problem.get("key").textValue()).isEqualTo("nowhere");
    }

    @Test
    void siblingsAreAllReturned() throws Exception {
        node.store.answer(new Outcome.Read(
                List.of(
                        new Outcome.Version(9, new byte[0], true),
                        new Outcome.Version(8, "eight".getBytes(UTF_8), false),
                        new Outcome.Version(7, new byte[] {(byte) 0xff}, false)),
                new byte[] {1},
                MapHandler.SERVICE));
        JsonNode read = json(send(to("/kv/a")));
        assertThat(read.get("value").textValue()).isEqualTo("eight");
        assertThat(read.get("version").textValue()).isEqualTo("8");
        JsonNode siblings = read.get("siblings");
        assertThat(siblings.get(0).get("deleted").booleanValue()).isTrue();
        assertThat(siblings.get(1).get("value").textValue()).isEqualTo("eight");
        assertThat(siblings.get(2).get("encoding").textValue()).isEqualTo("base64");
        assertThat(send(to("/kv/a").header("Accept", "application/octet-stream"))
                        .headers()
                        .firstValue("X-KV-Siblings"))
                .contains("3");
    }

    @Test
    void theTimeoutAndTheRequestIdGoWithTheCommand() throws Exception {
        send(to("/kv/a?timeout=2s").header("X-Request-Id", "trace-1"));
        Command command = node.store.seen.remove();
        assertThat(command.requestId()).isEqualTo("trace-1");
        assertThat(TimeUnit.NANOSECONDS.toMillis(command.deadlineNanos() - RpcFixture.CLOCK.nanos()))
                .isBetween(500L, 2_000L);
        send(to("/kv/a"));
        assertThat(TimeUnit.NANOSECONDS.toMillis(node.store.seen.remove().deadlineNanos() - RpcFixture.CLOCK.nanos()))
                .isBetween(3_000L, Limits.DEFAULT_DEADLINE_MILLIS);
    }

    @Test
    void aWriteOfUnknownEndSaysThatItMayHaveBeenApplied() throws Exception {
        node.store.answer(new Outcome.Unknown(Reason.PEER_LOST, "the coordinator went away"));
        var answer = put("/kv/a", "{\"value\":\"v\"}");
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(json(answer).get("mayHaveBeenApplied").booleanValue()).isTrue();
        assertThat(json(answer).get("detail").textValue()).contains("may have been applied");
        assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
        var read = send(to("/kv/a"));
        assertThat(read.statusCode()).isEqualTo(504);
        assertThat(json(read).has("mayHaveBeenApplied")).isFalse();
    }

    @Test
    void aHandlerThatNeverAnswersIsAnsweredAfterTheDeadline() throws Exception {
        node.store.behave((_, _) -> {});
        var answer = put("/kv/a?timeout=10ms", "{\"value\":\"v\"}");
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(json(answer).get("reason").textValue()).isEqualTo("TIMEOUT");
    }

    @Test
    void whatMaySucceedLaterSaysWhen() throws Exception {
        node.store.answer(new Outcome.NotApplied(Reason.OVERLOADED, true, "the loop is full"));
        var answer = put("/kv/a", "{\"value\":\"v\"}");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(json(answer).get("retryable").booleanValue()).isTrue();
        node.store.answer(new Outcome.NotApplied(Reason.NOT_A_REPLICA, false, "demo-0 holds no copy"));
        var elsewhere = put("/kv/a?consistency=local", "{\"value\":\"v\"}");
        assertThat(elsewhere.statusCode()).isEqualTo(421);
        assertThat(elsewhere.headers().firstValue("Retry-After")).isEmpty();
    }

    @Test
    void aHandlerThatThrowsIsUnknownAndItsWordsStayInside() throws Exception {
        node.store.behave((_, _) -> {
            throw new IllegalStateException("secret of the house");
        });
        var answer = put("/kv/a", "{\"value\":\"v\"}");
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(json(answer).get("reason").textValue()).isEqualTo("INTERNAL");
        assertThat(new String(answer.body(), UTF_8)).doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void headIsGetWithoutItsBody() throws Exception {
        put("/kv/a", "{\"value\":\"v\"}");
        int length = send(to("/kv/a")).body().length;
        RawHttp.Response head = RawHttp.ask(node.http.port(), "HEAD /kv/a HTTP/1.1");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(length));
        assertThat(RawHttp.ask(node.http.port(), "HEAD /kv/none HTTP/1.1").status())
                .isEqualTo(404);
    }

    @Test
    void aBatchOfSuccessesIs200AndSaysThatItIsNoTransaction() throws Exception {
        var answer = post("/batch?consistency=one", """
                {"operations":[
                 {"type":"PUT","key":"a","value":"1"},
                 {"type":"put","key":"_w","keyEncoding":"base64url","value":"/w==","encoding":"base64"},
                 {"type":"DELETE","key":"b","context":"AQ"}]}""");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).get("transaction").booleanValue()).isFalse();
        JsonNode results = json(answer).get("results");
        assertThat(results).hasSize(3);
        assertThat(results.get(0).get("type").textValue()).isEqualTo("PUT");
        assertThat(results.get(0).get("key").textValue()).isEqualTo("a");
        assertThat(results.get(0).get("status").intValue()).isEqualTo(200);
        assertThat(results.get(1).get("keyEncoding").textValue()).isEqualTo("base64url");
        assertThat(node.store.values.get(Key.of(new byte[] {(byte) 0xff}))).isEqualTo(new byte[] {(byte) 0xff});
        assertThat(node.store.seen).allMatch(command -> command.level() == ConsistencyLevel.ONE);
    }

    @Test
    void aBatchWhoseResultsDifferIs207WithAStatusForEach() throws Exception {
        node.store.when(command -> switch (new String(command.key().bytes(), UTF_8)) {
            case "full" -> new Outcome.NotApplied(Reason.DISK_FULL, true, "the disk is full");
            case "lost" -> new Outcome.Unknown(Reason.TIMEOUT, "late");
            default -> null;
        });
        var answer = post("/batch", """
                {"operations":[
                 {"type":"PUT","key":"a","value":"1"},
                 {"type":"GET","key":"a"},
                 {"type":"GET","key":"none"},
                 {"type":"PUT","key":"full","value":"1"},
                 {"type":"PUT","key":"lost","value":"1"}]}""");
        assertThat(answer.statusCode()).isEqualTo(207);
        JsonNode results = json(answer).get("results");
        assertThat(results.findValuesAsText("status")).containsExactly("200", "200", "404", "507", "504");
        assertThat(results.get(1).get("value").textValue()).isEqualTo("1");
        assertThat(results.get(2).get("reason").textValue()).isEqualTo("NOT_FOUND");
        assertThat(results.get(2).get("context").textValue()).isEqualTo("CQk");
        assertThat(results.get(3).get("reason").textValue()).isEqualTo("DISK_FULL");
        assertThat(results.get(3).get("retryable").booleanValue()).isTrue();
        assertThat(results.get(4).get("mayHaveBeenApplied").booleanValue()).isTrue();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.http.port() + path));
    }

    private HttpResponse<byte[]> put(String path, String body) throws IOException, InterruptedException {
        return send(to(path).PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<byte[]> post(String path, String body) throws IOException, InterruptedException {
        return send(to(path).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static JsonNode json(HttpResponse<byte[]> response) throws IOException {
        return HttpJson.MAPPER.readTree(response.body());
    }
}
