package io.kvcluster.operator.resources;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lays a user's partial pod template over the operator's: a strategic merge as Kubernetes does it for pods. Maps merge field by
 * field, null removes a field, lists of things that have a key merge by that key, all other lists are replaced.
 */
final class PodOverlay {
    private static final Map<String, String> MERGE_KEYS = Map.ofEntries(
            Map.entry("containers", "name"),
            Map.entry("initContainers", "name"),
            Map.entry("ephemeralContainers", "name"),
            Map.entry("env", "name"),
            Map.entry("volumes", "name"),
            Map.entry("imagePullSecrets", "name"),
            Map.entry("volumeMounts", "mountPath"),
            Map.entry("volumeDevices", "devicePath"),
            Map.entry("ports", "containerPort"),
            Map.entry("hostAliases", "ip"),
            Map.entry("topologySpreadConstraints", "topologyKey"));

    private PodOverlay() {}

    static PodTemplateSpec merge(PodTemplateSpec base, @Nullable Map<String, Object> overlay) {
        if (overlay == null || overlay.isEmpty()) {
            return base;
        }
        Map<?, ?> plain = Serialization.unmarshal(Serialization.asJson(base), Map.class);
        return Serialization.unmarshal(Serialization.asJson(mergeMaps(plain, overlay)), PodTemplateSpec.class);
    }

    /** What makes an overlay unusable, as sentences that name the field; empty when it is fine. */
    static List<String> problems(@Nullable Map<String, Object> overlay) {
        List<String> problems = new ArrayList<>();
        PodTemplateSpec read;
        try {
            read = Serialization.unmarshal(
                    Serialization.asJson(overlay == null ? Map.of() : overlay), PodTemplateSpec.class);
        } catch (RuntimeException e) {
            return List.of("spec.podTemplate is not a pod template: " + firstLine(e));
        }
        unknown(problems, "spec.podTemplate", read.getAdditionalProperties());
        if (read.getMetadata() != null) {
            unknown(problems, "spec.podTemplate.metadata", read.getMetadata().getAdditionalProperties());
            Objects.requireNonNullElse(read.getMetadata().getLabels(), Map.<String, String>of()).keySet().stream()
                    .filter(PodOverlay::isOwn)
                    .forEach(key -> problems.add("spec.podTemplate.metadata.labels names " + key
                            + ", but labels of kvcluster.io belong to the operator"));
            Objects.requireNonNullElse(read.getMetadata().getAnnotations(), Map.<String, String>of()).keySet().stream()
                    .filter(PodOverlay::isOwn)
                    .forEach(key -> problems.add("spec.podTemplate.metadata.annotations names " + key
                            + ", but annotations of kvcluster.io belong to the operator"));
        }
        if (read.getSpec() != null) {
            unknown(problems, "spec.podTemplate.spec", read.getSpec().getAdditionalProperties());
            read.getSpec().getContainers().forEach(container -> containerProblems(problems, container));
            read.getSpec().getVolumes().stream()
                    .filter(volume -> NodeStatefulSet.OWN_VOLUMES.contains(volume.getName()))
                    .forEach(volume -> problems.add("spec.podTemplate.spec.volumes names " + volume.getName()
                            + ", but that volume belongs to the operator"));
        }
        return problems;
    }

    private static void containerProblems(List<String> problems, Container container) {
        String path = "spec.podTemplate.spec.containers[" + container.getName() + "]";
        unknown(problems, path, container.getAdditionalProperties());
        if (container.getName() == null || container.getName().isEmpty()) {
            problems.add("spec.podTemplate.spec.containers has a container without a name; the storage container is "
                    + Names.CONTAINER);
        }
        if (!Names.CONTAINER.equals(container.getName())) {
            return;
        }
        if (container.getImage() != null) {
            problems.add(path + ".image is " + container.getImage() + ", but the image is set by spec.image");
        }
        if (!container.getCommand().isEmpty() || !container.getArgs().isEmpty()) {
            problems.add(path + " sets command or args, but what the storage container runs belongs to the image");
        }
        container.getEnv().stream()
                .filter(env -> env.getName() != null && env.getName().startsWith("KV_"))
                .forEach(env -> problems.add(
                        path + ".env names " + env.getName() + ", but variables KV_… belong to the operator"));
        container.getPorts().stream()
                .filter(port -> port.getContainerPort() != null
                        && List.of(Ports.CLIENT, Ports.PEER, Ports.HTTP).contains(port.getContainerPort()))
                .forEach(port -> problems.add(
                        path + ".ports names " + port.getContainerPort() + ", but that port belongs to the operator"));
        container.getVolumeMounts().stream()
                .filter(mount -> NodeStatefulSet.OWN_VOLUMES.contains(mount.getName()))
                .forEach(mount -> problems.add(
                        path + ".volumeMounts names " + mount.getName() + ", but that volume belongs to the operator"));
    }

    private static boolean isOwn(String key) {
        return key.startsWith("kvcluster.io/");
    }

    private static void unknown(List<String> problems, String path, @Nullable Map<String, Object> fields) {
        if (fields != null) {
            fields.keySet().forEach(field -> problems.add(path + "." + field + " is no field of a pod template"));
        }
    }

    private static Map<String, Object> mergeMaps(Map<?, ?> base, Map<?, ?> overlay) {
        Map<String, Object> merged = new LinkedHashMap<>();
        base.forEach((key, value) -> merged.put((String) key, value));
        overlay.forEach((key, value) -> {
            String field = (String) key;
            Object before = merged.get(field);
            if (value == null) {
                merged.remove(field);
            } else if (value instanceof Map<?, ?> map) {
                merged.put(field, mergeMaps(before instanceof Map<?, ?> old ? old : Map.of(), map));
            } else if (value instanceof List<?> list
                    && before instanceof List<?> old
                    && MERGE_KEYS.containsKey(field)) {
                merged.put(field, mergeLists(old, list, Objects.requireNonNull(MERGE_KEYS.get(field))));
            } else {
                merged.put(field, value);
            }
        });
        return merged;
    }

    private static List<Object> mergeLists(List<?> base, List<?> overlay, String key) {
        List<Object> merged = new ArrayList<>(base);
        for (Object item : overlay) {
            int at = indexOf(merged, item, key);
            if (at < 0) {
                merged.add(item);
            } else {
                merged.set(at, mergeMaps((Map<?, ?>) merged.get(at), (Map<?, ?>) item));
            }
        }
        return merged;
    }

    private static int indexOf(List<Object> items, Object wanted, String key) {
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof Map<?, ?> item
                    && wanted instanceof Map<?, ?> other
                    && Objects.equals(item.get(key), other.get(key))) {
                return i;
            }
        }
        return -1;
    }

    private static String firstLine(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("unreadable");
    }
}
