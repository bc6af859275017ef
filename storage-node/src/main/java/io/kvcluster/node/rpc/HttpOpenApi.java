package io.kvcluster.node.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** /openapi: the description of this interface, as committed. OpenApiTest holds it to what the server does. */
final class HttpOpenApi {
    private static final String FILE = "openapi.json";

    private final byte[] document = read();

    HttpAnswer document(HttpCall call) {
        call.query().read(List.of());
        call.body().refuseAny("GET");
        return HttpAnswer.json(200, document);
    }

    private static byte[] read() {
        try (InputStream in = HttpOpenApi.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("the jar has no " + FILE);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
