package io.kvcluster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.PatchType;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods as real processes: what a StatefulSet, its volumes, probes and restarts do on one machine. Takes some 20 s. */
class LocalClusterTest {
    @TempDir
    Path folder;

    @Test
    void podsGetAddressVolumesEnvironmentAndConfig() throws Exception {
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.create(BuiltInKinds.CONFIG_MAP, "{metadata: {name: tiny}, data: {text: one}}");
            tiny.createSet("t", 2, "Parallel");
            tiny.awaitReady("t-0", "t-1");

            assertThat(tiny.cluster.podIp("t-0")).startsWith("127.").isNotEqualTo(tiny.cluster.podIp("t-1"));
            assertThat(Json.text(tiny.pod("t-0"), "status", "podIP")).isEqualTo(tiny.cluster.podIp("t-0"));
            assertThat(tiny.ask("t-1", "/env?FULL")).isEqualTo("t-1.t.svc");
            assertThat(tiny.ask("t-1", "/env?DATA_DIR")).contains(folder.toString());
            assertThat(tiny.ask("t-0", "/config")).isEqualTo("one");
            assertThat(TinyCluster.get(tiny.cluster.url() + "/api/v1/namespaces/default/pods/t-0/log"))
                    .isEqualTo("listening as t-0\n");

            tiny.cluster
                    .resources()
                    .patch(
                            BuiltInKinds.CONFIG_MAP,
                            "default",
                            "tiny",
                            "",
                            PatchType.MERGE,
                            TinyCluster.yaml("{data: {text: two}}"),
                            TinyCluster.AS_TEST);
            TinyCluster.await().until(() -> tiny.ask("t-0", "/config").equals("two"));
        }
    }

    @Test
    void aCrashedProcessComesBackWithItsAddressAndData() throws Exception {
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.createSet("t", 1, "Parallel");
            tiny.awaitReady("t-0");
            String address = tiny.cluster.podIp("t-0");

            tiny.cluster.kill9("t-0");
            TinyCluster.await().until(() -> restarts(tiny, "t-0") == 1 && tiny.isReady("t-0"));

            assertThat(tiny.cluster.podIp("t-0")).isEqualTo(address);
            assertThat(tiny.ask("t-0", "/starts")).isEqualTo("xx");
            assertThat(Json.at(
                                    tiny.pod("t-0")
                                            .path("status")
                                            .path("containerStatuses")
                                            .path(0),
                                    "lastState",
                                    "terminated",
                                    "exitCode")
                            .asInt())
                    .isEqualTo(137);
        }
    }

    private static int restarts(TinyCluster tiny, String pod) {
        return Json.at(tiny.pod(pod), "status", "containerStatuses")
                .path(0)
                .path("restartCount")
                .asInt();
    }

    @Test
    void aDeletedPodEndsInOrderAndIsReplacedWithItsVolume() throws Exception {
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.createSet("t", 1, "Parallel");
            tiny.awaitReady("t-0");
            String uid = Json.text(tiny.pod("t-0"), "metadata", "uid");

            tiny.cluster.resources().delete(BuiltInKinds.POD, "default", "t-0", DeleteOptions.PLAIN);
            TinyCluster.await()
                    .until(() -> tiny.isReady("t-0")
                            && !Json.text(tiny.pod("t-0"), "metadata", "uid").equals(uid));

            assertThat(tiny.ask("t-0", "/starts")).isEqualTo("xx");
            assertThat(TinyCluster.get(tiny.cluster.url() + "/api/v1/namespaces/default/pods/t-0/log?previous=true"))
                    .endsWith("ended in an orderly way\n");
        }
    }

    @Test
    void whileTheApiServerIsAwayPodsRunOnAndCrashedOnesComeBack() throws Exception {
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.createSet("t", 2, "Parallel");
            tiny.create(
                    BuiltInKinds.SERVICE,
                    "{metadata: {name: t}, spec: {selector: {app: t}, ports: [{name: http, port: 8080, targetPort: http}]}}");
            tiny.awaitReady("t-0", "t-1");
            tiny.cluster.expose("default", "t");

            tiny.cluster.stopApi();
            tiny.cluster.kill9("t-0");
            TinyCluster.await()
                    .ignoreExceptions()
                    .until(() -> tiny.ask("t-0", "/starts").equals("xx"));
            TinyCluster.await()
                    .until(() -> tiny.cluster.pod("t-0").orElseThrow().ready());
            String url = "http://localhost:" + tiny.cluster.httpPort() + "/name";
            assertThat(List.of(TinyCluster.get(url), TinyCluster.get(url))).allMatch(name -> name.startsWith("t-"));

            tiny.cluster.startApi();
            TinyCluster.await().until(() -> restarts(tiny, "t-0") == 1 && tiny.isReady("t-0"));
            assertThat(tiny.ask("t-1", "/starts")).isEqualTo("x");
        }
    }

    @Test
    void anotherStartInTheSameFolderFindsObjectsAndData() throws Exception {
        String address;
        String uid;
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.createSet("t", 1, "OrderedReady");
            tiny.awaitReady("t-0");
            address = tiny.cluster.podIp("t-0");
            uid = Json.text(tiny.pod("t-0"), "metadata", "uid");
            assertThatThrownBy(() -> TinyCluster.start(folder))
                    .isInstanceOf(LocalException.class)
                    .hasMessageContaining("already running in " + folder);
        }
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            TinyCluster.await().until(() -> tiny.cluster.pod("t-0").isPresent() && tiny.isReady("t-0"));
            TinyCluster.await()
                    .ignoreExceptions()
                    .until(() -> tiny.ask("t-0", "/starts").equals("xx"));
            assertThat(tiny.cluster.podIp("t-0")).isEqualTo(address);
            assertThat(Json.text(tiny.pod("t-0"), "metadata", "uid")).isEqualTo(uid);
        }
    }

    @Test
    void aFrozenProcessBecomesUnreadyAndReadyAgain() throws Exception {
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.createSet("t", 1, "Parallel");
            tiny.awaitReady("t-0");
            tiny.cluster.pause("t-0");
            TinyCluster.await().until(() -> !tiny.isReady("t-0"));
            tiny.cluster.resume("t-0");
            tiny.awaitReady("t-0");
        }
    }

    @Test
    void onAMachineThatIsSwitchedOffNothingRunsUntilItIsOnAgain() throws Exception {
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.createSet("t", 1, "Parallel");
            tiny.awaitReady("t-0");
            tiny.cluster.switchOff("t-0");
            TinyCluster.await().until(() -> waitsFor(tiny, "t-0").equals("MachineOff") && !tiny.isReady("t-0"));

            tiny.cluster.resources().delete(BuiltInKinds.POD, "default", "t-0", DeleteOptions.PLAIN);
            TinyCluster.await()
                    .during(Duration.ofSeconds(1))
                    .until(() -> tiny.cluster.pods().isEmpty()
                            && tiny.pod("t-0").path("metadata").has("deletionTimestamp"));

            tiny.cluster.switchOn("t-0");
            TinyCluster.await().until(() -> tiny.cluster.pod("t-0").isPresent() && tiny.isReady("t-0"));
            assertThat(tiny.ask("t-0", "/starts")).as("on the same disk").isEqualTo("xx");
        }
    }

    private static String waitsFor(TinyCluster tiny, String pod) {
        return Json.text(Json.at(tiny.pod(pod), "status", "containerStatuses").path(0), "state", "waiting", "reason");
    }

    @Test
    void aClaimThatIsDeletedBeforeItsPodGoesWithItAndTheNextPodGetsANewOne() throws Exception {
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.createSet("t", 1, "Parallel");
            tiny.awaitReady("t-0");
            String uid = Json.text(tiny.pod("t-0"), "metadata", "uid");
            String claim = Json.text(
                    tiny.cluster
                            .resources()
                            .list(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, "default")
                            .getFirst(),
                    "metadata",
                    "name");
            tiny.cluster
                    .resources()
                    .delete(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, "default", claim, DeleteOptions.PLAIN);
            tiny.cluster.resources().delete(BuiltInKinds.POD, "default", "t-0", DeleteOptions.PLAIN);
            TinyCluster.await()
                    .ignoreExceptions()
                    .until(() -> tiny.isReady("t-0")
                            && !Json.text(tiny.pod("t-0"), "metadata", "uid").equals(uid));
            assertThat(tiny.ask("t-0", "/starts")).as("on an empty volume").isEqualTo("x");
        }
    }

    @Test
    void aProgramThatEndsAtOnceIsStartedAgainEverMoreSlowly() throws Exception {
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.createSet("t", 1, "Parallel", "EXIT_AT_ONCE=1");
            TinyCluster.await().ignoreExceptions().until(() -> {
                ObjectNode status = (ObjectNode)
                        Json.at(tiny.pod("t-0"), "status", "containerStatuses").path(0);
                return Json.text(status, "state", "waiting", "reason").equals("CrashLoopBackOff")
                        && Json.text(status, "lastState", "terminated", "exitCode")
                                .equals("3")
                        && status.path("restartCount").asInt() >= 1;
            });
        }
    }

    @Test
    void aScaledSetLosesItsHighestPodsAndKeepsTheirVolumes() throws Exception {
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.createSet("t", 2, "OrderedReady");
            tiny.awaitReady("t-0", "t-1");
            scale(tiny, 1);
            TinyCluster.await()
                    .until(() -> tiny.cluster
                            .resources()
                            .find(BuiltInKinds.POD, "default", "t-1")
                            .isEmpty());
            scale(tiny, 2);
            tiny.awaitReady("t-1");
            assertThat(tiny.ask("t-1", "/starts")).isEqualTo("xx");

            tiny.cluster.resources().delete(BuiltInKinds.STATEFUL_SET, "default", "t", DeleteOptions.PLAIN);
            TinyCluster.await()
                    .until(() -> tiny.cluster
                            .resources()
                            .list(BuiltInKinds.POD, "default")
                            .isEmpty());
            assertThat(tiny.cluster.resources().list(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, "default"))
                    .hasSize(2);
        }
    }

    private static void scale(TinyCluster tiny, int replicas) throws Exception {
        tiny.cluster
                .resources()
                .patch(
                        BuiltInKinds.STATEFUL_SET,
                        "default",
                        "t",
                        "scale",
                        PatchType.MERGE,
                        TinyCluster.yaml("{spec: {replicas: " + replicas + "}}"),
                        TinyCluster.AS_TEST);
    }

    @Test
    void anImageWithoutProgramIsExplained() throws Exception {
        try (TinyCluster tiny = TinyCluster.start(folder)) {
            tiny.create(
                    BuiltInKinds.POD, "{metadata: {name: other}, spec: {containers: [{name: c, image: \"nginx:1\"}]}}");
            TinyCluster.await()
                    .until(() -> Json.at(tiny.pod("other"), "status", "containerStatuses")
                            .path(0)
                            .toString()
                            .contains("local mode has no program for image \\\"nginx:1\\\"; it knows [test/tiny]"));
        }
    }

    @Test
    void aBusyPortIsNamedWithTheWayOut() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            LocalConfig config = LocalConfig.of(
                    folder, new LocalConfig.Ports(0, taken.getLocalPort(), 0), List.of(), OperatorProcess.NONE);
            assertThatThrownBy(() -> LocalCluster.start(config))
                    .isInstanceOf(LocalException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " on localhost")
                    .hasMessageContaining("--http-port PORT");
        }
        LocalCluster.start(LocalConfig.of(folder, LocalConfig.Ports.FREE, List.of(), OperatorProcess.NONE))
                .close();
    }
}
