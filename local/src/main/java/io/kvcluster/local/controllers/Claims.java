package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds each volume claim to a folder of its own, and removes the folder when the claim has been deleted. A claim that a
 * pod still uses is kept until the pod is gone. Sizes are recorded, not enforced.
 */
final class Claims implements Pass {
    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
    private static final String IN_USE = "kubernetes.io/pvc-protection";
    private static final String DEFAULT_CLASS = "local";
    private static final WriteOptions OPTIONS = WriteOptions.by("volume-controller");

    private final Path folder;

    Claims(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    @Override
    public void run(Resources resources) {
        for (ObjectNode claim : resources.list(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, "")) {
            if (Objects.isDeleting(claim)) {
                release(resources, claim);
            } else if (!Json.text(claim, "status", "phase").equals("Bound")) {
                bind(resources, claim);
            } else {
                grow(resources, claim);
            }
        }
        for (ObjectNode volume : resources.list(BuiltInKinds.PERSISTENT_VOLUME, "")) {
            reclaim(resources, volume);
        }
    }

    private void bind(Resources resources, ObjectNode claim) {
        String volumeName = "pvc-" + Objects.uid(claim);
        if (resources.find(BuiltInKinds.PERSISTENT_VOLUME, "", volumeName).isEmpty()) {
            Path path = folder.resolve(Objects.namespace(claim) + "." + Objects.name(claim) + "."
                    + Objects.uid(claim).substring(0, 8));
            try {
                Files.createDirectories(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            resources.create(BuiltInKinds.PERSISTENT_VOLUME, "", volume(claim, volumeName, path), OPTIONS);
        }
        edit(resources, claim, "", object -> {
            Json.child(object, "spec").put("volumeName", volumeName).put("storageClassName", storageClass(claim));
            Json.childArray(Json.metadata(object), "finalizers").add(IN_USE);
        });
        edit(resources, claim, "status", object -> {
            ObjectNode status = Json.child(object, "status");
            status.put("phase", "Bound");
            status.set("accessModes", Json.at(claim, "spec", "accessModes"));
            Json.child(status, "capacity").put("storage", size(claim));
        });
    }

    private static ObjectNode volume(ObjectNode claim, String name, Path path) {
        ObjectNode volume = Json.object();
        Json.metadata(volume).put("name", name);
        ObjectNode spec = volume.putObject("spec");
        spec.putObject("capacity").put("storage", size(claim));
        spec.set("accessModes", Json.at(claim, "spec", "accessModes"));
        spec.put("persistentVolumeReclaimPolicy", "Delete").put("storageClassName", storageClass(claim));
        spec.putObject("hostPath").put("path", path.toString());
        spec.putObject("claimRef")
                .put("apiVersion", "v1")
                .put("kind", "PersistentVolumeClaim")
                .put("namespace", Objects.namespace(claim))
                .put("name", Objects.name(claim))
                .put("uid", Objects.uid(claim));
        return volume;
    }

    private static String storageClass(JsonNode claim) {
        String asked = Json.text(claim, "spec", "storageClassName");
        return asked.isEmpty() ? DEFAULT_CLASS : asked;
    }

    private static String size(JsonNode claim) {
        return Json.text(claim, "spec", "resources", "requests", "storage");
    }

    private static void grow(Resources resources, ObjectNode claim) {
        if (!size(claim).equals(Json.text(claim, "status", "capacity", "storage"))) {
            String size = size(claim);
            resources.edit(
                    BuiltInKinds.PERSISTENT_VOLUME,
                    "",
                    Json.text(claim, "spec", "volumeName"),
                    "",
                    OPTIONS,
                    volume -> Json.child(Json.child(volume, "spec"), "capacity").put("storage", size));
            edit(
                    resources,
                    claim,
                    "status",
                    object ->
                            Json.child(Json.child(object, "status"), "capacity").put("storage", size));
        }
    }

    private static void release(Resources resources, ObjectNode claim) {
        boolean used = resources.list(BuiltInKinds.POD, Objects.namespace(claim)).stream()
                .anyMatch(pod -> uses(pod, Objects.name(claim)));
        if (!used && Objects.hasFinalizer(claim, IN_USE)) {
            edit(resources, claim, "", object -> Objects.removeText(Json.at(object, "metadata", "finalizers"), IN_USE));
        }
    }

    private static boolean uses(JsonNode pod, String claim) {
        for (JsonNode volume : Json.at(pod, "spec", "volumes")) {
            if (Json.text(volume, "persistentVolumeClaim", "claimName").equals(claim)) {
                return true;
            }
        }
        return false;
    }

    private void reclaim(Resources resources, ObjectNode volume) {
        JsonNode ref = Json.at(volume, "spec", "claimRef");
        boolean claimed = resources
                .find(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, Json.text(ref, "namespace"), Json.text(ref, "name"))
                .filter(claim -> Objects.uid(claim).equals(Json.text(ref, "uid")))
                .isPresent();
        String phase = claimed ? "Bound" : "Released";
        if (!phase.equals(Json.text(volume, "status", "phase"))) {
            resources.edit(
                    BuiltInKinds.PERSISTENT_VOLUME,
                    "",
                    Objects.name(volume),
                    "status",
                    OPTIONS,
                    object -> Json.child(object, "status").put("phase", phase));
        }
        if (!claimed
                && Json.text(volume, "spec", "persistentVolumeReclaimPolicy").equals("Delete")) {
            remove(Path.of(Json.text(volume, "spec", "hostPath", "path")));
            resources.delete(
                    BuiltInKinds.PERSISTENT_VOLUME, "", Objects.name(volume), DeleteOptions.only(Objects.uid(volume)));
        }
    }

    /** Removes the folder of a volume; never anything that does not lie in the folder of all volumes. */
    private void remove(Path path) {
        if (!folder.equals(path.getParent()) || !Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            LOG.warn("folder {} of a deleted volume claim could not be removed: {}", path, e.getMessage());
        }
    }

    private static void edit(
            Resources resources, ObjectNode claim, String subresource, java.util.function.Consumer<ObjectNode> change) {
        resources.edit(
                BuiltInKinds.PERSISTENT_VOLUME_CLAIM,
                Objects.namespace(claim),
                Objects.name(claim),
                subresource,
                OPTIONS,
                change);
    }
}
