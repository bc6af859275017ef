package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Answers;
import io.kvcluster.node.wire.Levels;
import io.kvcluster.node.wire.Refusal;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why a client gets no result: the one form of it, before gRPC or HTTP dress it.
 *
 * @param effect what the client may assume of the store
 * @param retryable the same request may succeed later
 * @param details more facts by name, in order: texts and whole numbers; names are camel case as in JSON
 */
record Problem(Reason reason, Effect effect, boolean retryable, String message, Map<String, Object> details) {
    enum Effect {
        /** Nothing was, nor will be, applied. */
        NONE,
        /** A write may have been applied, now or later. */
        MAYBE_APPLIED,
        /** A read without an answer: there was nothing to apply. */
        READ_UNANSWERED
    }

    /** Base64 without padding, safe in URLs and headers: how contexts and binary keys are written in text. */
    static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    boolean unknown() {
        return effect != Effect.NONE;
    }

    static Problem of(Refusal refusal) {
        Map<String, Object> details = new LinkedHashMap<>();
        putUnlessEmpty(details, "field", refusal.field());
        putUnlessEmpty(details, "value", refusal.value());
        putUnlessEmpty(details, "limit", refusal.limit());
        // Of all that is found before a command exists, only lack of room passes by itself.
        boolean retryable = refusal.reason() == Reason.OVERLOADED;
        return new Problem(refusal.reason(), Effect.NONE, retryable, refusal.message(), details);
    }

    static Problem of(Outcome.NotApplied refused) {
        return new Problem(refused.reason(), Effect.NONE, refused.retryable(), refused.message(), Map.of());
    }

    static Problem of(Outcome.Unknown unknown, boolean write) {
        if (!write) {
            return new Problem(unknown.reason(), Effect.READ_UNANSWERED, true, unknown.message(), Map.of());
        }
        String message = unknown.message().contains("may have been applied")
                ? unknown.message()
                : unknown.message() + "; the write may have been applied";
        return new Problem(unknown.reason(), Effect.MAYBE_APPLIED, false, message, Map.of());
    }

    /** @param callerEpoch of the caller's ring, 0 for none: a newer one is named */
    static Problem notFound(Outcome.Read read, long callerEpoch) {
        Map<String, Object> details = new LinkedHashMap<>();
        putUnlessEmpty(details, "context", BASE64URL.encodeToString(read.contextToken()));
        details.put("consistency", Levels.name(read.service().level()));
        details.put("node", read.service().node());
        details.put("replicas", read.service().replicas());
        if (callerEpoch < read.service().ringEpoch()) {
            details.put("ringEpoch", read.service().ringEpoch());
        }
        return new Problem(Reason.NOT_FOUND, Effect.NONE, false, Answers.NOT_FOUND_MESSAGE, details);
    }

    static Problem noRing() {
        return new Problem(
                Reason.NO_RING,
                Effect.NONE,
                true,
                "this node has no ring yet; the operator has not sent one",
                Map.of());
    }

    static Problem overloaded(String what) {
        return new Problem(
                Reason.OVERLOADED, Effect.NONE, true, what + "; nothing was applied, try again later", Map.of());
    }

    static Problem shuttingDown() {
        return new Problem(
                Reason.SHUTTING_DOWN, Effect.NONE, true, "this node is shutting down; ask another", Map.of());
    }

    /** A bug, after which nobody knows. What it was stands in the log, never in an answer. */
    static Problem internal(boolean write) {
        return of(new Outcome.Unknown(Reason.INTERNAL, "this node met an error of its own; its log tells more"), write);
    }

    private static void putUnlessEmpty(Map<String, Object> details, String name, String value) {
        if (!value.isEmpty()) {
            details.put(name, value);
        }
    }
}
