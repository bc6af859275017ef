package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.store.Transaction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives a Service its cluster address and its ports their targets. Nothing listens on a cluster address here. */
final class ServiceRules implements KindRules {
    private static final int MAX_ADDRESSES = 250 * 250;

    @Override
    public void complete(ObjectNode object, @Nullable ObjectNode old, Transaction tx) {
        ObjectNode spec = Json.child(object, "spec");
        for (JsonNode port : spec.path("ports")) {
            if (!port.has("targetPort")) {
                ((ObjectNode) port).set("targetPort", port.path("port"));
            }
        }
        if (Json.text(spec, "type").equals("ExternalName")) {
            return;
        }
        if (Json.text(spec, "clusterIP").isEmpty()) {
            String kept = old == null ? "" : Json.text(old, "spec", "clusterIP");
            spec.put("clusterIP", kept.isEmpty() ? freeAddress(tx) : kept);
        }
        if (!spec.has("clusterIPs")) {
            spec.putArray("clusterIPs").add(Json.text(spec, "clusterIP"));
        }
        if (!spec.has("ipFamilies")) {
            spec.putArray("ipFamilies").add("IPv4");
            spec.put("ipFamilyPolicy", "SingleStack");
        }
        if (!object.has("status")) {
            object.putObject("status").putObject("loadBalancer");
        }
    }

    private static String freeAddress(Transaction tx) {
        Set<String> taken = new HashSet<>();
        tx.list("services", "").forEach(service -> taken.add(Json.text(service, "spec", "clusterIP")));
        for (int i = 1; i < MAX_ADDRESSES; i++) {
            String address = "10.96." + i / 250 + "." + (i % 250 + 1);
            if (!taken.contains(address)) {
                return address;
            }
        }
        throw new IllegalStateException("no free cluster address");
    }

    @Override
    public List<FieldError> check(ObjectNode object, @Nullable ObjectNode old) {
        JsonNode spec = object.path("spec");
        List<FieldError> errors = new ArrayList<>();
        boolean headless = Json.text(spec, "clusterIP").equals("None");
        if (spec.path("ports").isEmpty()
                && !headless
                && !Json.text(spec, "type").equals("ExternalName")) {
            errors.add(FieldError.required("spec.ports"));
        }
        for (int i = 0; i < spec.path("ports").size(); i++) {
            int port = spec.path("ports").path(i).path("port").asInt(0);
            if (port < 1 || port > 65535) {
                errors.add(FieldError.invalid(
                        "spec.ports[" + i + "].port", String.valueOf(port), "must be between 1 and 65535, inclusive"));
            }
            if (spec.path("ports").size() > 1
                    && Json.text(spec.path("ports").path(i), "name").isEmpty()) {
                errors.add(FieldError.required("spec.ports[" + i + "].name"));
            }
        }
        if (old != null
                && !Json.text(old, "spec", "clusterIP").equals(Json.text(spec, "clusterIP"))
                && !Json.text(spec, "type").equals("ExternalName")) {
            errors.add(FieldError.invalid(
                    "spec.clusterIPs[0]", spec.path("clusterIPs").toString(), "may not change once set"));
        }
        return errors;
    }
}
