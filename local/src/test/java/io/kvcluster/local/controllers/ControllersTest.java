package io.kvcluster.local.controllers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.TestApi;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.DeleteOptions.Propagation;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controllers without a kubelet: pods are made ready by hand. */
class ControllersTest {
    private static final WriteOptions AS_TEST = WriteOptions.by("test");

    @TempDir
    Path folder;

    private TestApi api;
    private Controllers controllers;

    @BeforeEach
    void start() throws IOException {
        api = TestApi.start(folder);
        controllers = Controllers.start(api.resources(), folder.resolve("volumes"), Clock.systemUTC());
    }

    @AfterEach
    void stop() throws IOException {
        controllers.close();
        api.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }

    private ObjectNode create(ResourceKind kind, String namespace, String yaml) throws IOException {
        return api.resources()
                .create(kind, namespace, Json.parseYamlDocuments(yaml).getFirst(), AS_TEST)
                .object();
    }

    private ObjectNode get(ResourceKind kind, String name) {
        return api.resources().get(kind, "default", name);
    }

    private boolean exists(ResourceKind kind, String name) {
        return api.resources().find(kind, "default", name).isPresent();
    }

    private void node(String name, String zone) throws IOException {
        create(
                BuiltInKinds.NODE,
                "",
                "metadata: {name: %s, labels: {topology.kubernetes.io/zone: %s}}".formatted(name, zone));
    }

    private void set(String strategy, String policy) throws IOException {
        create(BuiltInKinds.STATEFUL_SET, "default", """
                metadata: {name: s}
                spec:
                  serviceName: s
                  replicas: 2
                  podManagementPolicy: %s
                  updateStrategy: {type: %s}
                  selector: {matchLabels: {app: s}}
                  template:
                    metadata: {labels: {app: s}}
                    spec: {containers: [{name: c, image: "i:1"}]}
                """.formatted(policy, strategy));
    }

    private void ready(String pod) {
        api.resources().edit(BuiltInKinds.POD, "default", pod, "status", AS_TEST, object -> {
            ObjectNode status = Json.child(object, "status");
            status.put("phase", "Running").put("podIP", "127.9.9." + (pod.hashCode() & 0x7f));
            status.putArray("conditions").addObject().put("type", "Ready").put("status", "True");
        });
    }

    private void confirmDeletion(String pod) {
        api.resources()
                .delete(
                        BuiltInKinds.POD,
                        "default",
                        pod,
                        new DeleteOptions(false, OptionalLong.of(0), Propagation.BACKGROUND, "", ""));
    }

    private void template(String image) {
        api.resources()
                .edit(
                        BuiltInKinds.STATEFUL_SET,
                        "default",
                        "s",
                        "",
                        AS_TEST,
                        object -> ((ObjectNode) Json.at(object, "spec", "template", "spec", "containers")
                                        .path(0))
                                .put("image", image));
    }

    @Test
    void anOrderedSetWaitsForEachPod() throws Exception {
        set("OnDelete", "OrderedReady");
        await().until(() -> exists(BuiltInKinds.POD, "s-0"));
        assertThat(exists(BuiltInKinds.POD, "s-1")).isFalse();
        ready("s-0");
        await().until(() -> exists(BuiltInKinds.POD, "s-1"));
    }

    @Test
    void onDeleteLeavesOldPodsAndMakesNewOnesFromTheNewTemplate() throws Exception {
        set("OnDelete", "Parallel");
        await().until(() -> exists(BuiltInKinds.POD, "s-1"));
        ready("s-0");
        ready("s-1");
        template("i:2");
        await().until(() -> Json.at(get(BuiltInKinds.STATEFUL_SET, "s"), "status", "observedGeneration")
                        .asInt()
                == 2);
        assertThat(image("s-0")).isEqualTo("i:1");
        assertThat(Json.at(get(BuiltInKinds.STATEFUL_SET, "s"), "status", "updatedReplicas")
                        .asInt(0))
                .isZero();
        confirmDeletion("s-0");
        await().until(() -> exists(BuiltInKinds.POD, "s-0") && image("s-0").equals("i:2"));
        await().until(() -> Json.at(get(BuiltInKinds.STATEFUL_SET, "s"), "status", "updatedReplicas")
                        .asInt(0)
                == 1);
    }

    private String image(String pod) {
        return Json.text(
                Json.at(get(BuiltInKinds.POD, pod), "spec", "containers").path(0), "image");
    }

    @Test
    void rollingUpdateReplacesTheHighestPodFirst() throws Exception {
        set("RollingUpdate", "Parallel");
        await().until(() -> exists(BuiltInKinds.POD, "s-1"));
        ready("s-0");
        ready("s-1");
        await().until(() -> Json.at(get(BuiltInKinds.STATEFUL_SET, "s"), "status", "readyReplicas")
                        .asInt(0)
                == 2);
        template("i:2");
        await().until(() -> exists(BuiltInKinds.POD, "s-1") && image("s-1").equals("i:2"));
        assertThat(image("s-0")).isEqualTo("i:1");
    }

