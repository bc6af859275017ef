package io.kvcluster.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.LocalException;
import io.kvcluster.local.api.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;

/** Asks the API server of a running local cluster. */
final class ApiReader implements AutoCloseable {
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;

    /** @throws LocalException when no cluster runs in the folder */
    ApiReader(Folder folder) throws IOException {
        if (folder.running().isEmpty()) {
            throw new LocalException("no local cluster runs in " + folder.path() + ". Start one with \"kv local up\".");
        }
        JsonNode config = Json.parseYaml(Files.readAllBytes(folder.kubeconfig()));
        this.url = Json.text(config.path("clusters").path(0), "cluster", "server");
    }

    JsonNode table(String path) throws IOException, InterruptedException {
        try (InputStream body = get(path, TABLE)) {
            return Json.parse(body.readAllBytes());
        }
    }

    /** @throws LocalException with the server's sentence when it refuses */
    InputStream get(String path, String accept) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = http.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("Accept", accept)
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            try (InputStream body = response.body()) {
                throw new LocalException(Json.text(Json.parse(body.readAllBytes()), "message"));
            }
        }
        return response.body();
    }

    @Override
    public void close() {
        http.close();
    }
}
