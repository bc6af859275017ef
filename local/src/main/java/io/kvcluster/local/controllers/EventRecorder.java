package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes events; the same event again raises the count of the first. An event that cannot be written is only logged. */
public final class EventRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);

    private final Resources resources;
    private final Clock clock;
    private final String component;

    public EventRecorder(Resources resources, Clock clock, String component) {
        this.resources = resources;
        this.clock = clock;
        this.component = component;
    }

    public void normal(JsonNode object, String reason, String message) {
        record(object, "Normal", reason, message);
    }

    public void warning(JsonNode object, String reason, String message) {
        record(object, "Warning", reason, message);
    }

    private void record(JsonNode object, String type, String reason, String message) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String namespace = Objects.namespace(object);
        String name =
                Objects.name(object) + "." + Integer.toHexString((Objects.uid(object) + reason + message).hashCode());
        WriteOptions options = WriteOptions.by(component);
        try {
            Optional<ObjectNode> known = resources.find(BuiltInKinds.EVENT, namespace, name);
            if (known.isPresent()) {
                resources.edit(
                        BuiltInKinds.EVENT,
                        namespace,
                        name,
                        "",
                        options,
                        event -> event.put("count", event.path("count").asInt(1) + 1)
                                .put("lastTimestamp", now));
                return;
            }
            ObjectNode event = Json.object();
            Json.metadata(event).put("name", name);
            event.putObject("involvedObject")
                    .put("apiVersion", Json.text(object, "apiVersion"))
                    .put("kind", Json.text(object, "kind"))
                    .put("namespace", namespace)
                    .put("name", Objects.name(object))
                    .put("uid", Objects.uid(object));
            event.put("type", type).put("reason", reason).put("message", message);
            event.put("count", 1).put("firstTimestamp", now).put("lastTimestamp", now);
            event.putObject("source").put("component", component);
            event.put("reportingComponent", component).put("reportingInstance", "");
            resources.create(BuiltInKinds.EVENT, namespace, event, options);
        } catch (ApiError e) {
            LOG.debug("event {} of {} is lost: {}", reason, Objects.name(object), e.getMessage());
        }
    }
}
