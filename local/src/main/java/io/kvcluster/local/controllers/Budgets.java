package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import io.kvcluster.local.api.select.LabelSelector;
import java.util.List;

/** The status of disruption budgets. Nothing evicts pods here; the numbers are for people who look. */
final class Budgets implements Pass {
    private static final WriteOptions OPTIONS = WriteOptions.by("disruption-controller");

    @Override
    public void run(Resources resources) {
        ResourceKind kind =
                resources.catalog().find("policy", "v1", "poddisruptionbudgets").orElseThrow();
        for (ObjectNode budget : resources.list(kind, "")) {
            LabelSelector selector = LabelSelector.of(Json.at(budget, "spec", "selector"));
            List<ObjectNode> pods = resources.list(BuiltInKinds.POD, Objects.namespace(budget)).stream()
                    .filter(selector)
                    .toList();
            int healthy = (int) pods.stream().filter(StatefulSets::isReady).count();
            int desired = desired(budget, pods.size());
            ObjectNode status = Json.child(budget.deepCopy(), "status");
            status.put("expectedPods", pods.size())
                    .put("currentHealthy", healthy)
                    .put("desiredHealthy", desired)
                    .put("disruptionsAllowed", Math.max(0, healthy - desired));
            status.set("observedGeneration", Json.at(budget, "metadata", "generation"));
            if (!Json.normalised(status).equals(budget.path("status"))) {
                resources.edit(
                        kind,
                        Objects.namespace(budget),
                        Objects.name(budget),
                        "status",
                        OPTIONS,
                        object -> object.set("status", status));
            }
        }
    }

    private static int desired(JsonNode budget, int pods) {
        JsonNode least = Json.at(budget, "spec", "minAvailable");
        if (Json.present(least)) {
            return number(least, pods);
        }
        JsonNode most = Json.at(budget, "spec", "maxUnavailable");
        return Json.present(most) ? Math.max(0, pods - number(most, pods)) : 0;
    }

    private static int number(JsonNode value, int pods) {
        String text = value.asText();
        return text.endsWith("%")
                ? (int) Math.ceil(Integer.parseInt(text.substring(0, text.length() - 1)) * pods / 100.0)
                : value.asInt();
    }
}
