package io.kvcluster.local;

import io.kvcluster.local.api.http.ApiServer;
import io.kvcluster.local.api.http.PodLogs;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.store.ObjectStore;
import io.kvcluster.local.controllers.Controllers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.random.RandomGenerator;

/** All that is gone when "the API server is away": the store, the HTTP server and the controllers. */
record ApiSide(ObjectStore store, Resources resources, ApiServer server, Controllers controllers)
        implements AutoCloseable {

    /** @throws IOException when the port is taken or the store cannot be read */
    static ApiSide start(Path folder, int port, PodLogs logs, Clock clock) throws IOException {
        ObjectStore store = ObjectStore.open(folder.resolve("objects.journal"));
        try {
            Resources resources = new Resources(store, clock, RandomGenerator.getDefault());
            ApiServer server = ApiServer.start(resources, logs, clock, port);
            return new ApiSide(
                    store, resources, server, Controllers.start(resources, folder.resolve("volumes"), clock));
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        controllers.close();
        server.close();
        store.close();
    }
}
