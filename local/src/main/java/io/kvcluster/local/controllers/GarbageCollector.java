package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Deletes objects whose owners are all gone (background), lets an owner that waits for its dependents go when there are
 * none left (foreground), and cuts dependents loose from an owner that leaves them behind (orphan).
 */
final class GarbageCollector implements Pass {
    private static final String FOREGROUND = "foregroundDeletion";
    private static final String ORPHAN = "orphan";
    private static final WriteOptions OPTIONS = WriteOptions.by("garbage-collector");

    private record Found(ResourceKind kind, ObjectNode object) {
        String namespace() {
            return Objects.namespace(object);
        }

        String name() {
            return Objects.name(object);
        }
    }

    @Override
    public void run(Resources resources) {
        Map<String, Found> byUid = new HashMap<>();
        resources
                .everything()
                .forEach((kind, objects) ->
                        objects.forEach(object -> byUid.put(Objects.uid(object), new Found(kind, object))));
        for (Found found : List.copyOf(byUid.values())) {
            JsonNode owners = Json.at(found.object(), "metadata", "ownerReferences");
            if (!owners.isEmpty() && !Objects.isDeleting(found.object())) {
                collect(resources, found, owners, byUid);
            }
        }
        for (Found found : byUid.values()) {
            if (Objects.isDeleting(found.object())) {
                release(resources, found, byUid);
            }
        }
    }

    private static void collect(Resources resources, Found found, JsonNode owners, Map<String, Found> byUid) {
        boolean anyLeft = false;
        boolean waitedFor = false;
        for (JsonNode reference : owners) {
            Found owner = byUid.get(Json.text(reference, "uid"));
            if (owner != null) {
                anyLeft = true;
                waitedFor |= Objects.isDeleting(owner.object()) && Objects.hasFinalizer(owner.object(), FOREGROUND);
                if (Objects.isDeleting(owner.object()) && Objects.hasFinalizer(owner.object(), ORPHAN)) {
                    disown(resources, found, Objects.uid(owner.object()));
                    return;
                }
            }
        }
        if (!anyLeft || waitedFor && owners.size() == 1) {
            resources.delete(
                    found.kind(), found.namespace(), found.name(), DeleteOptions.only(Objects.uid(found.object())));
        }
    }

    private static void disown(Resources resources, Found found, String ownerUid) {
        resources.edit(found.kind(), found.namespace(), found.name(), "", OPTIONS, object -> {
            if (Json.at(object, "metadata", "ownerReferences") instanceof ArrayNode references) {
                for (int i = references.size() - 1; i >= 0; i--) {
                    if (Json.text(references.get(i), "uid").equals(ownerUid)) {
                        references.remove(i);
                    }
                }
            }
        });
    }

    private static void release(Resources resources, Found owner, Map<String, Found> byUid) {
        for (String finalizer : List.of(FOREGROUND, ORPHAN)) {
            boolean held = byUid.values().stream().anyMatch(found -> Objects.isOwnedBy(found.object(), owner.object()));
            if (Objects.hasFinalizer(owner.object(), finalizer) && !held) {
                resources.edit(
                        owner.kind(),
                        owner.namespace(),
                        owner.name(),
                        "",
                        OPTIONS,
                        object -> Objects.removeText(Json.at(object, "metadata", "finalizers"), finalizer));
                return;
            }
        }
    }
}
