package io.kvcluster.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.WriteOptions;
import io.kvcluster.local.kubelet.ImageCommand;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A local cluster whose pods run {@link TinyPod}, and what tests ask of it. */
final class TinyCluster implements AutoCloseable {
    static final WriteOptions AS_TEST = WriteOptions.by("test");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final LocalCluster cluster;

    private TinyCluster(LocalCluster cluster) {
        this.cluster = cluster;
    }

    static TinyCluster start(Path folder) throws Exception {
        ImageCommand tiny = new ImageCommand(
                "test/tiny",
                List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"),
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                TinyPod.class.getName(),
                Map.of());
        return new TinyCluster(LocalCluster.start(
                LocalConfig.of(folder, LocalConfig.Ports.FREE, List.of(tiny), OperatorProcess.NONE)));
    }

    static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    static ObjectNode yaml(String text) throws IOException {
        return Json.parseYamlDocuments(text).getFirst();
    }

    void create(ResourceKind kind, String text) throws IOException {
        cluster.resources().create(kind, "default", yaml(text), AS_TEST);
    }

    /** A StatefulSet of tiny pods, with further environment variables as name=value. */
    void createSet(String name, int replicas, String policy, String... environment) throws IOException {
        create(BuiltInKinds.STATEFUL_SET, """
                metadata: {name: %s}
                spec:
                  serviceName: %s
                  replicas: %d
                  podManagementPolicy: %s
                  updateStrategy: {type: OnDelete}
                  selector: {matchLabels: {app: %s}}
                  template:
                    metadata: {labels: {app: %s}}
                    spec:
                      terminationGracePeriodSeconds: 10
                      containers:
                      - name: tiny
                        image: test/tiny:1
                        resources: {limits: {memory: 256Mi}}
                        ports: [{name: http, containerPort: 8080}]
                        env:
                        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                        - {name: FULL, value: "$(POD_NAME).%s.svc"}
                        - {name: DATA_DIR, value: /data}
                        - {name: CONFIG_FILE, value: /etc/tiny/text}
                        %s
                        readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 1}
                        livenessProbe: {httpGet: {path: /live, port: http}, periodSeconds: 5, timeoutSeconds: 10, failureThreshold: 5}
                        volumeMounts:
                        - {name: data, mountPath: /data}
                        - {name: config, mountPath: /etc/tiny}
                      volumes:
                      - {name: config, configMap: {name: tiny, optional: true}}
                  volumeClaimTemplates:
                  - metadata: {name: data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """.formatted(
                        name, name, replicas, policy, name, name, name, variables(environment)));
    }

    private static String variables(String... environment) {
        StringBuilder text = new StringBuilder();
        for (String variable : environment) {
            String[] sides = variable.split("=", 2);
            text.append("- {name: " + sides[0] + ", value: \"" + sides[1] + "\"}\n        ");
        }
        return text.toString();
    }

    ObjectNode pod(String name) {
        return cluster.resources().get(BuiltInKinds.POD, "default", name);
    }

    boolean isReady(String pod) {
        return cluster.resources()
                .find(BuiltInKinds.POD, "default", pod)
                .filter(TinyCluster::isReady)
                .isPresent();
    }

    private static boolean isReady(ObjectNode pod) {
        for (var condition : Json.at(pod, "status", "conditions")) {
            if (Json.text(condition, "type").equals("Ready")) {
                return Json.text(condition, "status").equals("True")
                        && !pod.path("metadata").has("deletionTimestamp");
            }
        }
        return false;
    }

    void awaitReady(String... pods) {
        for (String pod : pods) {
            await().until(() -> isReady(pod));
        }
    }

    String ask(String pod, String path) throws Exception {
        return get("http://" + cluster.podIp(pod) + ":8080" + path);
    }

    static String get(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(5))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
