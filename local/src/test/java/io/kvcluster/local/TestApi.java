package io.kvcluster.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.kvcluster.local.api.http.ApiServer;
import io.kvcluster.local.api.http.PodLogs;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import io.kvcluster.local.api.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.random.RandomGenerator;

/** An API server on a free port with the namespace {@code default}, without controllers. */
public record TestApi(ObjectStore store, Resources resources, ApiServer server) implements AutoCloseable {
    public static TestApi start(Path dir) throws IOException {
        ObjectStore store = ObjectStore.open(dir.resolve("objects.json"));
        Resources resources = new Resources(store, Clock.systemUTC(), RandomGenerator.getDefault());
        if (resources.find(BuiltInKinds.NAMESPACE, "", "default").isEmpty()) {
            ObjectNode namespace = Json.object();
            Json.metadata(namespace).put("name", "default");
            resources.create(BuiltInKinds.NAMESPACE, "", namespace, WriteOptions.by("test"));
        }
        ApiServer server = ApiServer.start(resources, PodLogs.NONE, Clock.systemUTC(), 0);
        return new TestApi(store, resources, server);
    }

    public KubernetesClient client() {
        return client(server.url());
    }

    /** Of an API server of the tests. */
    static KubernetesClient client(String url) {
        return new KubernetesClientBuilder()
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withConfig(new ConfigBuilder()
                        .withMasterUrl(url)
                        .withNamespace("default")
                        .withAutoConfigure(false)
                        .build())
                .build();
    }

    @Override
    public void close() throws IOException {
        server.close();
        store.close();
    }
}