    @Test
    void podsGoToTheZoneTheyAskForOrWaitWithAReason() throws Exception {
        node("a", "zone-a");
        node("b", "zone-b");
        String pod = """
                metadata: {name: %s}
                spec:
                  containers: [{name: c, image: "i:1"}]
                  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [%s]}]}]}}}
                """;
        create(BuiltInKinds.POD, "default", pod.formatted("fits", "zone-b"));
        create(BuiltInKinds.POD, "default", pod.formatted("waits", "zone-c"));
        await().until(() ->
                Json.text(get(BuiltInKinds.POD, "fits"), "spec", "nodeName").equals("b"));
        await().until(() -> get(BuiltInKinds.POD, "waits")
                .toString()
                .contains("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."));
    }

    @Test
    void readyPodsStandInTheEndpointsOfTheirService() throws Exception {
        create(
                BuiltInKinds.SERVICE,
                "default",
                "{metadata: {name: s}, spec: {selector: {app: s}, ports: [{port: 80, targetPort: 8080}]}}");
        set("OnDelete", "Parallel");
        await().until(() -> exists(BuiltInKinds.POD, "s-1"));
        ready("s-0");
        await().until(() -> exists(BuiltInKinds.ENDPOINTS, "s")
                && get(BuiltInKinds.ENDPOINTS, "s").toString().contains("\"name\":\"s-0\""));
        assertThat(get(BuiltInKinds.ENDPOINTS, "s").toString()).contains("\"port\":8080");
        assertThat(get(BuiltInKinds.ENDPOINT_SLICE, "s-local").toString()).contains("\"ready\":true");
    }

    @Test
    void aClaimIsBoundToAFolderThatGoesWithIt() throws Exception {
        create(
                BuiltInKinds.PERSISTENT_VOLUME_CLAIM,
                "default",
                "{metadata: {name: c}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}");
        await().until(() -> Json.text(get(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, "c"), "status", "phase")
                .equals("Bound"));
        Path path = Path.of(Json.text(
                api.resources().list(BuiltInKinds.PERSISTENT_VOLUME, "").getFirst(), "spec", "hostPath", "path"));
        Files.writeString(path.resolve("data"), "x");

        create(
                BuiltInKinds.POD,
                "default",
                "{metadata: {name: user}, spec: {containers: [{name: c, image: \"i:1\"}], volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]}}");
        api.resources().delete(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, "default", "c", DeleteOptions.PLAIN);
        assertThat(exists(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, "c")).isTrue();
        confirmDeletion("user");
        await().until(() -> !exists(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, "c") && !Files.exists(path));
    }

    @Test
    void dependentsFollowTheirOwnerInEachOfTheThreeWays() throws Exception {
        for (Propagation propagation : Propagation.values()) {
            ObjectNode owner = create(BuiltInKinds.CONFIG_MAP, "default", "metadata: {name: owner}");
            create(
                    BuiltInKinds.CONFIG_MAP,
                    "default",
                    "metadata: {name: child, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, uid: %s, blockOwnerDeletion: true}]}"
                            .formatted(Json.text(owner, "metadata", "uid")));
            api.resources()
                    .delete(
                            BuiltInKinds.CONFIG_MAP,
                            "default",
                            "owner",
                            new DeleteOptions(false, OptionalLong.empty(), propagation, "", ""));
            await().until(() -> !exists(BuiltInKinds.CONFIG_MAP, "owner"));
            if (propagation == Propagation.ORPHAN) {
                assertThat(get(BuiltInKinds.CONFIG_MAP, "child")
                                .path("metadata")
                                .has("ownerReferences"))
                        .isFalse();
            } else {
                await().until(() -> !exists(BuiltInKinds.CONFIG_MAP, "child"));
            }
        }
    }

    @Test
    void anObjectWhoseOwnerNeverWasIsCollected() throws Exception {
        create(
                BuiltInKinds.CONFIG_MAP,
                "default",
                "metadata: {name: child, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: none, uid: 11111111-2222-3333-4444-555555555555}]}");
        await().until(() -> !exists(BuiltInKinds.CONFIG_MAP, "child"));
    }

