package io.kvcluster.operator.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.status.StatusCalculator;
import io.kvcluster.proto.ring.MovePhase;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The description of the operator's HTTP interface says what the server does: each path, parameter, status, reason and body. */
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final TreeSet<String> answered = new TreeSet<>();
    private ConsoleFixture console = new ConsoleFixture("{replicas: 4}");
    private JsonNode document;

    @BeforeEach
    void readAsServed() {
        document = console.json("/openapi");
        assertThat(document.get("openapi").textValue()).startsWith("3.1.");
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void pathsAreThoseOfTheServersOwnList() {
        assertThat(paths())
                .containsExactlyInAnyOrderElementsOf(
                        console.json("/").get("endpoints").findValuesAsText("path"));
    }

    @Test
    void reasonsAreThoseOfTheServer() {
        assertThat(JSON.convertValue(document.at("/components/schemas/Problem/properties/reason/enum"), String[].class))
                .containsExactly(
                        Arrays.stream(Problem.Reason.values()).map(Enum::name).toArray(String[]::new));
    }

    @Test
    void queryParametersAreExactlyThoseThatTheServerKnows() {
        for (String path : paths()) {
            List<String> documented = parameters(path, "query");
            JsonNode refusal = ConsoleFixture.json(console.get(filled(path) + "?nonsense=1"));
            assertThat(refusal.get("limit").textValue())
                    .as(path)
                    .endsWith("(" + (documented.isEmpty() ? "none" : String.join(", ", documented)) + ")");
            assertThat(parameters(path, "path"))
                    .isEqualTo(path.contains("{") ? List.of("namespace", "cluster") : List.of());
        }
    }

    @Test
    void everyAnswerIsOneThatIsDescribedAndEveryDescribedStatusIsGiven() {
        paths().forEach(path -> covers(path, filled(path) + "?nonsense=1"));
        paths().forEach(path -> covers(path, asked(path)));
        covers("/clusters/{namespace}/{cluster}/nodes", "/clusters/ns/other/nodes");
        covers("/", console.ask("GET", "/", "Accept", "text/html"));
        covers("/metrics", console.ask("GET", "/metrics", "Accept", "application/openmetrics-text"));
        console.sees();
        paths().forEach(path -> covers(path, asked(path)));
        inTrouble();
        paths().forEach(path -> covers(path, asked(path)));
        covers("/mapping", "/mapping?key=a2V5&keyEncoding=base64url");
        console.standing = new Standing.Standby(Optional.of("kv-operator-7"));
        console.live = false;
        console.ready = false;
        paths().forEach(path -> covers(path, asked(path)));
        restartWithoutRing();
        paths().forEach(path -> covers(path, asked(path)));
        assertThat(neverAnswered()).isEmpty();
    }

    /** Every member of an answer that may be absent is there. */
    private void inTrouble() {
        console.world.writeRing(MovingRing.of(
                console.world.ring(), MovePhase.READ_NEW, IntStream.range(0, 64).toArray()));
        console.world
                .serveAll()
                .dead("demo-1")
                .store("demo-2", "00000000000000ff")
                .podGone("demo-0");
        console.standing = new Standing.Leading(false);
        var look = console.sees().world.look();
        console.sightings.told(
                look.key(),
                StatusCalculator.of(
                        look,
                        List.of(new Wait("QuorumRule", "Pod/demo-0", "too few", "more")),
                        true,
                        new Progress.UnderWay(
                                "ScaleUp", "6 members", 64, 40, 1 << 30, "proofs of copies", ConsoleFixture.AHEAD)),
                World.NOW);
    }

    private void restartWithoutRing() {
        console.close();
        console = new ConsoleFixture(World.started("{replicas: 3}"), true, 0).sees();
    }

    private void covers(String path, String asked) {
        covers(path, console.get(asked));
    }

    private void covers(String path, HttpResponse<String> answer) {
        String what = path + " " + answer.statusCode();
        JsonNode response =
                document.get("paths").get(path).at("/get/responses").path(String.valueOf(answer.statusCode()));
        assertThat(response.isMissingNode()).as(what + ": " + answer.body()).isFalse();
        answered.add(what);
        String type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
        JsonNode content = resolved(response).path("content");
        assertThat(content.has(type)).as(what + " has type " + type).isTrue();
        resolved(response)
                .path("headers")
                .fieldNames()
                .forEachRemaining(header -> assertThat(answer.headers().firstValue(header))
                        .as(what + " " + header)
                        .isPresent());
        if (type.endsWith("json")) {
            ObjectNode schema = JSON.createObjectNode();
            schema.putArray("allOf").add(content.get(type).get("schema"));
            schema.set("components", document.get("components"));
            assertThat(registry.getSchema(schema).validate(ConsoleFixture.json(answer)))
                    .as(what + ": " + answer.body())
                    .isEmpty();
        }
    }

    private TreeSet<String> neverAnswered() {
        TreeSet<String> documented = new TreeSet<>();
        paths().forEach(path -> document.get("paths")
                .get(path)
                .at("/get/responses")
                .fieldNames()
                .forEachRemaining(status -> documented.add(path + " " + status)));
        documented.removeAll(answered);
        return documented;
    }

    private List<String> paths() {
        List<String> paths = new java.util.ArrayList<>();
        document.get("paths").fieldNames().forEachRemaining(paths::add);
        return paths;
    }

    private List<String> parameters(String path, String in) {
        List<String> names = new java.util.ArrayList<>();
        for (JsonNode parameter : document.get("paths").get(path).at("/get/parameters")) {
            JsonNode resolved = resolved(parameter);
            if (resolved.get("in").textValue().equals(in)) {
                names.add(resolved.get("name").textValue());
            }
        }
        return names;
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").textValue().substring(1)) : node;
    }

    private static String filled(String path) {
        return path.replace("{namespace}", "ns").replace("{cluster}", "demo");
    }

    private static String asked(String path) {
        return filled(path) + (path.endsWith("/mapping") ? "?key=a" : "");
    }
}
