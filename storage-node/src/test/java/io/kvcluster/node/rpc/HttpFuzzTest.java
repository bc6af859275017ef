package io.kvcluster.node.rpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever bytes come: an answer that is documented, never a fault of the node, never a stack trace, and the next client is served. */
class HttpFuzzTest {
    /** 501 is what is not built; 505 is the transport's. No other 5xx is a client's doing. */
    private static final Set<Integer> DOCUMENTED = Set.of(200, 207, 400, 404, 405, 406, 413, 415, 501);

    private static RpcFixture node;
    private static int asked;
    private static int unanswered;

    @BeforeContainer
    static void start() throws Exception {
        node = new RpcFixture();
    }

    @AfterContainer
    static void stop() throws Exception {
        node.close();
        assertThat(unanswered).as("requests without answer, of " + asked).isLessThan(asked / 20);
    }

    @Property(tries = 400)
    void anyPathAndQueryIsAnswered(@ForAll("targets") String target, @ForAll("methods") String method)
            throws Exception {
        expectAnswer(method + " " + target + " HTTP/1.1\r\nContent-Length: 0", new byte[0]);
    }

    @Property(tries = 400)
    void anyBodyIsAnswered(@ForAll("bodies") byte[] body, @ForAll("bodyPaths") String path) throws Exception {
        expectAnswer(path + " HTTP/1.1\r\nContent-Length: " + body.length, body);
    }

    @Property(tries = 200)
    void anyChunksAreAnswered(@ForAll("bodies") byte[] body) throws Exception {
        expectAnswer("PUT /kv/a HTTP/1.1\r\nTransfer-Encoding: chunked", body);
    }

    @Property(tries = 300)
    void anyHeaderIsAnswered(@ForAll("headerNames") String name, @ForAll("texts") String value) throws Exception {
        expectAnswer("GET /kv/a HTTP/1.1\r\n" + name + ": " + value, new byte[0]);
    }

    @Property(tries = 300)
    void anyBytesAtAllDoNoHarm(@ForAll byte[] bytes) throws Exception {
        try (RawHttp http = new RawHttp(node.http.port())) {
            http.sendBytes(bytes);
            http.sendBytes("\r\n\r\n".getBytes(ISO_8859_1));
            http.finishSending();
            judge(http.response());
        } catch (EOFException | SocketException closedWithoutAnswer) {
            // Not HTTP at all: the transport hangs up.
        }
        assertThat(RawHttp.ask(node.http.port(), "GET /health HTTP/1.1").status())
                .isEqualTo(200);
    }

    private static void expectAnswer(String head, byte[] body) throws IOException {
        asked++;
        try (RawHttp http = new RawHttp(node.http.port())) {
            http.send(head, body);
            http.finishSending();
            judge(http.response(head.startsWith("HEAD")));
        } catch (EOFException | SocketException closedWithoutAnswer) {
            // A header that makes it no HTTP/1.1 (say, an upgrade) or bytes after the end of the request.
            unanswered++;
            assertThat(RawHttp.ask(node.http.port(), "GET /health HTTP/1.1").status())
                    .isEqualTo(200);
        }
    }

    private static void judge(RawHttp.Response answer) {
        assertThat(DOCUMENTED).contains(answer.status());
        assertThat(answer.text())
                .doesNotContain("\tat ")
                .doesNotContain("java.")
                .doesNotContain("io.helidon");
        if (answer.status() >= 400 && answer.body().length > 0) {
            assertThat(answer.json().get("status").intValue()).isEqualTo(answer.status());
            Reason.valueOf(answer.json().get("reason").textValue());
        }
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.of("GET", "PUT", "DELETE", "POST", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PATCH", "X");
    }

    @Provide
    Arbitrary<String> targets() {
        var start = Arbitraries.of(
                "/",
                "/kv/",
                "/kv/a?",
                "/mapping?key=",
                "/batch?",
                "/nodes?",
                "/%2e%2e/",
                "",
                "*",
                "//",
                "/kv/a?consistency=");
        var rest = Arbitraries.strings()
                .withCharRange('!', '~')
                .withChars('%', '%', '%', '/', '&', '=', '+', '#', '?', '\u00e9', '\u0000')
                .ofMaxLength(60);
        return Combinators.combine(start, rest).as(String::concat);
    }

    @Provide
    Arbitrary<String> bodyPaths() {
        return Arbitraries.of("PUT /kv/a", "POST /batch", "PUT /kv/a?consistency=quorum", "DELETE /kv/a");
    }

    @Provide
    Arbitrary<byte[]> bodies() {
        var random = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
        var nearlyJson = Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        ":",
                        ",",
                        "\"value\"",
                        "\"operations\"",
                        "\"type\"",
                        "\"PUT\"",
                        "\"key\"",
                        "\"a\"",
                        "\"\\ud800\"",
                        "1e999",
                        "null",
                        "true",
                        "-",
                        "\"context\"",
                        "\"encoding\"",
                        "\"base64\"",
                        "5\r\n",
                        "\r\n",
                        "0\r\n\r\n",
                        "ffffffffff\r\n")
                .list()
                .ofMaxSize(20)
                .map(parts -> String.join("", parts).getBytes(ISO_8859_1));
        return Arbitraries.oneOf(random, nearlyJson);
    }

    @Provide
    Arbitrary<String> headerNames() {
        return Arbitraries.of(
                "Accept",
                "Content-Type",
                "Content-Length",
                "Transfer-Encoding",
                "Content-Encoding",
                "Expect",
                "Connection",
                "Upgrade",
                "Host",
                "X-KV-Context",
                "X-Request-Id",
                "Range",
                "X");
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(40),
                Arbitraries.strings().withCharRange('\u0000', '\u00ff').ofMaxLength(20),
                Arbitraries.of(
                        "close", "chunked", "100-continue", "gzip", "5", "-5", "h2c", "*/*;q=2", "application/json"));
    }
}