    @Test
    void aDeletedNamespaceTakesItsContentsAndTakesNothingNew() throws Exception {
        create(BuiltInKinds.NAMESPACE, "", "metadata: {name: n}");
        create(BuiltInKinds.CONFIG_MAP, "n", "metadata: {name: held, finalizers: [example.com/hold]}");
        Resources resources = api.resources();
        resources.delete(BuiltInKinds.NAMESPACE, "", "n", DeleteOptions.PLAIN);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> create(BuiltInKinds.CONFIG_MAP, "n", "metadata: {name: more}"))
                .hasMessageContaining("because it is being terminated");
        await().until(() -> Json.at(resources.get(BuiltInKinds.CONFIG_MAP, "n", "held"), "metadata")
                .has("deletionTimestamp"));
        resources.edit(
                BuiltInKinds.CONFIG_MAP,
                "n",
                "held",
                "",
                AS_TEST,
                object -> Json.metadata(object).remove("finalizers"));
        await().until(() -> resources.find(BuiltInKinds.NAMESPACE, "", "n").isEmpty());
    }

    @Test
    void aBudgetCountsItsPods() throws Exception {
        ResourceKind budgets = api.resources()
                .catalog()
                .find("policy", "v1", "poddisruptionbudgets")
                .orElseThrow();
        create(budgets, "default", "{metadata: {name: b}, spec: {minAvailable: 1, selector: {matchLabels: {app: s}}}}");
        set("OnDelete", "Parallel");
        await().until(() -> exists(BuiltInKinds.POD, "s-1"));
        ready("s-0");
        ready("s-1");
        await().until(() ->
                Json.at(get(budgets, "b"), "status", "disruptionsAllowed").asInt() == 1);
    }

    @Test
    void theSameEventAgainIsCounted() throws Exception {
        ObjectNode about = create(BuiltInKinds.CONFIG_MAP, "default", "metadata: {name: c}");
        EventRecorder recorder = new EventRecorder(api.resources(), Clock.systemUTC(), "test");
        recorder.normal(about, "Reason", "message");
        recorder.normal(about, "Reason", "message");
        recorder.warning(about, "Other", "message");
        List<ObjectNode> events = api.resources().list(BuiltInKinds.EVENT, "default");
        assertThat(events).hasSize(2);
        assertThat(events.toString()).contains("\"count\":2");
    }

    @Test
    void aSetThatIsDeletedWithoutItsPodsLeavesThemToTheNextOfItsName() throws IOException {
        node("n", "a");
        set("OnDelete", "Parallel");
        await().until(() -> exists(BuiltInKinds.POD, "s-1"));
        List<String> pods = List.of(uid("s-0"), uid("s-1"));
        api.resources()
                .delete(
                        BuiltInKinds.STATEFUL_SET,
                        "default",
                        "s",
                        new DeleteOptions(false, OptionalLong.empty(), Propagation.ORPHAN, "", ""));
        await().until(() -> !exists(BuiltInKinds.STATEFUL_SET, "s"));
        assertThat(List.of(uid("s-0"), uid("s-1"))).isEqualTo(pods);
        assertThat(Json.at(get(BuiltInKinds.POD, "s-0"), "metadata", "ownerReferences"))
                .isEmpty();
        set("OnDelete", "Parallel");
        await().until(() -> Json.at(get(BuiltInKinds.STATEFUL_SET, "s"), "status", "replicas")
                        .asInt()
                == 2);
        assertThat(List.of(uid("s-0"), uid("s-1"))).isEqualTo(pods);
        String owner = Json.text(get(BuiltInKinds.STATEFUL_SET, "s"), "metadata", "uid");
        assertThat(Json.at(get(BuiltInKinds.POD, "s-0"), "metadata", "ownerReferences")
                        .path(0)
                        .path("uid")
                        .asText())
                .isEqualTo(owner);
    }

    @Test
    void aClaimGrowsOnlyWhereItsClassSaysThatVolumesMay() throws IOException {
        ResourceKind classes = api.resources()
                .catalog()
                .find("storage.k8s.io", "v1", "storageclasses")
                .orElseThrow();
        create(classes, "", "{metadata: {name: may}, provisioner: p, allowVolumeExpansion: true}");
        create(classes, "", "{metadata: {name: fixed}, provisioner: p}");
        for (String name : List.of("may", "fixed", "unknown")) {
            create(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, "default", """
                    metadata: {name: %s}
                    spec: {storageClassName: %s, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                    """.formatted(name, name));
            await().until(() -> Json.text(get(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, name), "status", "phase")
                    .equals("Bound"));
        }
        grow("may");
        await().until(() -> Json.text(get(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, "may"), "status", "capacity", "storage")
                .equals("2Gi"));
        for (String name : List.of("fixed", "unknown")) {
            assertThatThrownBy(() -> grow(name))
                    .hasMessage("persistentvolumeclaims \"" + name + "\" is forbidden: only dynamically provisioned pvc"
                            + " can be resized and the storageclass that provisions the pvc must support resize");
        }
    }

    private void grow(String claim) {
        api.resources()
                .edit(
                        BuiltInKinds.PERSISTENT_VOLUME_CLAIM,
                        "default",
                        claim,
                        "",
                        AS_TEST,
                        object -> Json.child(Json.child(Json.child(object, "spec"), "resources"), "requests")
                                .put("storage", "2Gi"));
    }

    private String uid(String pod) {
        return Json.text(get(BuiltInKinds.POD, pod), "metadata", "uid");
    }
}
