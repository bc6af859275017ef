package io.kvcluster.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.proto.admin.NodeStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node tells of itself and its cluster, and how its HTTP server behaves under load, slow clients and at its end. */
class HttpNodeTest {
    private RpcFixture node;

    @BeforeEach
    void start() throws Exception {
        node = new RpcFixture();
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    @Test
    void theRootTellsWhoItIsAndListsTheEndpoints() throws Exception {
        JsonNode index = get("/").json();
        assertThat(index.get("cluster").textValue()).isEqualTo("demo");
        assertThat(index.get("node").textValue()).isEqualTo("demo-0");
        assertThat(index.get("version").textValue()).isEqualTo("0.1.0");
        assertThat(index.get("endpoints").findValuesAsText("path"))
                .contains("/kv/{key}", "/batch", "/mapping", "/nodes", "/ring", "/health/ready", "/metrics");
    }

    @Test
    void theMappingOfAKeyNamesItsReplicasPrimaryFirst() throws Exception {
        JsonNode mapping = get("/mapping?key=a+b%2B").json();
        assertThat(mapping.get("key").textValue())
                .as("'+' is a blank in a query")
                .isEqualTo("a b+");
        assertThat(mapping.get("partition").intValue()).isEqualTo(4);
        assertThat(mapping.get("ringEpoch").intValue()).isEqualTo(7);
        assertThat(mapping.get("primary").get("name").textValue()).isEqualTo("demo-0");
        JsonNode replica = mapping.get("replicas").get(0);
        assertThat(replica.get("address").textValue()).isEqualTo("127.0.0.10");
        assertThat(replica.get("status").textValue()).isEqualTo("UP");
        assertThat(get("/mapping?key=_w&keyEncoding=base64url")
                        .json()
                        .get("partition")
                        .intValue())
                .isEqualTo(1);
    }

    @Test
    void theMappingOfAPartitionThatMovesNamesBothSets() throws Exception {
        assertThat(get("/mapping?key=a").json().has("move")).isFalse();
        node.moving = true;
        JsonNode mapping = get("/mapping?key=a").json();
        assertThat(mapping.at("/replicas/0/name").textValue()).isEqualTo("demo-0");
        assertThat(mapping.at("/move/phase").textValue()).isEqualTo("READ_NEW");
        assertThat(mapping.at("/move/copyEpoch").intValue()).isEqualTo(6);
        assertThat(mapping.at("/move/replicas/0/name").textValue()).isEqualTo("demo-3");
        assertThat(mapping.at("/move/replicas/0/state").textValue()).isEqualTo("JOINING");
    }

    @Test
    void theNodesAreAsTheAskedOneSeesThem() throws Exception {
        JsonNode nodes = get("/nodes").json();
        assertThat(nodes.get("asked").textValue()).isEqualTo("demo-0");
        JsonNode first = nodes.get("nodes").get(0);
        assertThat(first.get("storeId").textValue()).isEqualTo("00000000000000a0");
        assertThat(first.get("zone").textValue()).isEqualTo("zone-a");
        assertThat(first.get("state").textValue()).isEqualTo("NORMAL");
        assertThat(first.get("since").textValue()).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(first.get("lastHeartbeat").textValue()).isEqualTo("2023-11-14T22:13:21.500Z");
        assertThat(first.get("partitions").intValue()).isEqualTo(64);
        assertThat(first.get("primaryPartitions").intValue()).isEqualTo(22);
    }

    @Test
    void theRingIsItsCanonicalText() throws Exception {
        JsonNode ring = get("/ring").json();
        assertThat(ring.get("cluster").textValue()).isEqualTo("demo");
        assertThat(ring.get("members").get(0).get("name").textValue()).isEqualTo("demo-0");
    }

    @Test
    void beforeTheFirstRingItSaysSo() throws Exception {
        node.ring = false;
        for (String path : new String[] {"/ring", "/mapping?key=a"}) {
            RawHttp.Response answer = get(path);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.json().get("reason").textValue()).isEqualTo("NO_RING");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
        }
        assertThat(get("/nodes").json().get("nodes")).isEmpty();
        assertThat(get("/nodes").json().get("ringEpoch").intValue()).isZero();
    }

