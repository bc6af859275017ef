package io.kvcluster.client.bench;

import io.kvcluster.client.Address;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a node's process had used at one moment, from its metrics page.
 *
 * @param cpuSeconds since the process began
 * @param residentBytes empty where the platform does not tell
 */
public record ServerUsage(double cpuSeconds, OptionalDouble residentBytes) {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** @throws IOException saying why the page could not be read, or what it lacks */
    public static ServerUsage of(HttpClient http, Address node) throws IOException, InterruptedException {
        URI page = URI.create("http://" + node + "/metrics");
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(page)
                        .timeout(TIMEOUT)
                        .header("Accept", "text/plain")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(page + " answered " + response.statusCode());
        }
        return parse(response.body()).orElseThrow(() -> new IOException(page + " has no process_cpu_seconds_total"));
    }

    static Optional<ServerUsage> parse(String page) {
        OptionalDouble cpu = sample(page, "process_cpu_seconds_total");
        return cpu.isEmpty()
                ? Optional.empty()
                : Optional.of(new ServerUsage(cpu.getAsDouble(), sample(page, "process_resident_memory_bytes")));
    }

    private static OptionalDouble sample(String page, String name) {
        return page.lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .map(line -> line.substring(line.startsWith(name + "{") ? line.indexOf('}') + 1 : name.length())
                        .strip())
                .mapToDouble(rest -> Double.parseDouble(rest.split(" ", 2)[0]))
                .findFirst();
    }
}
