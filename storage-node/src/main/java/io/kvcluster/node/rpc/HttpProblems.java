package io.kvcluster.node.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.node.command.Reason;
import java.util.Locale;
import java.util.Map;

/** Problems as RFC 9457 JSON. */
final class HttpProblems {
    static final String CONTENT_TYPE = "application/problem+json";

    /** Seconds; most of what passes by itself does so within a failure detection. */
    private static final String RETRY_AFTER_SECONDS = "1";

    private HttpProblems() {}

    static HttpAnswer answer(Problem problem) {
        return answer(problem, HttpJson.newObject());
    }

    /** @param more members that follow those of the problem */
    static HttpAnswer answer(Problem problem, ObjectNode more) {
        int status = Statuses.http(problem.reason(), problem.unknown());
        ObjectNode json = HttpJson.newObject();
        json.put("type", "urn:kvcluster:problem:" + dashed(problem.reason()));
        json.put("title", title(problem.reason()));
        json.put("status", status);
        write(problem, json);
        json.setAll(more);
        HttpAnswer answer = new HttpAnswer(status, CONTENT_TYPE, HttpJson.write(json), Map.of(), false);
        boolean again = problem.effect() == Problem.Effect.NONE && problem.retryable();
        return again ? answer.with("Retry-After", RETRY_AFTER_SECONDS) : answer;
    }

    /** The members that the results of a batch share with a problem of its own. */
    static void write(Problem problem, ObjectNode json) {
        json.put("detail", problem.message());
        json.put("reason", problem.reason().name());
        problem.details().forEach(json::putPOJO);
        if (problem.effect() == Problem.Effect.MAYBE_APPLIED) {
            json.put("mayHaveBeenApplied", true);
        }
        json.put("retryable", problem.retryable());
    }

    private static String dashed(Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String title(Reason reason) {
        String words = reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