    @Test
    void probesFollowThePhase() throws Exception {
        expectHealth(NodeStatus.Phase.RECOVERING, 200, 503);
        expectHealth(NodeStatus.Phase.WAITING_FOR_RING, 200, 503);
        expectHealth(NodeStatus.Phase.SERVING, 200, 200);
        expectHealth(NodeStatus.Phase.DRAINING, 200, 503);
        expectHealth(NodeStatus.Phase.FAILED, 503, 503);
    }

    private void expectHealth(NodeStatus.Phase phase, int live, int ready) throws IOException {
        node.health = new HealthView.Health(phase, "because");
        assertThat(get("/health/live").status()).as("live, " + phase).isEqualTo(live);
        assertThat(get("/health").status()).isEqualTo(ready);
        RawHttp.Response answer = get("/health/ready");
        assertThat(answer.status()).as("ready, " + phase).isEqualTo(ready);
        assertThat(answer.json().get("phase").textValue()).isEqualTo(phase.name());
        assertThat(answer.json().get("message").textValue()).isEqualTo("because");
        assertThat(answer.json().get("ready").booleanValue()).isEqualTo(ready == 200);
    }

    @Test
    void metricsAreRenderedForWhatTheScraperAccepts() throws Exception {
        RawHttp.Response answer =
                RawHttp.ask(node.http.port(), "GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text");
        assertThat(answer.text()).isEqualTo("accept=application/openmetrics-text");
    }

    @Test
    void severalRequestsShareAConnection() throws Exception {
        try (RawHttp http = new RawHttp(node.http.port())) {
            for (int i = 0; i < 5; i++) {
                http.send("PUT /kv/a HTTP/1.1\r\nContent-Length: 13", "{\"value\":\"v\"}".getBytes());
                assertThat(http.response().status()).isEqualTo(200);
                http.send("GET /kv/a?consistency=nonsense HTTP/1.1", new byte[0]);
                assertThat(http.response().status()).isEqualTo(400);
            }
        }
    }

