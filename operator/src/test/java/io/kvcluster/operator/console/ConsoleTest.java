package io.kvcluster.operator.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.nodeadmin.Liveness;
import io.kvcluster.operator.nodeadmin.NodeReport.Load;
import io.kvcluster.operator.observation.Told;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.status.StatusCalculator;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.RingJson;
import io.prometheus.metrics.core.metrics.Counter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {
    private static final String ONE = "/clusters/ns/demo";

    private ConsoleFixture console = new ConsoleFixture("{replicas: 3}");

    @AfterEach
    void stop() {
        console.close();
    }

    private void restart(ConsoleFixture other) {
        console.close();
        console = other;
    }

    // --- health, metrics, the list

    @Test
    void healthFollowsTheInformersAndTheCaches() {
        assertThat(console.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(console.get("/health/ready").statusCode()).isEqualTo(200);
        console.live = false;
        console.ready = false;
        assertThat(console.get("/health/live").statusCode()).isEqualTo(503);
        assertThat(console.get("/health/ready").body()).contains("the caches are not filled yet");
    }

    @Test
    void metricsAreTextForPrometheus() {
        Counter.builder()
                .name("test_total")
                .help("x")
                .register(console.registry)
                .inc();
        HttpResponse<String> answer = console.get("/metrics");
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(answer.body()).contains("test_total 1.0");
        assertThat(console.ask("GET", "/metrics", "Accept", "application/openmetrics-text; version=1.0.0")
                        .headers()
                        .firstValue("Content-Type")
                        .orElse(""))
                .startsWith("application/openmetrics-text");
    }

    @Test
    void theRootListsWhatThereIsAndSendsBrowsersToThePage() {
        assertThat(console.json("/").get("endpoints").findValuesAsText("path"))
                .contains("/nodes", "/mapping", "/ring", "/clusters/{namespace}/{cluster}/nodes", "/console");
        HttpResponse<String> browser = console.ask("GET", "/", "Accept", "text/html,application/xhtml+xml");
        assertThat(browser.statusCode()).isEqualTo(302);
        assertThat(browser.headers().firstValue("Location")).hasValue("console");
    }

    @Test
    void anyOtherPathOrMethodIsAProblemThatSaysWhatThereIs() {
        for (String path : List.of("/nothing", "/nodesX", "/nodes/", "/clusters/ns", "/clusters/ns/demo/x/y")) {
            HttpResponse<String> answer = console.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            JsonNode problem = ConsoleFixture.json(answer);
            assertThat(problem.get("reason").textValue()).isEqualTo("UNKNOWN_PATH");
            assertThat(problem.get("value").textValue()).isEqualTo(path);
            assertThat(problem.get("limit").textValue()).contains("/nodes, ");
        }
        HttpResponse<String> post = console.ask("POST", "/nodes");
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void headIsServedWhereverGetIs() {
        HttpResponse<String> head = console.sees().ask("HEAD", "/nodes");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void withoutTheConsoleHealthAndMetricsAreAllThatIsServed() {
        restart(new ConsoleFixture("{replicas: 3}", false).sees());
        for (String path : List.of("/console", "/nodes", "/ring", "/mapping?key=a", "/clusters", ONE)) {
            assertThat(console.get(path).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(console.json("/").get("endpoints").findValuesAsText("path"))
                .containsExactly("/health/live", "/health/ready", "/metrics", "/");
        assertThat(console.get("/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void answersMayNeitherBeKeptNorFramedNorRun() {
        for (String path : List.of("/nodes", "/console", "/nothing")) {
            var headers = console.sees().get(path).headers();
            assertThat(headers.firstValue("Cache-Control")).as(path).hasValue("no-store");
            assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("default-src 'none'; frame-ancestors 'none'")
                    .doesNotContain("unsafe", "*", "http:", "https:");
        }
    }

    // --- the plan

    @Test
    void thePlanTellsWhatAChangeWouldMoveAndBeginsNothing() {
        JsonNode plan = console.sees().json("/plan?replicas=4");
        assertThat(plan.get("goal").textValue()).isEqualTo("4 members, 3 copies, quorums 2/2");
        assertThat(plan.get("partitions").intValue()).isEqualTo(64);
        assertThat(plan.get("copies").intValue()).isEqualTo(48);
        assertThat(plan.get("partitionsToMove").intValue()).isEqualTo(48);
        assertThat(plan.get("bytes").longValue()).isEqualTo(48 * (Told.LOAD.logBytes() / 64));
        assertThat(plan.get("lowestCopies").intValue()).isEqualTo(3);
        assertThat(plan.at("/members/3/name").textValue()).isEqualTo("demo-3");
        assertThat(plan.at("/members/3/becomes").textValue()).isEqualTo("JOINS");
        assertThat(plan.at("/members/3/gets").intValue()).isEqualTo(48);
        assertThat(plan.at("/members/0/becomes").textValue()).isEqualTo("STAYS");
        assertThat(plan.get("obstacles")).isEmpty();
        assertThat(console.world.ring().epoch()).isEqualTo(1);
        assertThat(console.json(ONE + "/plan?replicas=4").get("copies")).isEqualTo(plan.get("copies"));
    }

    @Test
    void thePlanOfFewerOfAReplacementAndOfNothing() {
        restart(new ConsoleFixture("{replicas: 5}").sees());
        JsonNode fewer = console.json("/plan?replicas=4");
        assertThat(fewer.at("/members/4/becomes").textValue()).isEqualTo("LEAVES");
        assertThat(fewer.at("/members/4/gets").intValue()).isZero();
        assertThat(fewer.get("copies")).isEqualTo(fewer.at("/members/4/gives"));
        JsonNode lost = console.json("/plan?replace=demo-1");
        assertThat(lost.at("/members/1/becomes").textValue()).isEqualTo("REPLACED");
        assertThat(lost.get("copies").intValue()).isPositive();
        assertThat(lost.get("lowestCopies").intValue()).isEqualTo(2);
        assertThat(console.json("/plan").get("copies").intValue()).isZero();
        assertThat(console.json("/plan?replicationFactor=5").get("copies").intValue())
                .isEqualTo(2 * 64);
    }

    @Test
    void thePlanSaysWhatWouldHoldItUp() {
        restart(new ConsoleFixture("{replicas: 4}"));
        console.world.dead("demo-2");
        console.world.load("demo-1", new Load(0, 10, 100, 1 << 30, 0, 0));
        JsonNode plan = console.sees().json("/plan?replicas=3");
        assertThat(plan.get("obstacles").toString()).contains("demo-2 does not serve", "has 10 free");
        restart(new ConsoleFixture("{replicas: 3, topology: {zones: [a, b, c]}}").sees());
        assertThat(console.json("/plan?zones=a,b").get("obstacles").toString())
                .contains("spec.topology.zones does not name c, in which there are members");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replicas=x|replicas 'x' is wrong: it must be a whole number of 1 to 9 digits",
                "replicas=-1|replicas '-1' is wrong: it must be a whole number",
                "replicas=257|spec.replicas is 257 but must be from 1 to 256",
                "replicationFactor=5|spec.replicationFactor is 5 but must be at most spec.replicas, which is 3",
                "zones=a,b|spec.topology cannot be added or removed once the cluster exists",
                "zones=|zones '' is wrong: it must be one name, or several separated by commas",
                "replace=demo-9|replace 'demo-9' is wrong: it must be members by name or storeId",
                "copies=3|parameter 'copies' is wrong: it must be one of those known here (replicas, replicationFactor"
            })
    void aPlanOfNonsenseIsRefusedByFieldValueAndRule(String row) {
        String[] parts = row.split("\\|", 2);
        HttpResponse<String> answer = console.sees().get("/plan?" + parts[0]);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(ConsoleFixture.json(answer).get("detail").textValue()).startsWith(parts[1]);
    }

    // --- nodes

    @Test
    void nodesAreShownWithTheirLastHeartbeat() {
        JsonNode answer = console.sees().json("/nodes");
        assertThat(answer.get("namespace").textValue()).isEqualTo("ns");
        assertThat(answer.get("cluster").textValue()).isEqualTo("demo");
        assertThat(answer.get("ringEpoch").longValue()).isEqualTo(1);
        assertThat(answer.get("observedAt").textValue()).isEqualTo(World.NOW.toString());
        assertThat(answer.get("nodes")).hasSize(3);
        JsonNode node = answer.at("/nodes/0");
        assertThat(node.get("name").textValue()).isEqualTo("demo-0");
        assertThat(node.get("storeId").textValue()).isEqualTo(World.storeId("demo-0"));
        assertThat(node.get("address").textValue()).isEqualTo("10.0.0.1");
        assertThat(node.get("state").textValue()).isEqualTo("NORMAL");
        assertThat(node.get("status").textValue()).isEqualTo("UP");
        assertThat(node.get("partitions").intValue()).isEqualTo(64);
        assertThat(node.get("lastHeartbeat").textValue()).isEqualTo("2026-03-01T11:00:00Z");
        assertThat(node.get("phase").textValue()).isEqualTo("SERVING");
        int primaries = 0;
        for (JsonNode each : answer.get("nodes")) {
            primaries += each.get("primaryPartitions").intValue();
        }
        assertThat(primaries).isEqualTo(64);
        assertThat(console.json(ONE + "/nodes")).isEqualTo(answer);
    }

    @Test
    void livenessIsOfTheMomentAndNotOfTheLastPass() {
        console.sees();
        console.world.liveness("demo-1", Liveness.DOWN);
        assertThat(console.json("/nodes").at("/nodes/1/status").textValue()).isEqualTo("DOWN");
        console.world.liveness("demo-1", Liveness.UNKNOWN);
        assertThat(console.json("/nodes").at("/nodes/1/status").textValue()).isEqualTo("UNKNOWN");
    }

    @Test
    void aMemberWithoutItsPodOrItsDiskIsDown() {
        console.world.podGone("demo-0").store("demo-1", "00000000000000ff").podLeaving("demo-2");
        JsonNode nodes = console.sees().json("/nodes").get("nodes");
        assertThat(nodes.findValuesAsText("status")).containsExactly("DOWN", "DOWN", "DOWN");
        assertThat(nodes.findValuesAsText("state")).containsExactly("NORMAL", "LOST_STORE", "NORMAL");
        assertThat(nodes.at("/0/address").textValue()).isEmpty();
    }

    @Test
    void podsThatAreNoMembersAreShownToo() {
        restart(new ConsoleFixture(World.started("{replicas: 3}"), true, 0).sees());
        JsonNode before = console.json("/nodes");
        assertThat(before.get("ringEpoch").longValue()).isZero();
        assertThat(before.get("nodes").findValuesAsText("name")).containsExactly("demo-0", "demo-1", "demo-2");
        assertThat(before.get("nodes").findValuesAsText("state")).containsOnly("PENDING");
        restart(new ConsoleFixture("{replicas: 3}"));
        console.world.withSpec("{replicas: 4}").startPod("demo-3", "hash");
        JsonNode fourth = console.sees().json("/nodes").at("/nodes/3");
        assertThat(fourth.get("name").textValue()).isEqualTo("demo-3");
        assertThat(fourth.get("state").textValue()).isEqualTo("PENDING");
        assertThat(fourth.get("partitions").intValue()).isZero();
    }

    // --- mapping

    @Test
    void theMappingOfAKeyNamesItsReplicas() {
        JsonNode mapping = console.sees().json("/mapping?key=key%201");
        Ring ring = console.world.ring();
        int partition = ring.partitionOf("key 1".getBytes(StandardCharsets.UTF_8));
        assertThat(mapping.get("key").textValue()).isEqualTo("key 1");
        assertThat(mapping.get("partition").intValue()).isEqualTo(partition);
        assertThat(mapping.get("ringEpoch").longValue()).isEqualTo(1);
        assertThat(mapping.at("/primary/name").textValue())
                .isEqualTo(ring.primary(partition).getName());
        assertThat(mapping.get("replicas").findValuesAsText("name"))
                .containsExactlyElementsOf(ring.replicas(partition).stream()
                        .map(member -> member.getName())
                        .toList());
        assertThat(mapping.get("replicas").findValuesAsText("status")).containsOnly("UP");
        assertThat(mapping.has("move")).isFalse();
        assertThat(console.json("/mapping?key=key+1").get("partition").intValue())
                .as("a plus is a blank")
                .isEqualTo(partition);
        assertThat(console.json("/mapping?key=a2V5IDE&keyEncoding=base64url")
                        .get("partition")
                        .intValue())
                .isEqualTo(partition);
        assertThat(console.json(ONE + "/mapping?key=key+1")).isEqualTo(mapping);
    }

    @Test
    void whileAPartitionMovesTheMappingNamesBothSets() {
        restart(new ConsoleFixture("{replicas: 4}"));
        int partition = console.world.ring().partitionOf("k".getBytes(StandardCharsets.UTF_8));
        Ring moving = MovingRing.of(console.world.ring(), MovePhase.READ_NEW, partition);
        console.world.writeRing(moving).serveAll();
        JsonNode mapping = console.sees().json("/mapping?key=k");
        assertThat(mapping.get("replicas").findValuesAsText("name")).doesNotContain("demo-3");
        assertThat(mapping.at("/move/phase").textValue()).isEqualTo("READ_NEW");
        assertThat(mapping.at("/move/copyEpoch").longValue()).isEqualTo(1);
        assertThat(mapping.at("/move/replicas/0/name").textValue()).isEqualTo("demo-3");
        assertThat(mapping.at("/move/replicas/0/state").textValue()).isEqualTo("JOINING");
        JsonNode move = console.json(ONE).at("/moves/0");
        assertThat(move.get("partition").intValue()).isEqualTo(partition);
        assertThat(move.get("to").get(0).textValue()).isEqualTo("demo-3");
        assertThat(console.json(ONE).get("movesInAll").intValue()).isEqualTo(1);
    }

    @Test
    void aKeyThatIsNoneIsRefusedWithFieldValueAndRule() {
        console.sees();
        refused("/mapping", "KEY_EMPTY", "key", "1..4096 bytes");
        refused("/mapping?key=", "KEY_EMPTY", "key", "1..4096 bytes");
        refused("/mapping?key=" + "k".repeat(4097), "KEY_TOO_LARGE", "key", "1..4096 bytes");
        refused("/mapping?key=" + "k".repeat(100_000), "KEY_TOO_LARGE", "key", "1..4096 bytes");
        refused("/mapping?key=%ff%fe", "INVALID_KEY_ENCODING", "key", "UTF-8");
        refused("/mapping?key=%C3", "INVALID_KEY_ENCODING", "key", "UTF-8");
        refused("/mapping?key=!!&keyEncoding=base64url", "INVALID_KEY_ENCODING", "key", "base64url");
        refused("/mapping?key=a&keyEncoding=hex", "INVALID_PARAMETER", "keyEncoding", "utf-8, base64url");
        refused("/mapping?key=a&key=b", "INVALID_PARAMETER", "parameter", "given once");
        refused("/mapping?kye=a", "INVALID_PARAMETER", "parameter", "key, keyEncoding");
        refused("/nodes?cluster=demo", "INVALID_PARAMETER", "parameter", "none");
        refused("/mapping?" + "a&".repeat(17), "INVALID_PARAMETER", "query", "at most 16 parameters");
        assertThat(console.json("/mapping?key=" + "k".repeat(4096))
                        .get("partition")
                        .isInt())
                .isTrue();
    }

    private void refused(String path, String reason, String field, String rule) {
        HttpResponse<String> answer = console.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = ConsoleFixture.json(answer);
        assertThat(problem.get("reason").textValue()).as(path).isEqualTo(reason);
        assertThat(problem.get("field").textValue()).isEqualTo(field);
        assertThat(problem.get("value").textValue().length()).isLessThan(100);
        assertThat(problem.get("limit").textValue()).contains(rule);
        assertThat(problem.get("retryable").booleanValue()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /mapping?key=%zz", "GET /mapping?key=%+1", "GET /mapping?key=caf\u00e9"})
    void whatIsNoUrlAtAllIsRefusedToo(String line) throws Exception {
        console.sees();
        try (java.net.Socket socket = new java.net.Socket("127.0.0.1", console.port())) {
            socket.getOutputStream()
                    .write((line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    // --- ring

    @Test
    void theRingIsItsCanonicalTextAndSaysOfWhenItIs() {
        HttpResponse<String> answer = console.sees().get("/ring");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(RingJson.read(answer.body())).isEqualTo(new RingCheck.Valid(console.world.ring()));
        assertThat(answer.headers().firstValue("X-KV-Observed-At")).hasValue(World.NOW.toString());
        assertThat(answer.headers().firstValue("X-KV-Stale")).hasValue("false");
        assertThat(console.get(ONE + "/ring").body()).isEqualTo(answer.body());
    }

    @Test
    void withoutARingMappingAndRingSaySo() {
        restart(new ConsoleFixture(World.started("{replicas: 3}"), true, 0).sees());
        for (String path : List.of("/ring", "/mapping?key=a")) {
            HttpResponse<String> answer = console.get(path);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(answer.body()).contains("NO_RING");
        }
    }

    // --- which cluster

    @Test
    void aClusterThatIsNotThereIsNotFound() {
        assertThat(console.get("/nodes").body()).contains("CLUSTER_NOT_FOUND", "there is no KvCluster yet");
        assertThat(console.json("/clusters").get("clusters")).isEmpty();
        HttpResponse<String> other = console.sees().get("/clusters/ns/other/nodes");
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(ConsoleFixture.json(other).get("value").textValue()).isEqualTo("ns/other");
    }

    @Test
    void ofSeveralClustersOneMustBeNamed() {
        console.sees().seesToo("other", "demo");
        HttpResponse<String> answer = console.get("/nodes");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(ConsoleFixture.json(answer).get("reason").textValue()).isEqualTo("CLUSTER_NOT_NAMED");
        assertThat(answer.body()).contains("/clusters/{namespace}/{cluster}/nodes", "(now 2)");
        assertThat(console.json(ONE + "/nodes").get("nodes")).hasSize(3);
        JsonNode list = console.json("/clusters").get("clusters");
        assertThat(list.findValuesAsText("namespace")).containsExactly("ns", "other");
        assertThat(list.at("/0/membersUp").intValue()).isEqualTo(3);
    }

    /** Its spec never was valid: nothing is looked at, but why must be seen. */
    @Test
    void aClusterWithAWrongSpecIsShownWithWhatItWaitsFor() {
        World world = World.justApplied("{replicas: 3}");
        console.sightings.told(
                new ClusterKey("ns", "demo"),
                StatusCalculator.invalid(
                        world.cluster(),
                        new io.kvcluster.operator.observation.Steering(
                                Optional.empty(), List.of("spec.replicas is 0 but must be 1 or more")),
                        World.NOW),
                World.NOW);
        JsonNode cluster = console.json(ONE);
        assertThat(cluster.get("phase").textValue()).isEqualTo("Invalid");
        assertThat(cluster.at("/blockedBy/0/check").textValue()).isEqualTo("InvalidSpec");
        assertThat(cluster.get("nodes")).isEmpty();
        assertThat(console.get("/mapping?key=a").body()).contains("NO_RING");
    }

    @Test
    void theOverviewTellsWhatTheLastPassCameTo() {
        console.world.dead("demo-1");
        var look = console.sees().world.look();
        console.sightings.told(
                look.key(),
                StatusCalculator.of(
                        look,
                        List.of(new Wait("QuorumRule", "Pod/demo-0", "too few are live", "demo-1 back")),
                        true,
                        new Progress.UnderWay("ScaleUp", "6 members", 8, 40, 1 << 30, "", ConsoleFixture.AHEAD)),
                World.NOW);
        JsonNode cluster = console.json(ONE);
        assertThat(cluster.get("phase").textValue()).isEqualTo("Degraded");
        assertThat(cluster.get("partitions").intValue()).isEqualTo(64);
        assertThat(cluster.get("underReplicatedPartitions").intValue()).isEqualTo(64);
        assertThat(cluster.at("/blockedBy/0/check").textValue()).isEqualTo("QuorumRule");
        assertThat(cluster.at("/blockedBy/0/since").textValue()).isEqualTo(World.NOW.toString());
        assertThat(cluster.get("conditions").findValuesAsText("type"))
                .containsExactly("Available", "Progressing", "Degraded", "Warning");
        assertThat(cluster.at("/operation/type").textValue()).isEqualTo("ScaleUp");
        assertThat(cluster.at("/operation/copiesTotal").intValue()).isEqualTo(40);
        assertThat(cluster.get("movesInAll").intValue()).isZero();
        assertThat(cluster.at("/nodes/1/status").textValue()).isEqualTo("DOWN");
    }

    // --- of when it is

    @Test
    void aStandbyShowsNothingAndSaysWhoLeads() {
        console.sees();
        console.standing = new Standing.Standby(Optional.of("kv-operator-7"));
        for (String path : List.of("/nodes", "/mapping?key=a", "/ring", "/clusters", ONE)) {
            HttpResponse<String> answer = console.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(503);
            JsonNode problem = ConsoleFixture.json(answer);
            assertThat(problem.get("reason").textValue()).isEqualTo("STANDBY");
            assertThat(problem.get("leader").textValue()).isEqualTo("kv-operator-7");
            assertThat(answer.body()).doesNotContain("demo-0");
        }
        console.standing = new Standing.Standby(Optional.empty());
        assertThat(console.get("/nodes").body()).contains("nobody is known to lead");
        console.standing = new Standing.Starting();
        assertThat(console.get("/nodes").body()).contains("STARTING");
        assertThat(console.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(console.get("/console").statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNotOfNowIsMarkedStale() {
        console.sees();
        console.now = World.NOW.plus(ClusterViews.STALE_AFTER);
        assertThat(console.json("/nodes").get("stale").booleanValue()).isFalse();
        console.now = console.now.plus(Duration.ofSeconds(1));
        JsonNode late = console.json("/nodes");
        assertThat(late.get("stale").booleanValue()).isTrue();
        assertThat(late.get("staleBecause").textValue()).isEqualTo("no pass has ended well for 31 s");
        assertThat(console.get("/ring").headers().firstValue("X-KV-Stale")).hasValue("true");
        console.now = World.NOW;
        console.standing = new Standing.Leading(false);
        for (String path : List.of("/nodes", "/mapping?key=a", ONE)) {
            JsonNode answer = console.json(path);
            assertThat(answer.get("stale").booleanValue()).isTrue();
            assertThat(answer.get("staleBecause").textValue()).contains("watch on the API server is broken");
        }
        assertThat(console.json("/clusters").at("/clusters/0/stale").booleanValue())
                .isTrue();
    }
}
