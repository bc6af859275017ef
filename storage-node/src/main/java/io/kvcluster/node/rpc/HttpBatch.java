package io.kvcluster.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Answers;
import io.kvcluster.node.wire.Refusal;
import io.kvcluster.node.wire.RequestRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** /batch: independent operations, each with its own result. */
final class HttpBatch {
    private static final List<String> PARAMETERS = List.of(HttpParameters.CONSISTENCY, HttpParameters.TIMEOUT);
    private static final List<String> MEMBERS = List.of("operations");
    private static final List<String> PUT_MEMBERS =
            List.of("type", "key", "keyEncoding", "value", "encoding", "context", "ttl");
    private static final List<String> DELETE_MEMBERS = List.of("type", "key", "keyEncoding", "context");
    private static final List<String> GET_MEMBERS = List.of("type", "key", "keyEncoding");

    private final HttpOperations operations;

    HttpBatch(HttpOperations operations) {
        this.operations = operations;
    }

    /** What the operations of one batch share. */
    private record Shared(@Nullable ConsistencyLevel level, long deadlineNanos, String requestId) {}

    HttpAnswer post(HttpCall call) {
        HttpQuery.Parameters query = call.query().read(PARAMETERS);
        Shared shared = new Shared(
                HttpParameters.level(query),
                HttpParameters.deadlineNanos(query, call.arrivedNanos()),
                call.requestId());
        ArrayNode given = operations(HttpJson.object(HttpKv.jsonBody(call), MEMBERS));
        RequestRules.batchOperations(given.size());
        List<Command> commands = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            commands.add(command("operations[" + i + "]", given.get(i), shared));
        }
        RequestRules.batchBytes(commands.stream().mapToLong(HttpBatch::size).sum());
        RequestRules.built(shared.level(), false);
        return answer(commands, operations.run(commands));
    }

    private static ArrayNode operations(ObjectNode body) {
        if (body.get("operations") instanceof ArrayNode array) {
            return array;
        }
        throw HttpJson.invalid(
                "body.operations", "", "an array", "body.operations is missing or no array; it must be an array");
    }

    private static Command command(String at, JsonNode node, Shared shared) {
        ObjectNode any = HttpJson.object(at, node, PUT_MEMBERS);
        String type = HttpJson.requiredText(at, any, "type");
        return switch (type.toUpperCase(Locale.ROOT)) {
            case "GET" -> {
                ObjectNode get = HttpJson.object(at, node, GET_MEMBERS);
                yield new Command.Get(key(at, get), shared.level(), shared.deadlineNanos(), shared.requestId(), false);
            }
            case "PUT" -> {
                byte[] value = HttpKv.value(at, at + ".value", any);
                long ttl = HttpParameters.ttlMillis(at + ".ttl", HttpJson.text(at, any, "ttl"));
                yield new Command.Put(
                        key(at, any),
                        value,
                        context(at, any),
                        ttl,
                        shared.level(),
                        shared.deadlineNanos(),
                        shared.requestId(),
                        false);
            }
            case "DELETE" -> {
                ObjectNode delete = HttpJson.object(at, node, DELETE_MEMBERS);
                yield new Command.Delete(
                        key(at, delete),
                        context(at, delete),
                        shared.level(),
                        shared.deadlineNanos(),
                        shared.requestId(),
                        false);
            }
            default ->
                throw new Refusal(
                                Reason.INVALID_OPERATION,
                                at + ".type",
                                type,
                                "PUT, DELETE, GET",
                                at + ".type '" + Refusal.shorten(type)
                                        + "' is no operation; it must be PUT, DELETE or GET")
                        .refused();
        };
    }

    private static Key key(String at, ObjectNode operation) {
        return HttpParameters.keyInJson(
                at + ".key", HttpJson.requiredText(at, operation, "key"), HttpJson.text(at, operation, "keyEncoding"));
    }

    private static byte[] context(String at, ObjectNode operation) {
        return HttpParameters.context(at + ".context", HttpJson.text(at, operation, "context"));
    }

    private static long size(Command command) {
        return command.key().bytes().length
                + switch (command) {
                    case Command.Get _ -> 0L;
                    case Command.Put put -> (long) put.value().length + put.contextToken().length;
                    case Command.Delete delete -> (long) delete.contextToken().length;
                };
    }

    /** 200 when every operation succeeded, else 207 and each result has its own status. */
    private static HttpAnswer answer(List<Command> commands, List<Outcome> outcomes) {
        ObjectNode json = HttpJson.newObject();
        json.put("transaction", false);
        ArrayNode results = json.putArray("results");
        boolean allDone = true;
        for (int i = 0; i < commands.size(); i++) {
            allDone &= result(commands.get(i), outcomes.get(i), results.addObject());
        }
        return HttpAnswer.json(allDone ? 200 : 207, HttpJson.write(json));
    }

    /** True when it succeeded. */
    private static boolean result(Command command, Outcome outcome, ObjectNode json) {
        json.put("type", type(command));
        HttpResults.key(command.key(), json);
        Optional<Problem> problem = problem(command, outcome);
        if (problem.isPresent()) {
            json.put(
                    "status",
                    Statuses.http(problem.get().reason(), problem.get().unknown()));
            HttpProblems.write(problem.get(), json);
            return false;
        }
        json.put("status", 200);
        if (outcome instanceof Outcome.Applied applied) {
            HttpResults.written(applied, json);
        } else if (outcome instanceof Outcome.Read read) {
            HttpResults.read(read, Answers.shown(read).orElseThrow(), json);
        }
        return true;
    }

    private static Optional<Problem> problem(Command command, Outcome outcome) {
        boolean write = !(command instanceof Command.Get);
        return switch (outcome) {
            case Outcome.Applied _ -> write ? Optional.empty() : Optional.of(Problem.internal(false));
            case Outcome.Read read -> {
                if (write) {
                    yield Optional.of(Problem.internal(true));
                }
                yield Answers.shown(read).isPresent()
                        ? Optional.empty()
                        : Optional.of(Problem.notFound(read, Long.MAX_VALUE));
            }
            case Outcome.NotApplied refused -> Optional.of(Problem.of(refused));
            case Outcome.Unknown unknown -> Optional.of(Problem.of(unknown, write));
        };
    }

    private static String type(Command command) {
        return switch (command) {
            case Command.Get _ -> "GET";
            case Command.Put _ -> "PUT";
            case Command.Delete _ -> "DELETE";
        };
    }
}
