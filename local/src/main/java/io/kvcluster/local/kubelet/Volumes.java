package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The folders that stand for a pod's volumes. A process cannot be given mounts without privileges, so where the pod's
 * environment and arguments name a mount path, they are rewritten to the folder.
 */
final class Volumes {
    private final Path folder;

    /** @param folder for volumes that live as long as the pod */
    Volumes(Path folder) {
        this.folder = folder;
    }

    /**
     * Prepares every volume of the pod.
     *
     * @return the folder of each mount path of the container
     * @throws Unrunnable when a claim is not bound yet, an object is missing, or the kind of volume is not known
     */
    Map<String, Path> prepare(JsonNode pod, JsonNode container, Objects objects) throws Unrunnable, IOException {
        Map<String, Path> byName = new HashMap<>();
        for (JsonNode volume : Json.at(pod, "spec", "volumes")) {
            byName.put(Json.text(volume, "name"), prepare(PodKey.of(pod), volume, objects));
        }
        Map<String, Path> mounts = new TreeMap<>(Comparator.reverseOrder());
        for (JsonNode mount : container.path("volumeMounts")) {
            Path path = byName.get(Json.text(mount, "name"));
            if (path == null) {
                throw new Unrunnable(
                        "CreateContainerConfigError", "volume " + Json.text(mount, "name") + " does not exist");
            }
            String below = Json.text(mount, "subPath");
            mounts.put(Json.text(mount, "mountPath").replaceAll("/+$", ""), path.resolve(below));
        }
        return mounts;
    }

    private Path prepare(PodKey pod, JsonNode volume, Objects objects) throws Unrunnable, IOException {
        String name = Json.text(volume, "name");
        if (volume.has("persistentVolumeClaim")) {
            String claim = Json.text(volume, "persistentVolumeClaim", "claimName");
            String path = objects.claimFolder(pod.namespace(), claim)
                    .orElseThrow(() -> new Unrunnable(
                            "ContainerCreating", "persistentvolumeclaim \"" + claim + "\" is not bound"));
            return Files.createDirectories(Path.of(path));
        }
        Path path = Files.createDirectories(folder.resolve(name));
        if (volume.has("configMap") || volume.has("secret")) {
            write(pod, volume, path, objects);
        } else if (!volume.has("emptyDir")) {
            throw new Unrunnable(
                    "CreateContainerConfigError",
                    "volume " + name + ": local mode knows emptyDir, configMap, secret and persistentVolumeClaim");
        }
        return path;
    }

    /** Writes changed ConfigMaps and Secrets again; call it when one of them changed. */
    void refresh(JsonNode pod, Objects objects) throws IOException {
        for (JsonNode volume : Json.at(pod, "spec", "volumes")) {
            if (volume.has("configMap") || volume.has("secret")) {
                try {
                    write(PodKey.of(pod), volume, folder.resolve(Json.text(volume, "name")), objects);
                } catch (Unrunnable e) {
                    // The object is gone: a running container keeps the files it has, as with a real kubelet.
                }
            }
        }
    }

    private static void write(PodKey pod, JsonNode volume, Path path, Objects objects) throws Unrunnable, IOException {
        boolean secret = volume.has("secret");
        JsonNode source = volume.path(secret ? "secret" : "configMap");
        String name = Json.text(source, secret ? "secretName" : "name");
        Optional<ObjectNode> object =
                secret ? objects.secret(pod.namespace(), name) : objects.configMap(pod.namespace(), name);
        if (object.isEmpty() && !source.path("optional").asBoolean(false)) {
            throw new Unrunnable(
                    "ContainerCreating", (secret ? "secret" : "configmap") + " \"" + name + "\" not found");
        }
        Map<String, byte[]> files = new HashMap<>();
        object.ifPresent(found -> collect(found, secret, source.path("items"), files));
        Set<String> stale = new HashSet<>();
        Files.createDirectories(path);
        try (Stream<Path> present = Files.list(path)) {
            present.forEach(file -> stale.add(String.valueOf(file.getFileName())));
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            stale.remove(file.getKey());
            replace(path.resolve(file.getKey()), file.getValue());
        }
        for (String gone : stale) {
            Files.deleteIfExists(path.resolve(gone));
        }
    }

    private static void collect(ObjectNode object, boolean secret, JsonNode items, Map<String, byte[]> files) {
        Map<String, byte[]> all = new HashMap<>();
        object.path("data").properties().forEach(entry -> {
            String text = entry.getValue().asText();
            all.put(entry.getKey(), secret ? Base64.getDecoder().decode(text) : text.getBytes(StandardCharsets.UTF_8));
        });
        object.path("binaryData")
                .properties()
                .forEach(entry -> all.put(
                        entry.getKey(),
                        Base64.getDecoder().decode(entry.getValue().asText())));
        if (items.isEmpty()) {
            files.putAll(all);
            return;
        }
        for (JsonNode item : items) {
            byte[] content = all.get(Json.text(item, "key"));
            if (content != null) {
                files.put(Json.text(item, "path"), content);
            }
        }
    }

    /** A reader sees the old or the new content, never a part. */
    private static void replace(Path file, byte[] content) throws IOException {
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return;
        }
        Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Files.write(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes what lived as long as the pod. */
    void remove() throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** A value with a leading mount path replaced by its folder; the longest mount path counts. */
    static String rewrite(String value, Map<String, Path> mounts) {
        for (Map.Entry<String, Path> mount : mounts.entrySet()) {
            String path = mount.getKey();
            if (value.equals(path) || value.startsWith(path + "/")) {
                return mount.getValue() + value.substring(path.length());
            }
        }
        return value;
    }
}
