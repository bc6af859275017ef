package io.kvcluster.client.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.client.Address;
import io.kvcluster.client.cli.Errors.CommandFailure;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks the operator. What it refuses becomes its own sentence. */
final class OperatorHttp {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Address operator;

    private OperatorHttp(Address operator) {
        this.operator = operator;
    }

    /** @param address HOST:PORT; anything else is refused */
    static OperatorHttp at(String address) {
        return new OperatorHttp(Address.parse(address, 8080));
    }

    JsonNode get(String path, Map<String, String> query) throws InterruptedException {
        String asked = query.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        URI uri = URI.create("http://" + operator + path + (asked.isEmpty() ? "" : "?" + asked));
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(PATIENCE).GET().build();
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode body = parsed(answer);
            if (answer.statusCode() == HttpURLConnection.HTTP_OK) {
                return body;
            }
            throw new CommandFailure(
                    answer.statusCode() == HttpURLConnection.HTTP_BAD_REQUEST ? ExitCode.USAGE : ExitCode.FAILED,
                    body.path("detail").asText("the operator answers HTTP " + answer.statusCode()));
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "the operator does not answer at " + operator + " ("
                            + e.getClass().getSimpleName() + "); --operator or $KV_OPERATOR says where it is");
        }
    }

    private JsonNode parsed(HttpResponse<String> answer) {
        try {
            return Output.JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "what answers at " + operator + " is no operator of kvcluster: HTTP " + answer.statusCode());
        }
    }
}
