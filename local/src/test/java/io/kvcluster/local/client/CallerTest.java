package io.kvcluster.local.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.local.TestApi;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests as they come over the wire, with the headers that matter: of kubectl, and of pages that must not get in. */
class CallerTest {
    private static final String TABLE =
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

    @TempDir
    Path folder;

    private static String send(TestApi api, String request, String... headers) throws IOException {
        StringBuilder text = new StringBuilder(request + " HTTP/1.1\r\nConnection: close\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        try (Socket socket =
                new Socket(InetAddress.getByName("127.0.0.1"), api.server().port())) {
            socket.getOutputStream().write(text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String host(TestApi api) {
        return "Host: 127.0.0.1:" + api.server().port();
    }

    @Test
    void aPageOfAnotherSiteIsRefused() throws Exception {
        try (TestApi api = TestApi.start(folder)) {
            assertThat(send(api, "GET /api/v1/pods", host(api), "Origin: http://evil.example"))
                    .startsWith("HTTP/1.1 403")
                    .contains("does not answer to pages in a browser");
            assertThat(send(api, "GET /api/v1/pods", "Host: evil.example"))
                    .startsWith("HTTP/1.1 403")
                    .contains("answers only to localhost and 127.0.0.1");
        }
    }

    @Test
    void aWatchByWebSocketIsAnsweredSoThatClientsFallBack() throws Exception {
        try (TestApi api = TestApi.start(folder)) {
            String answer = send(
                    api,
                    "GET /api/v1/pods?watch=true",
                    host(api),
                    "Origin: http://127.0.0.1:" + api.server().port(),
                    "Upgrade: websocket");
            assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
        }
    }

    @Test
    void kubectlGetsATableAndAWatchOfTables() throws Exception {
        try (TestApi api = TestApi.start(folder)) {
            assertThat(send(api, "GET /api/v1/namespaces?limit=500", host(api), "Accept: " + TABLE))
                    .startsWith("HTTP/1.1 200")
                    .contains("Content-type: application/json")
                    .contains("\"kind\":\"Table\"")
                    .contains("\"cells\":[\"default\",\"Active\",");
            assertThat(send(api, "GET /api/v1/namespaces?watch=true&timeoutSeconds=1", host(api), "Accept: " + TABLE))
                    .contains("{\"type\":\"ADDED\",\"object\":{\"kind\":\"Table\"");
        }
    }

    @Test
    void kubectlFindsThatTheServerValidates() throws Exception {
        try (TestApi api = TestApi.start(folder)) {
            assertThat(send(api, "GET /openapi/v3", host(api))).contains("/openapi/v3/apis/apps/v1");
            assertThat(send(api, "GET /openapi/v3/apis/apps/v1", host(api)))
                    .contains("\"name\":\"fieldValidation\"")
                    .contains(
                            "\"x-kubernetes-group-version-kind\":{\"group\":\"apps\",\"version\":\"v1\",\"kind\":\"StatefulSet\"}");
        }
    }

    @Test
    void protobufIsRefusedWithAWayOut() throws Exception {
        try (TestApi api = TestApi.start(folder)) {
            assertThat(send(
                            api,
                            "POST /api/v1/namespaces",
                            host(api),
                            "Content-Type: application/vnd.kubernetes.protobuf",
                            "Content-Length: 0"))
                    .startsWith("HTTP/1.1 415")
                    .contains("kubectl apply -f");
        }
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws Exception {
        try (TestApi api = TestApi.start(folder)) {
            String body = "{\"metadata\":{\"name\":\"" + "x".repeat(3 << 20) + "\"}}";
            var http = java.net.http.HttpClient.newHttpClient();
            var answer = http.send(
                    java.net.http.HttpRequest.newBuilder(
                                    java.net.URI.create(api.server().url() + "/api/v1/namespaces"))
                            .header("Content-Type", "application/json")
                            .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    java.net.http.HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(413);
        }
    }
}
