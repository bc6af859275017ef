package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.store.ObjectKey;
import io.kvcluster.local.api.store.Transaction;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Deleting: at once, or by a deletion timestamp when finalizers or a running pod must go first. */
final class Deletions {
    private static final int FINISHED_POD_GRACE = 0;

    private final Clock clock;

    Deletions(Clock clock) {
        this.clock = clock;
    }

    Written delete(Transaction tx, ResourceKind kind, String namespace, String name, DeleteOptions options) {
        ObjectNode old = Writes.required(tx, kind, namespace, name);
        checkPreconditions(kind, old, options);
        ObjectNode next = old.deepCopy();
        addPropagation(next, options.propagation());
        long grace = kind.resource().equals("pods") ? podGrace(old, options) : 0;
        ObjectNode metadata = Json.metadata(next);
        boolean already = metadata.has("deletionTimestamp");
        if (!already || grace < metadata.path("deletionGracePeriodSeconds").asLong(0)) {
            metadata.put(
                    "deletionTimestamp",
                    clock.instant()
                            .plusSeconds(grace)
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString());
            metadata.put("deletionGracePeriodSeconds", grace);
            if (metadata.has("generation")) {
                metadata.put("generation", metadata.path("generation").asLong() + 1);
            }
        }
        KindRules.of(kind.resource()).complete(next, old, tx);
        next = Json.normalised(next);
        ObjectKey key = Writes.key(kind, namespace, name);
        if (isDone(next, kind)) {
            if (!options.dryRun()) {
                tx.delete(key);
            }
            return Written.removed(next);
        }
        boolean store = !options.dryRun() && !next.equals(old);
        return Written.updated(store ? tx.put(key, next) : next, List.of());
    }

    /** Whether nothing holds an object back that is being deleted. */
    static boolean isDone(ObjectNode object, ResourceKind kind) {
        JsonNode metadata = object.path("metadata");
        boolean heldByNamespace = kind.resource().equals("namespaces")
                && !Json.at(object, "spec", "finalizers").isEmpty();
        return metadata.has("deletionTimestamp")
                && metadata.path("finalizers").isEmpty()
                && metadata.path("deletionGracePeriodSeconds").asLong(0) == 0
                && !heldByNamespace;
    }

    private static void checkPreconditions(ResourceKind kind, ObjectNode old, DeleteOptions options) {
        String name = Json.text(old, "metadata", "name");
        // The real API server words this one with the kind of custom objects, and with the resource of others.
        ApiError.About about =
                kind.custom() ? new ApiError.About(kind.group(), kind.kind(), kind.kind(), name) : kind.about(name);
        String uid = Json.text(old, "metadata", "uid");
        if (!options.uid().isEmpty() && !options.uid().equals(uid)) {
            throw ApiError.conflict(
                    about,
                    "the UID in the precondition (" + options.uid() + ") does not match the UID in record (" + uid
                            + "). The object might have been deleted and then recreated");
        }
        String version = Json.text(old, "metadata", "resourceVersion");
        if (!options.resourceVersion().isEmpty() && !options.resourceVersion().equals(version)) {
            throw ApiError.conflict(
                    about,
                    "the ResourceVersion in the precondition (" + options.resourceVersion()
                            + ") does not match the ResourceVersion in record (" + version
                            + "). The object might have been modified");
        }
    }

    private static void addPropagation(ObjectNode object, DeleteOptions.Propagation propagation) {
        String finalizer = switch (propagation) {
            case BACKGROUND -> "";
            case FOREGROUND -> "foregroundDeletion";
            case ORPHAN -> "orphan";
        };
        if (finalizer.isEmpty() || Json.metadata(object).has("deletionTimestamp")) {
            return;
        }
        ArrayNode finalizers = Json.childArray(Json.metadata(object), "finalizers");
        for (JsonNode present : finalizers) {
            if (present.asText().equals(finalizer)) {
                return;
            }
        }
        finalizers.add(finalizer);
    }

    private static long podGrace(ObjectNode pod, DeleteOptions options) {
        String phase = Json.text(pod, "status", "phase");
        boolean over = phase.equals("Succeeded") || phase.equals("Failed");
        if (over || Json.text(pod, "spec", "nodeName").isEmpty()) {
            return FINISHED_POD_GRACE;
        }
        long own = Json.at(pod, "spec", "terminationGracePeriodSeconds").asLong(30);
        return Math.max(0, options.graceSeconds().orElse(own));
    }
}
