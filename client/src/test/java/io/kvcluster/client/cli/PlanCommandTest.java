package io.kvcluster.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operator that answers with what it is given; what it was asked is looked at. */
class PlanCommandTest {
    private static final String PLAN = """
            {"namespace": "ns", "cluster": "demo", "observedAt": "2026-03-01T12:00:00Z", "stale": false, "ringEpoch": 7,
             "goal": "5 members, 3 copies, quorums 2/2", "partitions": 64, "partitionsToMove": 62, "copies": 76,
             "bytes": 3145728, "lowestCopies": 3, "distinctReplicaSets": 9, "partitionsMoving": 0,
             "members": [{"name": "demo-0", "becomes": "STAYS", "gets": 0, "gives": 26, "bytes": 0},
                         {"name": "demo-4", "becomes": "JOINS", "gets": 38, "gives": 0, "bytes": 1572864}],
             "obstacles": ["demo-2 does not serve"]}""";

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private volatile int code = 200;
    private volatile String body = PLAN;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                asked.add(exchange.getRequestURI().toString());
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(code, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Kv plan(String... more) {
        List<String> args = new ArrayList<>(
                List.of("plan", "--operator=localhost:" + server.getAddress().getPort()));
        args.addAll(List.of(more));
        return Kv.run(args.toArray(String[]::new));
    }

    @Test
    void itTellsPeopleWhatWouldMove() {
        Kv plan = plan("--replicas", "5");
        assertThat(plan.code()).as(plan.err()).isZero();
        assertThat(asked).containsExactly("/plan?replicas=5");
        assertThat(plan.out().lines())
                .contains(
                        "ns/demo at epoch 7, to 5 members, 3 copies, quorums 2/2",
                        "62 of 64 partitions move, 76 copies, about 3.0 MiB",
                        "on the way no partition has fewer than 3 copies; 9 distinct sets of members afterwards",
                        "demo-0   stays      0      26       0 B",
                        "demo-4   joins     38       0   1.5 MiB",
                        "it would be held up: demo-2 does not serve");
    }

    @Test
    void everyChangeIsPassedOnAndProgramsGetTheAnswerItself() {
        Kv plan = plan(
                "--cluster=ns/demo",
                "--replicas=5",
                "--replication-factor=2",
                "--zones=a,b c",
                "--replace=demo-1",
                "-o",
                "json");
        assertThat(asked)
                .containsExactly("/clusters/ns/demo/plan?replicas=5&replicationFactor=2&zones=a%2Cb+c&replace=demo-1");
        assertThat(plan.json().path("copies").asInt()).isEqualTo(76);
        assertThat(plan.err()).isEmpty();
    }

    @Test
    void whatTheOperatorRefusesIsSaidInItsWords() {
        code = 400;
        body = "{\"detail\": \"spec.replicas is 0 but must be from 1 to 256\"}";
        Kv refused = plan("--replicas=0");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("kv: spec.replicas is 0 but must be from 1 to 256");
        code = 503;
        body = "{\"detail\": \"this replica of the operator waits\"}";
        assertThat(plan().code()).isEqualTo(1);
        assertThat(plan().err()).contains("this replica of the operator waits");
    }

    @Test
    void anythingElseIsASentence() {
        body = "<html>";
        assertThat(plan().err()).contains("is no operator of kvcluster: HTTP 200");
        assertThat(plan("--cluster=demo").err())
                .contains("--cluster is 'demo' but must be NAMESPACE/NAME, as in default/demo");
        assertThat(plan("--cluster=demo").code()).isEqualTo(2);
        assertThat(plan("--replicas=many").err()).contains("--replicas", "many");
        stop();
        Kv alone = plan();
        assertThat(alone.code()).isEqualTo(1);
        assertThat(alone.err()).contains("the operator does not answer at localhost:");
    }
}