    @Test
    void aBodyThatTricklesInTooSlowlyIsRefused() throws Exception {
        try (RawHttp http = new RawHttp(node.http.port())) {
            http.send("PUT /kv/a HTTP/1.1\r\nContent-Length: 100000", "{".getBytes());
            CompletableFuture<RawHttp.Response> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return http.response();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().pollInterval(Duration.ofMillis(50)).until(() -> {
                if (!answer.isDone()) {
                    http.sendBytes(" ".getBytes());
                }
                return answer.isDone();
            });
            assertThat(answer.get().status()).isEqualTo(400);
            assertThat(answer.get().json().get("detail").textValue()).contains("did not arrive within 300 ms");
            assertThat(answer.get().header("Connection")).isEqualTo("close");
            assertThat(node.store.seen).isEmpty();
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfItsBodyLeavesNothingBehind() throws Exception {
        try (RawHttp http = new RawHttp(node.http.port())) {
            http.send("PUT /kv/a HTTP/1.1\r\nContent-Length: 100000", "{\"value\":".getBytes());
            await().until(() -> node.http.requests() == 1);
        }
        await().until(() -> node.http.requests() == 0);
        assertThat(node.store.seen).isEmpty();
        assertThat(get("/kv/a").status()).isEqualTo(404);
    }

    @Test
    void aClientThatLeavesBeforeItsAnswerDoesNoHarm() throws Exception {
        var held = new CopyOnWriteArrayList<Consumer<Outcome>>();
        node.store.behave((_, done) -> held.add(done));
        try (RawHttp http = new RawHttp(node.http.port())) {
            http.send("GET /kv/a HTTP/1.1", new byte[0]);
            await().until(() -> held.size() == 1);
        }
        held.getFirst().accept(new Outcome.Applied(1, new byte[0], MapHandler.SERVICE));
        await().until(() -> node.http.requests() == 0);
        node.store.reset();
        assertThat(get("/kv/a").status()).isEqualTo(404);
    }

    @Test
    void tooManyRequestsUnderWayAreRefusedAtOnceButProbesAreAnswered() throws Exception {
        node.close();
        node = new RpcFixture(new RpcLimits(2, RpcFixture.LIMITS.requestBytes(), Duration.ofSeconds(5)));
        var held = new CopyOnWriteArrayList<Consumer<Outcome>>();
        node.store.behave((_, done) -> held.add(done));
        try (RawHttp first = new RawHttp(node.http.port());
                RawHttp second = new RawHttp(node.http.port())) {
            first.send("GET /kv/a HTTP/1.1", new byte[0]);
            second.send("GET /kv/a HTTP/1.1", new byte[0]);
            await().until(() -> held.size() == 2);
            RawHttp.Response refused = get("/kv/a");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.json().get("reason").textValue()).isEqualTo("OVERLOADED");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(get("/health/ready").status()).isEqualTo(200);
            assertThat(get("/metrics").status()).isEqualTo(200);
            assertThat(node.http.overloaded()).isEqualTo(1);
            held.forEach(
                    done -> done.accept(new Outcome.NotApplied(io.kvcluster.node.command.Reason.CANNOT_SAY, true, "")));
            assertThat(first.response().status()).isEqualTo(503);
            assertThat(second.response().status()).isEqualTo(503);
        }
    }

    @Test
    void bodiesTogetherTakeNoMoreMemoryThanTheyMay() throws Exception {
        node.close();
        node = new RpcFixture(new RpcLimits(64, RpcLimits.BODY_BYTES, Duration.ofSeconds(20)));
        try (RawHttp first = new RawHttp(node.http.port())) {
            first.send("POST /batch HTTP/1.1\r\nTransfer-Encoding: chunked", "1\r\n{\r\n".getBytes());
            await().until(() -> node.http.requests() == 1);
            await().until(() -> RawHttp.ask(
                                    node.http.port(),
                                    "PUT /kv/a HTTP/1.1\r\nContent-Length: 13",
                                    "{\"value\":\"v\"}".getBytes())
                            .status()
                    == 503);
            RawHttp.Response refused = RawHttp.ask(
                    node.http.port(), "PUT /kv/a HTTP/1.1\r\nContent-Length: 13", "{\"value\":\"v\"}".getBytes());
            assertThat(refused.json().get("reason").textValue()).isEqualTo("OVERLOADED");
            assertThat(refused.json().get("retryable").booleanValue()).isTrue();
        }
        await().until(() -> node.http.requests() == 0);
        assertThat(RawHttp.ask(
                                node.http.port(),
                                "PUT /kv/a HTTP/1.1\r\nContent-Length: 13",
                                "{\"value\":\"v\"}".getBytes())
                        .status())
                .as("the memory was given back")
                .isEqualTo(200);
    }

    @Test
    void stoppingAnswersWhatIsUnderWayAndTakesNothingNew() throws Exception {
        var held = new CopyOnWriteArrayList<Consumer<Outcome>>();
        node.store.behave((_, done) -> held.add(done));
        try (RawHttp http = new RawHttp(node.http.port())) {
            http.send("PUT /kv/a HTTP/1.1\r\nContent-Length: 13", "{\"value\":\"v\"}".getBytes());
            await().until(() -> held.size() == 1);
            var stopped = CompletableFuture.supplyAsync(() -> {
                try {
                    return node.http.stop(Duration.ofSeconds(20));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> {
                RawHttp.Response refused = get("/nodes");
                return refused.status() == 503
                        && refused.json().get("reason").textValue().equals("SHUTTING_DOWN")
                        && "close".equals(refused.header("Connection"));
            });
            assertThat(get("/health/live").status()).isEqualTo(200);
            assertThat(stopped).isNotDone();
            held.getFirst().accept(new Outcome.Applied(1, new byte[0], MapHandler.SERVICE));
            assertThat(http.response().status()).isEqualTo(200);
            assertThat(stopped.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void stoppingDoesNotWaitLongerThanItsGrace() throws Exception {
        node.store.behave((_, _) -> {});
        try (RawHttp http = new RawHttp(node.http.port())) {
            http.send("GET /kv/a HTTP/1.1", new byte[0]);
            await().until(() -> node.store.seen.size() == 1);
            assertThat(node.http.stop(Duration.ofMillis(50))).isFalse();
        }
    }

    private RawHttp.Response get(String path) throws IOException {
        return RawHttp.ask(node.http.port(), "GET " + path + " HTTP/1.1");
    }
}
