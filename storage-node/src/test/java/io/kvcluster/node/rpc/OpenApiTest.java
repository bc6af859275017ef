package io.kvcluster.node.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Levels;
import io.kvcluster.proto.admin.NodeStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The description of the HTTP interface says what the server does: each path, parameter, status, reason and body. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {
    private static final byte[] NOTHING = new byte[0];

    private RpcFixture node;
    private OpenApiDocument document;

    @BeforeAll
    void start() throws Exception {
        node = new RpcFixture(RpcFixture.PATIENT);
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
    }

    @BeforeEach
    void readAsServed() throws IOException {
        node.reset();
        RawHttp.Response served = ask("GET /openapi", "");
        document = new OpenApiDocument(served.json());
        assertThat(served.status()).isEqualTo(200);
        assertThat(document.root().get("openapi").textValue()).startsWith("3.1.");
    }

    @Test
    void pathsAndMethodsAreThoseOfTheServersOwnList() throws IOException {
        List<String> routes = StreamSupport.stream(
                        ask("GET /", "").json().get("endpoints").spliterator(), false)
                .map(each ->
                        each.get("method").textValue() + " " + each.get("path").textValue())
                .sorted()
                .toList();
        assertThat(document.operations().keySet()).containsExactlyElementsOf(routes);
    }

    @Test
    void operationsHaveDistinctNamesAndEveryReferenceLeadsSomewhere() {
        assertThat(document.operations().values().stream()
                        .map(operation -> operation.get("operationId").textValue()))
                .doesNotHaveDuplicates();
        document.root().findParents("$ref").forEach(document::resolve);
        var meta = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        document.root()
                .get("components")
                .get("schemas")
                .properties()
                .forEach(schema -> assertThat(meta.validate(schema.getValue()))
                        .as(schema.getKey())
                        .isEmpty());
    }

    /** The server lists the parameters that it knows when it meets one that it does not. */
    @Test
    void queryParametersAreExactlyThoseThatTheServerKnows() throws IOException {
        for (String operation : document.operations().keySet()) {
            JsonNode refusal =
                    ask(call(operation) + "?nonsense=1", body(operation)).json();
            String known = refusal.get("limit").textValue();
            TreeSet<String> documented = new TreeSet<>();
            document.parameters(operation, "query")
                    .forEach(parameter -> documented.add(parameter.get("name").textValue()));
            TreeSet<String> served = new TreeSet<>(known.equals("none") ? List.of() : List.of(known.split(", ")));
            assertThat(documented).as(operation).isEqualTo(served);
        }
    }

    @Test
    void examplesOfParametersFitTheirSchemasAndAreAcceptedByTheServer() throws IOException {
        for (String operation : document.operations().keySet()) {
            for (JsonNode parameter : document.parameters(operation, "query")) {
                String name = parameter.get("name").textValue();
                document.fits(parameter.get("schema"), parameter.get("example"));
                String given = name + "=" + parameter.get("example").textValue();
                String required = required(operation);
                String query = required.isEmpty() || required.startsWith(name + "=") ? given : required + "&" + given;
                RawHttp.Response answer = ask(call(operation) + "?" + query, body(operation));
                document.covers(operation, answer);
                assertThat(answer.status()).as(operation + " " + given).isIn(200, 404, 501);
            }
            for (JsonNode header : document.parameters(operation, "header")) {
                document.fits(header.get("schema"), header.get("example"));
                RawHttp.Response answer = askWith(
                        call(operation),
                        header.get("name").textValue() + ": "
                                + header.get("example").textValue(),
                        body(operation));
                document.covers(operation, answer);
                assertThat(answer.status()).as(operation).isIn(200, 404);
            }
        }
    }

    @Test
    void parametersThatTheServerRefusesDoNotFitTheirSchemas() throws IOException {
        Map<String, String> wrong = Map.of(
                "consistency",
                "sometimes",
                "timeout",
                "soon",
                "keyEncoding",
                "hex",
                "if-version",
                "-1",
                "ttl",
                "forever");
        for (JsonNode parameter : document.parameters("PUT /kv/{key}", "query")) {
            String name = parameter.get("name").textValue();
            String value = wrong.get(name);
            assertThat(document.accepts(parameter.get("schema"), HttpJson.MAPPER.valueToTree(value)))
                    .as(name)
                    .isFalse();
            RawHttp.Response refused = ask("PUT /kv/a?" + name + "=" + value, "{\"value\":\"v\"}");
            assertThat(refused.status()).as(name).isEqualTo(400);
        }
    }

    @Test
    void levelsAndReasonsAreThoseOfTheNode() {
        JsonNode schemas = document.root().get("components").get("schemas");
        assertThat(HttpJson.MAPPER.convertValue(schemas.get("Consistency").get("enum"), String[].class))
                .containsExactlyInAnyOrder(Arrays.stream(ConsistencyLevel.values())
                        .map(Levels::name)
                        .toArray(String[]::new));
        assertThat(HttpJson.MAPPER.convertValue(schemas.get("Reason").get("enum"), String[].class))
                .containsExactlyInAnyOrder(
                        Arrays.stream(Reason.values()).map(Reason::name).toArray(String[]::new));
    }

    @Test
    void examplesOfBodiesFitTheirSchemasAndAreAcceptedByTheServer() throws IOException {
        for (Map.Entry<String, JsonNode> operation : document.operations().entrySet()) {
            JsonNode json =
                    operation.getValue().path("requestBody").path("content").path("application/json");
            for (JsonNode example : json.path("examples")) {
                document.fits(json.get("schema"), example.get("value"));
                RawHttp.Response answer =
                        ask(call(operation.getKey()), example.get("value").toString());
                document.covers(operation.getKey(), answer);
            }
        }
    }

    @Test
    void everyAnswerIsOneThatIsDescribedAndEveryDescribedStatusIsGiven() throws Exception {
        successes();
        refusals();
        reasons();
        states();
        assertThat(document.neverAnswered()).isEmpty();
    }

    private void successes() throws IOException {
        for (String operation : document.operations().keySet()) {
            String query = required(operation).isEmpty() ? "" : "?" + required(operation);
            document.covers(operation, ask(call(operation) + query, body(operation)));
        }
        document.covers("GET /keys", ask("GET /keys?partition=1", ""));
        document.covers("GET /mapping", ask("GET /mapping?key=_w&keyEncoding=base64url", ""));
        node.moving = true;
        document.covers("GET /mapping", ask("GET /mapping?key=a", ""));
        document.covers(
                "PUT /kv/{key}",
                ask("PUT /kv/_w?keyEncoding=base64url", "{\"value\":\"/w==\",\"encoding\":\"base64\"}"));
        document.covers("GET /kv/{key}", ask("GET /kv/_w?keyEncoding=base64url", ""));
        document.covers("GET /keys", ask("GET /keys?partition=0", ""));
        document.covers("GET /kv/{key}", ask("GET /kv/nothing", ""));
        document.covers(
                "POST /batch",
                ask(
                        "POST /batch",
                        "{\"operations\":[{\"type\":\"GET\",\"key\":\"nothing\"},{\"type\":\"PUT\",\"key\":\"k\",\"value\":\"v\"}]}"));
        List<Outcome.Version> siblings = List.of(
                new Outcome.Version(3, NOTHING, true),
                new Outcome.Version(2, "two".getBytes(UTF_8), false),
                new Outcome.Version(1, new byte[] {-1}, false));
        node.store.answer(new Outcome.Read(siblings, new byte[] {1}, MapHandler.SERVICE));
        document.covers("GET /kv/{key}", ask("GET /kv/a", ""));
        RawHttp.Response bytes = askWith("GET /kv/a", "Accept: application/octet-stream", "");
        document.covers("GET /kv/{key}", bytes);
        assertThat(bytes.headers()).containsKeys(headers());
        node.store.reset();
    }

    private String[] headers() {
        List<String> names = new java.util.ArrayList<>();
        document.operations()
                .get("GET /kv/{key}")
                .at("/responses/200/headers")
                .fieldNames()
                .forEachRemaining(names::add);
        return names.toArray(String[]::new);
    }

    /** All bad input that the server is tested with. */
    private void refusals() throws IOException {
        for (HttpBadInputTest.Bad bad : HttpBadInputTest.table().toList()) {
            RawHttp.Response answer = RawHttp.ask(node.http.port(), bad.head(), bad.body());
            document.fits(document.root().at("/components/schemas/Problem"), answer.json());
            String[] line = bad.head().split("[ ?]", 3);
            String operation = line[0] + " " + (line[1].startsWith("/kv/") ? "/kv/{key}" : line[1]);
            if (document.operations().containsKey(operation) && answer.status() != 431 && answer.status() != 414) {
                document.covers(operation, answer);
            }
        }
        for (String operation : List.of("PUT /kv/{key}", "POST /batch")) {
            document.covers(operation, askWith(call(operation), "Content-Encoding: gzip", body(operation)));
        }
        for (String operation : document.operations().keySet()) {
            document.covers(operation, ask(call(operation) + "?nonsense=1", body(operation)));
        }
    }

    private void reasons() throws IOException {
        for (Reason reason : Reason.values()) {
            for (String operation : List.of("GET /kv/{key}", "PUT /kv/{key}", "DELETE /kv/{key}", "POST /batch")) {
                node.store.answer(new Outcome.NotApplied(reason, true, "no"));
                boolean aboutTheRequest = reason.ordinal() < Reason.NOT_BUILT.ordinal();
                if (!aboutTheRequest) {
                    document.covers(operation, ask(call(operation), body(operation)));
                }
                node.store.answer(new Outcome.Unknown(reason, "who knows"));
                document.covers(operation, ask(call(operation), body(operation)));
            }
        }
        node.store.reset();
    }

    /** No ring; not ready; failed; stopping. */
    private void states() throws Exception {
        node.ring = false;
        document.covers("GET /ring", ask("GET /ring", ""));
        document.covers("GET /mapping", ask("GET /mapping?key=a", ""));
        document.covers("GET /nodes", ask("GET /nodes", ""));
        node.health = new HealthView.Health(NodeStatus.Phase.FAILED, "the disk");
        for (String path : List.of("/health", "/health/live", "/health/ready")) {
            document.covers("GET " + path, ask("GET " + path, ""));
        }
        try (RpcFixture full = new RpcFixture(new RpcLimits(1, RpcLimits.BODY_BYTES, Duration.ofSeconds(10)));
                RawHttp waiting = new RawHttp(full.http.port())) {
            full.store.behave((_, _) -> {});
            waiting.send("GET /kv/a HTTP/1.1", NOTHING);
            await().until(() -> full.http.requests() == 1);
            for (String operation : document.operations().keySet()) {
                if (!HttpRoutes.isAboutTheNode(operation.substring(operation.indexOf('/')))) {
                    document.covers(
                            operation, RawHttp.ask(full.http.port(), head(call(operation), "", body(operation))));
                }
            }
        }
    }

    private static String call(String operation) {
        return operation.replace("{key}", "a");
    }

    private static String required(String operation) {
        return switch (operation) {
            case "GET /mapping" -> "key=a";
            case "GET /keys" -> "partition=0";
            default -> "";
        };
    }

    private static String body(String operation) {
        return switch (operation) {
            case "PUT /kv/{key}" -> "{\"value\":\"v\"}";
            case "POST /batch" -> "{\"operations\":[{\"type\":\"PUT\",\"key\":\"a\",\"value\":\"v\"}]}";
            default -> "";
        };
    }

    private RawHttp.Response ask(String call, String body) throws IOException {
        return RawHttp.ask(node.http.port(), head(call, "", body), body.getBytes(UTF_8));
    }

    private RawHttp.Response askWith(String call, String header, String body) throws IOException {
        return RawHttp.ask(node.http.port(), head(call, "\r\n" + header, body), body.getBytes(UTF_8));
    }

    private static String head(String call, String header, String body) {
        String length = body.isEmpty() ? "" : "\r\nContent-Length: " + body.getBytes(UTF_8).length;
        return call + " HTTP/1.1" + header + length;
    }
}
