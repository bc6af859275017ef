package io.kvcluster.local.api.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of Kubernetes' JSONPath that printer columns use: {@code .a.b}, {@code ['a.b']}, {@code [0]}, {@code [*]} and
 * {@code [?(@.type=="Ready")]}.
 */
final class JsonPath {
    private static final Pattern STEP = Pattern.compile("\\.(?<field>(?:\\\\.|[^.\\[\\\\])+)"
            + "|\\[(?<index>\\d+)]|(?<all>\\[\\*])|\\['(?<quoted>[^']*)']"
            + "|\\[\\?\\(@\\.(?<key>[\\w.]+)\\s*==\\s*[\"'](?<value>[^\"']*)[\"']\\)]");

    private JsonPath() {}

    /** Every value at the path; none when the path leads nowhere or is not understood. */
    static List<JsonNode> find(JsonNode root, String path) {
        List<JsonNode> here = List.of(root);
        Matcher step = STEP.matcher(path);
        int at = 0;
        while (at < path.length()) {
            if (!step.find(at) || step.start() != at) {
                return List.of();
            }
            List<JsonNode> next = new ArrayList<>();
            here.forEach(node -> follow(node, step, next));
            here = next;
            at = step.end();
        }
        return here;
    }

    private static void follow(JsonNode node, Matcher step, List<JsonNode> next) {
        if (step.group("field") != null) {
            add(node.get(step.group("field").replace("\\", "")), next);
        } else if (step.group("quoted") != null) {
            add(node.get(step.group("quoted")), next);
        } else if (step.group("index") != null) {
            add(node.get(Integer.parseInt(step.group("index"))), next);
        } else if (step.group("all") != null) {
            node.forEach(next::add);
        } else {
            String[] key = step.group("key").split("\\.");
            for (JsonNode item : node) {
                if (io.kvcluster.local.api.json.Json.text(item, key).equals(step.group("value"))) {
                    next.add(item);
                }
            }
        }
    }

    private static void add(@org.jspecify.annotations.Nullable JsonNode found, List<JsonNode> next) {
        if (found != null && !found.isNull()) {
            next.add(found);
        }
    }
}
