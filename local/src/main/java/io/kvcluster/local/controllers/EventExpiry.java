package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.Resources;
import java.time.Clock;
import java.time.Duration;

/** Forgets events after an hour, as the real API server does. */
final class EventExpiry implements Pass {
    private static final Duration KEPT = Duration.ofHours(1);

    private final Clock clock;

    EventExpiry(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void run(Resources resources) {
        String oldest = clock.instant().minus(KEPT).toString();
        for (ObjectNode event : resources.list(BuiltInKinds.EVENT, "")) {
            String last = Json.text(event, "lastTimestamp");
            String seen = last.isEmpty() ? Json.text(event, "metadata", "creationTimestamp") : last;
            if (seen.compareTo(oldest) < 0) {
                resources.delete(
                        BuiltInKinds.EVENT, Objects.namespace(event), Objects.name(event), DeleteOptions.PLAIN);
            }
        }
    }
}
