package io.kvcluster.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.kvcluster.e2e.testbed.PodAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** One node over its own address. */
public record Node(String name, PodAddress address) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /** An HTTP answer. */
    public record Answer(int status, byte[] body, java.net.http.HttpHeaders headers) {
        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException("no JSON: " + text(), e);
            }
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public String value() {
            return json().path("value").asText();
        }

        public String context() {
            return json().path("context").asText();
        }

        public String reason() {
            return json().path("reason").asText();
        }

        @Override
        public String toString() {
            return status + " " + text();
        }
    }

    /** @param parameters as in a URL, may be empty: {@code consistency=quorum} */
    public Answer put(String key, String value, String parameters) {
        return send(
                "PUT",
                kv(key, parameters),
                JSON.createObjectNode().put("value", value).toString().getBytes(StandardCharsets.UTF_8),
                Map.of());
    }

    /** With the causal context of an earlier answer. */
    public Answer putAfter(String context, String key, String value, String parameters) {
        return send(
                "PUT",
                kv(key, parameters),
                JSON.createObjectNode().put("value", value).toString().getBytes(StandardCharsets.UTF_8),
                Map.of("X-KV-Context", context));
    }

    public Answer putBytes(String key, byte[] value, String parameters) {
        return send("PUT", kv(key, parameters), value, Map.of("Content-Type", "application/octet-stream"));
    }

    public Answer get(String key, String parameters) {
        return send("GET", kv(key, parameters), new byte[0], Map.of());
    }

    public Answer getBytes(String key, String parameters) {
        return send("GET", kv(key, parameters), new byte[0], Map.of("Accept", "application/octet-stream"));
    }

    public Answer delete(String key, String parameters) {
        return send("DELETE", kv(key, parameters), new byte[0], Map.of());
    }

    public Answer post(String path, String json) {
        return send("POST", path, json.getBytes(StandardCharsets.UTF_8), Map.of("Content-Type", "application/json"));
    }

    public Answer ask(String path) {
        return send("GET", path, new byte[0], Map.of());
    }

    /** False also when nothing answers. */
    public boolean isReady() {
        try {
            return ask("/health/ready").status() == 200;
        } catch (UncheckedIOException _) {
            return false;
        }
    }

    /** As this node sees the others. */
    public boolean seesAllUp() {
        try {
            JsonNode nodes = ask("/nodes").json().path("nodes");
            return !nodes.isEmpty()
                    && nodes.valueStream()
                            .allMatch(node -> node.path("status").asText().equals("UP"));
        } catch (UncheckedIOException _) {
            return false;
        }
    }

    /** As this node sees it: UP, DOWN, or empty when it does not know the other. */
    public String statusOf(String other) {
        return ask("/nodes")
                .json()
                .path("nodes")
                .valueStream()
                .filter(node -> node.path("name").asText().equals(other))
                .map(node -> node.path("status").asText())
                .findFirst()
                .orElse("");
    }

    /** To this node alone; the caller ends it. */
    public ManagedChannel channel() {
        return NettyChannelBuilder.forAddress(address.host(), address.grpcPort())
                .usePlaintext()
                .build();
    }

    private static String kv(String key, String parameters) {
        String encoded = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
        return "/kv/" + encoded + (parameters.isEmpty() ? "" : "?" + parameters);
    }

    private Answer send(String method, String path, byte[] body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address.http() + path))
                .timeout(LIMIT)
                .method(
                        method,
                        body.length == 0 && !method.equals("PUT")
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            HttpResponse<byte[]> response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.body(), response.headers());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path + " at " + name + " (" + address + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
