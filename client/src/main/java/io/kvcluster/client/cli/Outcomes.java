package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.Outcome;
import io.kvcluster.client.ServedBy;
import io.kvcluster.client.WriteOutcome;
import io.kvcluster.client.bulk.KeyText;
import java.util.Base64;

/** Outcomes as objects for programs, and as exit codes. */
final class Outcomes {
    private Outcomes() {}

    static int exitCode(Outcome outcome) {
        return switch (outcome) {
            case GetOutcome.Found _, WriteOutcome.Applied _ -> ExitCode.DONE;
            case GetOutcome.NotFound _, GetOutcome.Failed _, WriteOutcome.NotApplied _ -> ExitCode.FAILED;
            case WriteOutcome.Unknown _ -> ExitCode.UNKNOWN;
        };
    }

    static ObjectNode json(ByteString key, Outcome outcome) {
        ObjectNode json = Output.object();
        KeyText.write(json, key);
        switch (outcome) {
            case GetOutcome.Found found -> {
                json.put("outcome", "found");
                KeyText.write(json, "value", "encoding", found.value());
                json.put("version", found.version()).put("context", base64(found.context()));
                siblings(json, found);
                served(json, found.servedBy());
            }
            case GetOutcome.NotFound(ByteString context) ->
                json.put("outcome", "not-found").put("context", base64(context));
            case GetOutcome.Failed(String reason, String message, boolean retryable) ->
                refused(json, "failed", reason, message).put("retryable", retryable);
            case WriteOutcome.Applied(long version, ByteString context, ServedBy servedBy) -> {
                json.put("outcome", "applied").put("version", version).put("context", base64(context));
                served(json, servedBy);
            }
            case WriteOutcome.NotApplied(String reason, String message, boolean retryable) ->
                refused(json, "not-applied", reason, message).put("retryable", retryable);
            case WriteOutcome.Unknown(String reason, String message) -> refused(json, "unknown", reason, message);
        }
        return json;
    }

    /** For people: why there is no result, and what to do. */
    static void complain(Output output, String what, ByteString key, Outcome outcome) {
        String name = KeyText.of(key);
        switch (outcome) {
            case GetOutcome.Found _, WriteOutcome.Applied _ -> {}
            case GetOutcome.NotFound _ -> output.complain("key '" + name + "' has no value");
            case GetOutcome.Failed(String reason, String message, boolean retryable) ->
                output.complain("could not read '" + name + "': " + message + " [" + reason + "]" + next(retryable));
            case WriteOutcome.NotApplied(String reason, String message, boolean retryable) ->
                output.complain(
                        what + " '" + name + "' was not applied: " + message + " [" + reason + "]" + next(retryable));
            case WriteOutcome.Unknown(String reason, String message) ->
                output.complain(
                        what + " '" + name + "' has an unknown outcome: it may have been applied, or may still be. "
                                + message + " [" + reason + "]\nLook with: kv get -c quorum " + name);
        }
    }

    static byte[] bytes(String text, boolean base64) {
        if (!base64) {
            return ByteString.copyFromUtf8(text).toByteArray();
        }
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("'" + text + "' is not base64");
        }
    }

    private static String next(boolean retryable) {
        return retryable ? "\nNothing is wrong with the request: try again, or see kv status" : "";
    }

    private static void siblings(ObjectNode json, GetOutcome.Found found) {
        if (!found.siblings().isEmpty()) {
            ArrayNode siblings = json.putArray("siblings");
            for (GetOutcome.Sibling sibling : found.siblings()) {
                ObjectNode one = siblings.addObject();
                KeyText.write(one, "value", "encoding", sibling.value());
                one.put("version", sibling.version()).put("deleted", sibling.deleted());
            }
        }
    }

    private static void served(ObjectNode json, ServedBy by) {
        json.put("consistency", by.level().label()).put("node", by.node()).put("replicas", by.replicas());
    }

    private static ObjectNode refused(ObjectNode json, String outcome, String reason, String message) {
        return json.put("outcome", outcome).put("reason", reason).put("message", message);
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
