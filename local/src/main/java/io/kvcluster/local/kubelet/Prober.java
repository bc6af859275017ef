package io.kvcluster.local.kubelet;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.Consumer;

/** Carries out probes, each on a virtual thread of its own. */
final class Prober implements AutoCloseable {
    /** How a probe ended; the message says why it failed. */
    record Result(boolean success, String message) {}

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Probes once and hands over the result, from another thread, within about the probe's timeout. */
    void probe(ProbeSpec probe, String address, Consumer<Result> whenDone) {
        Thread.ofVirtual().name("probe-" + address).start(() -> whenDone.accept(run(probe, address)));
    }

    private Result run(ProbeSpec probe, String address) {
        try {
            return probe.http() ? get(probe, address) : connect(probe, address);
        } catch (IOException e) {
            return new Result(false, String.valueOf(e.getMessage() == null ? e : e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(false, "interrupted");
        }
    }

    private Result get(ProbeSpec probe, String address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + address + ":" + probe.port() + probe.path()))
                .timeout(probe.timeout())
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        int code = response.statusCode();
        String body = response.body();
        return new Result(
                code >= 200 && code < 400,
                "HTTP probe failed with statuscode: " + code + ": " + body.substring(0, Math.min(200, body.length())));
    }

    private static Result connect(ProbeSpec probe, String address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, probe.port()), (int)
                    probe.timeout().toMillis());
            return new Result(true, "");
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
