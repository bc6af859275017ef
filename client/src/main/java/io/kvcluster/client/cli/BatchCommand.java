package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.google.protobuf.ByteString;
import io.kvcluster.client.BatchItem;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Outcome;
import io.kvcluster.client.bulk.KeyText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        description = {
            "Does the operations of a file, one JSON object a line:",
            "  {\"op\": \"put\", \"key\": \"a\", \"value\": \"1\", \"ttl\": \"60s\"}   (ttl is optional)",
            "  {\"op\": \"get\", \"key\": \"a\"}",
            "  {\"op\": \"delete\", \"key\": \"a\"}",
            "No transaction: each ends on its own. Operations of one key happen in their order."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class BatchCommand implements Callable<Integer> {
    private static final ObjectMapper LINES = new ObjectMapper();
    private static final int MOST_OPERATIONS = 100_000;

    @Mixin
    private Connection connection;

    @Mixin
    private ConsistencyOption consistency;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "FILE", description = "- is standard input.")
    private String file;

    @Override
    public Integer call() throws IOException {
        List<BatchItem> items = read();
        if (items.isEmpty()) {
            throw new IOException(file + " has no operations");
        }
        try (KvClient client = connection.open()) {
            // What follows is sent by the ring: wait for it, but work without.
            boolean _ = client.awaitConnected(connection.timeout().dividedBy(2));
            List<Outcome> outcomes = client.batch(items, connection.options(consistency.level()));
            print(items, outcomes);
            return outcomes.stream()
                    .filter(outcome -> !(outcome instanceof GetOutcome.NotFound))
                    .mapToInt(Outcomes::exitCode)
                    .max()
                    .orElse(ExitCode.DONE);
        }
    }

    private List<BatchItem> read() throws IOException {
        List<BatchItem> items = new ArrayList<>();
        try (Input in = Input.open(file)) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank()) {
                    items.add(item(lines.get(i), i + 1));
                }
            }
        }
        if (items.size() > MOST_OPERATIONS) {
            throw new IOException(file + " has " + items.size() + " operations, more than " + MOST_OPERATIONS
                    + "; for many puts use kv import");
        }
        return items;
    }

    private BatchItem item(String line, int number) throws IOException {
        try {
            JsonNode json = LINES.readTree(line);
            boolean base64Key = json.path("keyEncoding").asText("").equals("base64");
            boolean base64 = json.path("encoding").asText("").equals("base64");
            ByteString key = ByteString.copyFrom(Outcomes.bytes(text(json, "key"), base64Key));
            String op = text(json, "op");
            return switch (op) {
                case "get" -> new BatchItem.Get(key);
                case "put" ->
                    new BatchItem.Put(
                            key,
                            ByteString.copyFrom(Outcomes.bytes(text(json, "value"), base64)),
                            ByteString.EMPTY,
                            json.has("ttl") ? Converters.duration(text(json, "ttl")) : Duration.ZERO);
                case "delete" -> new BatchItem.Delete(key);
                default -> throw new IllegalArgumentException("op is '" + op + "', but must be get, put or delete");
            };
        } catch (com.fasterxml.jackson.core.JsonProcessingException
                | IllegalArgumentException
                | TypeConversionException e) {
            throw new IOException(file + " line " + number + ": " + firstLine(e), e);
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("field \"" + field + "\" must be a string");
        }
        return value.textValue();
    }

    private void print(List<BatchItem> items, List<Outcome> outcomes) {
        ArrayNode results = Output.JSON.createArrayNode();
        Table table = new Table("KEY", "OUTCOME", "+VERSION", "VALUE OR REASON");
        for (int i = 0; i < items.size(); i++) {
            ByteString key = items.get(i).key();
            JsonNode json = Outcomes.json(key, outcomes.get(i));
            results.add(json);
            table.row(
                    KeyText.of(key),
                    json.path("outcome").asText(),
                    json.path("version").asText("-"),
                    json.path("value").asText(json.path("reason").asText("")));
        }
        output.result(results, table::print);
    }
}
