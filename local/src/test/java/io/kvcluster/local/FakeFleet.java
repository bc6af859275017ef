package io.kvcluster.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.http.ApiServer;
import io.kvcluster.local.api.http.Audit;
import io.kvcluster.local.api.http.PodLogs;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import io.kvcluster.local.api.store.ObjectStore;
import io.kvcluster.local.api.store.Watch;
import io.kvcluster.local.controllers.Controllers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Clusters without storage nodes, for what an operator costs: an API server that counts who asks for what, its controllers, and pods
 * that are no processes: each is ready at once, has an address, and {@link FakeNodes} answer there.
 */
final class FakeFleet implements AutoCloseable {
    static final int PODS = 3;
    private static final WriteOptions OPTIONS = WriteOptions.by("fleet");

    final FakeNodes nodes;
    private final Map<String, AtomicLong> asked = new ConcurrentHashMap<>();
    private final ObjectStore store;
    private final Resources resources;
    private final ApiServer server;
    private final Controllers controllers;
    private final Thread kubelet;
    private volatile boolean stopping;

    /** @param capacity clusters that there may be */
    FakeFleet(Path folder, int capacity) throws IOException {
        Clock clock = Clock.systemUTC();
        store = ObjectStore.open(folder.resolve("objects.journal"));
        resources = new Resources(store, clock, RandomGenerator.getDefault());
        server = ApiServer.start(resources, PodLogs.NONE, clock, 0, this::count);
        Bootstrap.run(resources, List.of("zone-a"), clock.instant());
        controllers = Controllers.start(resources, folder.resolve("volumes"), clock);
        nodes = new FakeNodes(PODS * capacity);
        kubelet = Thread.ofPlatform().name("fake-kubelet").daemon().start(this::runPods);
    }

    String url() {
        return server.url();
    }

    /** Another door to the same objects, for who is to be told apart. */
    ApiServer door(int port, Audit audit) throws IOException {
        return ApiServer.start(resources, PodLogs.NONE, Clock.systemUTC(), port, audit);
    }

    KubernetesClient client() {
        return TestApi.client(server.url());
    }

    /** Clusters with everything by default, named c0, c1 and so on. */
    void create(int from, int to) {
        for (int i = from; i < to; i++) {
            ObjectNode cluster = Json.object();
            cluster.put("apiVersion", "kvcluster.io/v1beta1").put("kind", "KvCluster");
            Json.metadata(cluster).put("name", "c" + i);
            cluster.putObject("spec");
            resources.create(kvClusters(), "default", cluster, OPTIONS);
        }
    }

    /** How many clusters are in a phase. */
    long inPhase(String phase) {
        return resources.list(kvClusters(), "default").stream()
                .filter(cluster -> Json.text(cluster, "status", "phase").equals(phase))
                .count();
    }

    private ResourceKind kvClusters() {
        return resources.catalog().find("kvcluster.io", "v1beta1", "kvclusters").orElseThrow();
    }

    private void count(String method, String path, boolean watch) {
        String what = watch ? "watch" : method.equals("GET") ? "read" : "write";
        asked.computeIfAbsent(what, _ -> new AtomicLong()).incrementAndGet();
    }

    /** Requests so far: "watch", "read" and "write". */
    Map<String, Long> asked() {
        Map<String, Long> counts = new TreeMap<>();
        List.of("read", "watch", "write").forEach(what -> counts.put(what, 0L));
        asked.forEach((what, count) -> counts.put(what, count.get()));
        return counts;
    }

    long writes() {
        return asked().get("write");
    }

    private void runPods() {
        while (!stopping) {
            try (Watch watch = resources.watch(BuiltInKinds.POD)) {
                while (!stopping && !watch.ended()) {
                    resources.list(BuiltInKinds.POD, "").forEach(this::run);
                    if (watch.poll(1, TimeUnit.SECONDS) != null) {
                        while (watch.poll(0, TimeUnit.SECONDS) != null) {
                            // one look serves all that has happened
                        }
                    }
                }
            } catch (InterruptedException | ApiError e) {
                return;
            }
        }
    }

    private void run(ObjectNode pod) {
        if (!Json.text(pod, "status", "podIP").isEmpty()) {
            return;
        }
        String name = Json.text(pod, "metadata", "name");
        String address = nodes.start(name);
        resources.edit(BuiltInKinds.POD, Json.text(pod, "metadata", "namespace"), name, "status", OPTIONS, object -> {
            ObjectNode status = Json.child(object, "status");
            status.put("phase", "Running").put("podIP", address);
            ArrayNode conditions = status.putArray("conditions");
            for (String type : List.of("PodScheduled", "Initialized", "ContainersReady", "Ready")) {
                conditions
                        .addObject()
                        .put("type", type)
                        .put("status", "True")
                        .put("lastTransitionTime", "2026-01-01T00:00:00Z");
            }
        });
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        kubelet.interrupt();
        controllers.close();
        server.close();
        nodes.close();
        store.close();
    }
}
