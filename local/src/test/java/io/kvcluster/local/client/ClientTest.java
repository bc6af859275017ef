package io.kvcluster.local.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.local.TestApi;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator's client library does with this API server, on the wire. */
class ClientTest {
    @TempDir
    Path folder;

    private TestApi api;
    private KubernetesClient client;

    @BeforeEach
    void start() throws IOException {
        api = TestApi.start(folder);
        client = api.client();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        api.close();
    }

    private static ConfigMap map(String name, String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(Map.of("app", "x"))
                .endMetadata()
                .withData(Map.of("k", value))
                .build();
    }

    @Test
    void objectsAreCreatedReadEditedListedAndDeleted() {
        client.resource(map("a", "1")).create();
        client.configMaps().withName("a").edit(found -> {
            found.getData().put("k", "2");
            return found;
        });
        assertThat(client.configMaps().withLabel("app", "x").list().getItems())
                .extracting(found -> found.getData().get("k"))
                .containsExactly("2");
        client.configMaps().withName("a").delete();
        assertThat(client.configMaps().withName("a").get()).isNull();
    }

    @Test
    void aStaleUpdateIsAConflict() {
        ConfigMap first = client.resource(map("a", "1")).create();
        client.resource(new ConfigMapBuilder(first).addToData("k", "2").build()).update();
        assertThatThrownBy(() -> client.resource(
                                new ConfigMapBuilder(first).addToData("k", "3").build())
                        .lockResourceVersion(first.getMetadata().getResourceVersion())
                        .update())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("the object has been modified")
                .extracting(e -> ((KubernetesClientException) e).getCode())
                .isEqualTo(409);
    }

    @Test
    void anInformerSeesEveryChangeAlsoThoseOfASelectorsEdge() {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (var informer = client.configMaps().withLabel("app", "x").inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(ConfigMap added) {
                seen.add("add " + added.getMetadata().getName());
            }

            @Override
            public void onUpdate(ConfigMap before, ConfigMap after) {
                if (!before.getMetadata()
                        .getResourceVersion()
                        .equals(after.getMetadata().getResourceVersion())) {
                    seen.add("update " + after.getMetadata().getName());
                }
            }

            @Override
            public void onDelete(ConfigMap gone, boolean unknown) {
                seen.add("delete " + gone.getMetadata().getName());
            }
        })) {
            Awaitility.await().until(informer::isWatching);
            client.resource(map("a", "1")).create();
            client.resource(map("a", "2")).update();
            client.configMaps().withName("a").edit(found -> {
                found.getMetadata().setLabels(Map.of());
                return found;
            });
            client.configMaps().withName("a").delete();
            Awaitility.await().untilAsserted(() -> assertThat(seen).containsExactly("add a", "update a", "delete a"));
        }
    }

    @Test
    void aWatchFromALongGoneRevisionIsToldToListAgain() throws Exception {
        client.resource(map("a", "1")).create();
        stop();
        start();
        List<Integer> codes = new CopyOnWriteArrayList<>();
        client.configMaps().withResourceVersion("2").watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, ConfigMap resource) {}

            @Override
            public void onClose(WatcherException cause) {
                codes.add(cause.asClientException().getCode());
            }
        });
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(codes).contains(410));
    }

    @Test
    void aSecondIdenticalApplyWritesNothing() {
        ConfigMap first = client.resource(map("a", "1")).fieldManager("me").serverSideApply();
        ConfigMap second = client.resource(map("a", "1")).fieldManager("me").serverSideApply();
        assertThat(second.getMetadata().getResourceVersion())
                .isEqualTo(first.getMetadata().getResourceVersion());
    }

    @Test
    void anApplyRemovesOnlyWhatItsManagerOwnsAlone() {
        client.resource(map("a", "1")).fieldManager("me").serverSideApply();
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("a")
                        .endMetadata()
                        .withData(Map.of("other", "x"))
                        .build())
                .fieldManager("you")
                .serverSideApply();
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("a")
                        .endMetadata()
                        .build())
                .fieldManager("me")
                .serverSideApply();
        assertThat(client.configMaps().withName("a").get().getData()).isEqualTo(Map.of("other", "x"));
    }

    @Test
    void anApplyOverForeignFieldsConflictsUnlessForced() {
        client.resource(map("a", "1")).fieldManager("me").serverSideApply();
        assertThatThrownBy(
                        () -> client.resource(map("a", "2")).fieldManager("you").serverSideApply())
                .hasMessageContaining("conflict with \"me\": .data.k");
        assertThat(client.resource(map("a", "2"))
                        .fieldManager("you")
                        .forceConflicts()
                        .serverSideApply()
                        .getData())
                .isEqualTo(Map.of("k", "2"));
    }

    @Test
    void finalizersHoldAnObjectUntilTheLastIsGone() {
        ConfigMap held = map("a", "1");
        held.getMetadata().setFinalizers(List.of("example.com/hold"));
        client.resource(held).create();
        client.configMaps().withName("a").delete();
        assertThat(client.configMaps().withName("a").get().getMetadata().getDeletionTimestamp())
                .isNotNull();
        client.configMaps()
                .withName("a")
                .patch(PatchContext.of(PatchType.JSON), "[{\"op\":\"remove\",\"path\":\"/metadata/finalizers\"}]");
        assertThat(client.configMaps().withName("a").get()).isNull();
    }

    @Test
    void aStatefulSetIsScaledThroughItsSubresource() {
        client.resource(set()).create();
        client.apps().statefulSets().withName("s").scale(2);
        StatefulSet scaled = client.apps().statefulSets().withName("s").get();
        assertThat(scaled.getSpec().getReplicas()).isEqualTo(2);
        assertThat(scaled.getMetadata().getGeneration()).isEqualTo(2);
    }

    private static StatefulSet set() {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withName("s")
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withServiceName("s")
                .withNewSelector()
                .addToMatchLabels("a", "b")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("a", "b")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("i:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    @Test
    void aKvClusterIsDefaultedAndItsRulesHold() throws IOException {
        loadDefinition();
        client.resource(kvCluster("demo", "{}")).create();
        KvCluster read = client.resources(KvCluster.class).withName("demo").get();
        assertThat(read.getSpec().replicas()).isEqualTo(3);
        assertThatThrownBy(() -> client.resource(kvCluster("bad", "{replicas: 1, replicationFactor: 3}"))
                        .create())
                .isInstanceOf(KubernetesClientException.class)
                .extracting(e -> ((KubernetesClientException) e).getCode())
                .isEqualTo(422);
    }

    private void loadDefinition() throws IOException {
        try (var file = KvCluster.class.getResourceAsStream("kvclusters.kvcluster.io-v1.yml")) {
            client.load(file).create();
        }
    }

    private static GenericKubernetesResource kvCluster(String name, String spec) {
        return io.fabric8.kubernetes.client.utils.Serialization.unmarshal(
                "apiVersion: kvcluster.io/v1beta1\nkind: KvCluster\nmetadata: {name: " + name + "}\nspec: " + spec
                        + "\n",
                GenericKubernetesResource.class);
    }

    @Test
    void leasesCarryTheirTimes() {
        client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("l")
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity("me")
                        .withRenewTime(java.time.ZonedDateTime.parse("2026-01-01T00:00:00.123456Z"))
                        .endSpec()
                        .build())
                .create();
        assertThat(client.leases().withName("l").get().getSpec().getRenewTime().getNano())
                .isEqualTo(123_456_000);
    }
}
