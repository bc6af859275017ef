package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.json.Json;
import java.util.OptionalLong;

/**
 * How a deletion is to be done. Empty texts mean "not given".
 *
 * @param graceSeconds time for a pod to end; other kinds ignore it
 * @param uid delete only the object with this uid
 * @param resourceVersion delete only this version
 */
public record DeleteOptions(
        boolean dryRun, OptionalLong graceSeconds, Propagation propagation, String uid, String resourceVersion) {
    /** What happens to the objects that this one owns. */
    public enum Propagation {
        BACKGROUND,
        FOREGROUND,
        ORPHAN
    }

    public static final DeleteOptions PLAIN =
            new DeleteOptions(false, OptionalLong.empty(), Propagation.BACKGROUND, "", "");

    /** At once, as a kubelet confirms the end of a pod; only the object with this uid. */
    public static DeleteOptions confirmed(String uid) {
        return new DeleteOptions(false, OptionalLong.of(0), Propagation.BACKGROUND, uid, "");
    }

    /** Only the object with this uid, at the object's own pace. */
    public static DeleteOptions only(String uid) {
        return new DeleteOptions(false, OptionalLong.empty(), Propagation.BACKGROUND, uid, "");
    }

    /** Reads the body of a DELETE request. */
    public static DeleteOptions of(JsonNode body) {
        JsonNode grace = body.path("gracePeriodSeconds");
        Propagation propagation = switch (Json.text(body, "propagationPolicy")) {
            case "Orphan" -> Propagation.ORPHAN;
            case "Foreground" -> Propagation.FOREGROUND;
            default -> body.path("orphanDependents").asBoolean(false) ? Propagation.ORPHAN : Propagation.BACKGROUND;
        };
        return new DeleteOptions(
                body.path("dryRun").path(0).asText("").equals("All"),
                grace.isIntegralNumber() ? OptionalLong.of(grace.longValue()) : OptionalLong.empty(),
                propagation,
                Json.text(body, "preconditions", "uid"),
                Json.text(body, "preconditions", "resourceVersion"));
    }
}
