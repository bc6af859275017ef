package io.kvcluster.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A history on disk: one JSON object a line, written by one write call as it happens, so that a killed process leaves
 * all lines but at most a torn last one. Any number of threads may append. Lines survive the death of the process, not
 * that of the machine: they are not forced.
 */
public final class HistoryFile implements Consumer<HistoryEvent>, Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FileChannel channel;

    private HistoryFile(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws java.nio.file.FileAlreadyExistsException when the file exists: a history is never mixed with another */
    public static HistoryFile create(Path path) throws IOException {
        return new HistoryFile(FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
    }

    /** @throws UncheckedIOException when the line cannot be written: the run is then worth nothing and must stop */
    @Override
    public void accept(HistoryEvent event) {
        try {
            ByteBuffer line =
                    ByteBuffer.wrap((JSON.writeValueAsString(toJson(event)) + "\n").getBytes(StandardCharsets.UTF_8));
            int length = line.remaining();
            int written = channel.write(line);
            if (written != length) {
                throw new IOException("only " + written + " of " + length + " bytes of a history line were written");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("history line of operation " + event.id() + " not written", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Reads what a running, finished or killed process wrote; only the last line may be torn. */
    public static History read(Path path) throws IOException {
        return parse(Files.readString(path), path.toString());
    }

    static History parse(String text, String source) throws IOException {
        List<String> lines = text.lines().toList();
        boolean lastIsWhole = text.endsWith("\n");
        List<HistoryEvent> events = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            try {
                events.add(fromJson(JSON.readTree(line)));
            } catch (JsonProcessingException | IllegalArgumentException e) {
                if (i == lines.size() - 1 && !lastIsWhole) {
                    break;
                }
                throw new IOException(source + " line " + (i + 1) + " is no history event: " + e.getMessage(), e);
            }
        }
        return History.ofEvents(events);
    }

    private static ObjectNode toJson(HistoryEvent event) {
        ObjectNode json = JSON.createObjectNode();
        switch (event) {
            case HistoryEvent.Invoked invoked -> {
                json.put("event", "invoke").put("id", invoked.id()).put("nanos", invoked.nanos());
                json.put("client", invoked.client()).put("key", invoked.key());
                switch (invoked.action()) {
                    case Action.Get _ -> json.put("op", "get");
                    case Action.Put(String value) -> json.put("op", "put").put("value", value);
                    case Action.Delete _ -> json.put("op", "delete");
                }
            }
            case HistoryEvent.Completed completed -> {
                json.put("event", "complete").put("id", completed.id()).put("nanos", completed.nanos());
                switch (completed.outcome()) {
                    case Outcome.Found(String value) ->
                        json.put("outcome", "found").put("value", value);
                    case Outcome.Absent _ -> json.put("outcome", "absent");
                    case Outcome.Applied _ -> json.put("outcome", "applied");
                    case Outcome.NotApplied(String why) ->
                        json.put("outcome", "not-applied").put("reason", why);
                    case Outcome.Unknown(String why) ->
                        json.put("outcome", "unknown").put("reason", why);
                }
            }
        }
        return json;
    }

    private static HistoryEvent fromJson(JsonNode json) {
        long id = number(json, "id");
        long nanos = number(json, "nanos");
        return switch (text(json, "event")) {
            case "invoke" -> new HistoryEvent.Invoked(id, nanos, text(json, "client"), text(json, "key"), action(json));
            case "complete" -> new HistoryEvent.Completed(id, nanos, outcome(json));
            default ->
                throw new IllegalArgumentException("event is " + text(json, "event") + ", not invoke or complete");
        };
    }

    private static Action action(JsonNode json) {
        return switch (text(json, "op")) {
            case "get" -> Action.get();
            case "put" -> Action.put(text(json, "value"));
            case "delete" -> Action.delete();
            default -> throw new IllegalArgumentException("op is " + text(json, "op") + ", not get, put or delete");
        };
    }

    private static Outcome outcome(JsonNode json) {
        return switch (text(json, "outcome")) {
            case "found" -> Outcome.found(text(json, "value"));
            case "absent" -> Outcome.absent();
            case "applied" -> Outcome.applied();
            case "not-applied" -> Outcome.notApplied(text(json, "reason"));
            case "unknown" -> Outcome.unknown(text(json, "reason"));
            default -> throw new IllegalArgumentException("outcome " + text(json, "outcome") + " is not known");
        };
    }

    private static String text(JsonNode json, String field) {
        JsonNode node = json.path(field);
        if (!node.isTextual()) {
            throw new IllegalArgumentException("field " + field + " must be a string");
        }
        return node.textValue();
    }

    private static long number(JsonNode json, String field) {
        JsonNode node = json.path(field);
        if (!node.isIntegralNumber()) {
            throw new IllegalArgumentException("field " + field + " must be an integer");
        }
        return node.longValue();
    }
}
