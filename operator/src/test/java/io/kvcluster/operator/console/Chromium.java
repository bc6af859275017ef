package io.kvcluster.operator.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A browser without a window and one page in it, by the DevTools protocol. */
final class Chromium implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String LISTENING = "DevTools listening on ";

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket page;
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> open = new ConcurrentHashMap<>();
    private final List<JsonNode> events = new CopyOnWriteArrayList<>();

    private Chromium(Process process, URI devTools) throws Exception {
        this.process = process;
        URI list = new URI("http", null, devTools.getHost(), devTools.getPort(), "/json/list", null, null);
        String targets = http.send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        URI target = null;
        for (JsonNode each : JSON.readTree(targets)) {
            if (each.get("type").asText().equals("page")) {
                target = URI.create(each.get("webSocketDebuggerUrl").asText());
            }
        }
        page = http.newWebSocketBuilder().buildAsync(target, new Listener()).get(30, TimeUnit.SECONDS);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", Map.of());
        }
    }

    /** @param profile an empty directory */
    static Chromium start(Path binary, Path profile) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                binary.toString(),
                "--headless=new",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--hide-scrollbars",
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0",
                "about:blank"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add(1, "--no-sandbox"); // its sandbox refuses root
        }
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader said = process.errorReader();
        StringBuilder all = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            all.append(line).append('\n');
            if (line.startsWith(LISTENING)) {
                Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
                return new Chromium(process, URI.create(line.substring(LISTENING.length())));
            }
        }
        throw new IOException(binary + " ended: " + all);
    }

    void open(URI uri) {
        call("Page.navigate", Map.of("url", uri.toString()));
    }

    void screen(int width, int height, boolean dark) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 2, "mobile", width < 600));
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** What an expression is worth, as JSON. */
    JsonNode value(String expression) {
        JsonNode answer = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.at("/result/value");
    }

    /** Of the first element that a selector finds. */
    String text(String selector) {
        return value("document.querySelector(" + JSON.valueToTree(selector) + ")?.textContent ?? ''")
                .asText();
    }

    int count(String selector) {
        return value("document.querySelectorAll(" + JSON.valueToTree(selector) + ").length")
                .asInt();
    }

    void screenshot(Path file) throws IOException {
        JsonNode shot = call("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(shot.get("data").asText()));
    }

    /** Exceptions, refusals of the content policy, and whatever else the browser complains of. */
    List<String> complaints() {
        return events.stream()
                .filter(event -> event.get("method").asText().equals("Runtime.exceptionThrown")
                        || event.get("method").asText().equals("Log.entryAdded"))
                .map(JsonNode::toString)
                .toList();
    }

    /** Every address that the page asked. */
    List<URI> asked() {
        return events.stream()
                .filter(event -> event.get("method").asText().equals("Network.requestWillBeSent"))
                .map(event -> URI.create(event.at("/params/request/url").asText()))
                .filter(uri -> !"data".equals(uri.getScheme()))
                .toList();
    }

    private JsonNode call(String method, Map<String, Object> parameters) {
        int id = calls.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        open.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        page.sendText(message.toString(), true).join();
        JsonNode said = answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        if (said.has("error")) {
            throw new AssertionError(method + ": " + said.get("error"));
        }
        return said.get("result");
    }

    @Override
    public void close() throws Exception {
        page.abort();
        http.close();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                heard(message.toString());
                message.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, data, last);
        }

        private void heard(String text) {
            try {
                JsonNode said = JSON.readTree(text);
                if (!said.has("id")) {
                    events.add(said);
                    return;
                }
                CompletableFuture<JsonNode> answer = open.remove(said.get("id").asInt());
                if (answer != null) {
                    answer.complete(said);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
