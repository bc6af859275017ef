package io.kvcluster.e2e.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The requests of one user in an API server's audit log (audit.k8s.io/v1, JSON lines). */
record AuditLog(List<Request> requests) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param allowed by the rules of access; whether it was done is another matter: a check behind them answers 403 too */
    record Request(String right, boolean allowed, String uri) {}

    static AuditLog of(Path file, String user) {
        List<Request> requests = new ArrayList<>();
        try (Stream<String> lines = Files.lines(file)) {
            for (String line : (Iterable<String>) lines.filter(line -> line.contains(user))::iterator) {
                JsonNode event = JSON.readTree(line);
                if (event.at("/user/username").asText().equals(user)) {
                    requests.add(request(event));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("audit log " + file, e);
        }
        return new AuditLog(requests);
    }

    /** As a rule grants it: {@code verb group/resource}. */
    static String right(String group, String resource, String verb) {
        return verb + " " + (group.isEmpty() ? "core" : group) + "/" + resource;
    }

    Set<String> allowed() {
        Set<String> rights = new TreeSet<>();
        requests.stream().filter(Request::allowed).forEach(request -> rights.add(request.right()));
        return rights;
    }

    Set<String> refused() {
        Set<String> rights = new TreeSet<>();
        requests.stream()
                .filter(request -> !request.allowed())
                .forEach(request -> rights.add(request.right() + " at " + request.uri()));
        return rights;
    }

    private static Request request(JsonNode event) {
        JsonNode object = event.path("objectRef");
        String subresource = object.path("subresource").asText();
        String resource = object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource);
        return new Request(
                right(
                        object.path("apiGroup").asText(),
                        resource,
                        event.path("verb").asText()),
                event.at("/annotations/authorization.k8s.io~1decision").asText().equals("allow"),
                event.path("requestURI").asText());
    }
}
