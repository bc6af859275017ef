package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Pods with stable names and volumes. Knows both pod management policies and both update strategies; pods that run an
 * older template are replaced by this pass only under RollingUpdate.
 */
final class StatefulSets implements Pass {
    private static final WriteOptions OPTIONS = WriteOptions.by("statefulset-controller");
    private static final String REVISION = "controller-revision-hash";

    private final EventRecorder events;

    StatefulSets(EventRecorder events) {
        this.events = events;
    }

    @Override
    public void run(Resources resources) {
        for (ObjectNode set : resources.list(BuiltInKinds.STATEFUL_SET, "")) {
            if (!Objects.isDeleting(set)) {
                reconcile(resources, set);
            }
        }
    }

    private void reconcile(Resources resources, ObjectNode set) {
        adopt(resources, set);
        Map<Integer, ObjectNode> pods = pods(resources, set);
        int replicas = Json.at(set, "spec", "replicas").asInt(1);
        String revision = revision(set);
        boolean ordered = !Json.text(set, "spec", "podManagementPolicy").equals("Parallel");
        boolean changed = ordered
                ? stepInOrder(resources, set, pods, replicas, revision)
                : stepInParallel(resources, set, pods, replicas, revision);
        if (!changed && Json.text(set, "spec", "updateStrategy", "type").equals("RollingUpdate")) {
            roll(resources, set, pods, revision);
        }
        writeStatus(resources, set, pods(resources, set), revision);
    }

    /** Pods that would be its own and that nobody controls: a set of that name that was deleted left them behind. */
    private static void adopt(Resources resources, ObjectNode set) {
        for (ObjectNode pod : resources.list(BuiltInKinds.POD, Objects.namespace(set))) {
            boolean orphan = Json.at(pod, "metadata", "ownerReferences").isEmpty() && !Objects.isDeleting(pod);
            if (orphan && isNamedAfter(pod, set) && isSelected(pod, set)) {
                resources.edit(
                        BuiltInKinds.POD,
                        Objects.namespace(pod),
                        Objects.name(pod),
                        "",
                        OPTIONS,
                        object -> Objects.own(object, BuiltInKinds.STATEFUL_SET, set));
            }
        }
    }

    private static boolean isNamedAfter(ObjectNode pod, ObjectNode set) {
        String prefix = Objects.name(set) + "-";
        String name = Objects.name(pod);
        return name.startsWith(prefix) && name.substring(prefix.length()).matches("[0-9]{1,9}");
    }

    private static boolean isSelected(ObjectNode pod, ObjectNode set) {
        return Json.at(set, "spec", "selector", "matchLabels").properties().stream()
                .allMatch(label -> Json.text(pod, "metadata", "labels", label.getKey())
                        .equals(label.getValue().asText()));
    }

    /** The pods of the set by their ordinal. */
    private static Map<Integer, ObjectNode> pods(Resources resources, ObjectNode set) {
        Map<Integer, ObjectNode> pods = new TreeMap<>();
        String prefix = Objects.name(set) + "-";
        for (ObjectNode pod : resources.list(BuiltInKinds.POD, Objects.namespace(set))) {
            String name = Objects.name(pod);
            if (Objects.isOwnedBy(pod, set) && name.startsWith(prefix)) {
                pods.put(Integer.parseInt(name.substring(prefix.length())), pod);
            }
        }
        return pods;
    }

    private boolean stepInParallel(
            Resources resources, ObjectNode set, Map<Integer, ObjectNode> pods, int replicas, String revision) {
        boolean changed = false;
        for (int ordinal = 0; ordinal < replicas; ordinal++) {
            changed |= ensure(resources, set, pods.get(ordinal), ordinal, revision);
        }
        for (Map.Entry<Integer, ObjectNode> pod : pods.entrySet()) {
            if (pod.getKey() >= replicas && !Objects.isDeleting(pod.getValue())) {
                delete(resources, set, pod.getValue());
                changed = true;
            }
        }
        return changed;
    }

    private boolean stepInOrder(
            Resources resources, ObjectNode set, Map<Integer, ObjectNode> pods, int replicas, String revision) {
        for (int ordinal = 0; ordinal < replicas; ordinal++) {
            ObjectNode pod = pods.get(ordinal);
            if (ensure(resources, set, pod, ordinal, revision)) {
                return true;
            }
            if (pod == null || !isReady(pod)) {
                return true;
            }
        }
        return pods.entrySet().stream()
                .filter(pod -> pod.getKey() >= replicas)
                .max(Map.Entry.comparingByKey())
                .map(last -> {
                    if (!Objects.isDeleting(last.getValue())) {
                        delete(resources, set, last.getValue());
                    }
                    return true;
                })
                .orElse(false);
    }

    /** Creates a pod that is missing, removes one that has ended; whether it did. */
    private boolean ensure(
            Resources resources, ObjectNode set, @Nullable ObjectNode pod, int ordinal, String revision) {
        if (pod == null) {
            if (isClaimGoing(resources, set, ordinal)) {
                return false;
            }
            create(resources, set, ordinal, revision);
            return true;
        }
        String phase = Json.text(pod, "status", "phase");
        if (phase.equals("Failed") || phase.equals("Succeeded")) {
            delete(resources, set, pod);
            return true;
        }
        return false;
    }

    /** A claim that is being deleted goes before the pod that would use it comes, and the pod gets a new one: as Kubernetes does it. */
    private static boolean isClaimGoing(Resources resources, ObjectNode set, int ordinal) {
        String pod = podName(set, ordinal);
        for (JsonNode template : Json.at(set, "spec", "volumeClaimTemplates")) {
            if (resources
                    .find(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, Objects.namespace(set), claimName(template, pod))
                    .filter(Objects::isDeleting)
                    .isPresent()) {
                return true;
            }
        }
        return false;
    }

    private static String podName(ObjectNode set, int ordinal) {
        return Objects.name(set) + "-" + ordinal;
    }

    private static String claimName(JsonNode template, String pod) {
        return Objects.name(template) + "-" + pod;
    }

    private void create(Resources resources, ObjectNode set, int ordinal, String revision) {
        String name = podName(set, ordinal);
        ObjectNode pod = Json.object();
        pod.setAll((ObjectNode) Json.at(set, "spec", "template").deepCopy());
        ObjectNode metadata = Json.metadata(pod);
        metadata.put("name", name);
        Json.child(metadata, "labels")
                .put("statefulset.kubernetes.io/pod-name", name)
                .put("apps.kubernetes.io/pod-index", String.valueOf(ordinal))
                .put(REVISION, revision);
        Objects.own(pod, BuiltInKinds.STATEFUL_SET, set);
        ObjectNode spec = Json.child(pod, "spec");
        spec.put("hostname", name).put("subdomain", Json.text(set, "spec", "serviceName"));
        for (JsonNode template : Json.at(set, "spec", "volumeClaimTemplates")) {
            claim(resources, set, template, name, spec);
        }
        resources.create(BuiltInKinds.POD, Objects.namespace(set), pod, OPTIONS);
        events.normal(set, "SuccessfulCreate", "create Pod " + name + " in StatefulSet " + Objects.name(set));
    }

    private static void claim(Resources resources, ObjectNode set, JsonNode template, String pod, ObjectNode podSpec) {
        String volume = Objects.name(template);
        String name = claimName(template, pod);
        if (resources
                .find(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, Objects.namespace(set), name)
                .isEmpty()) {
            ObjectNode claim = ((ObjectNode) template).deepCopy();
            claim.remove("status");
            ObjectNode metadata = Json.metadata(claim);
            metadata.put("name", name);
            metadata.remove("creationTimestamp");
            Json.at(set, "spec", "selector", "matchLabels")
                    .properties()
                    .forEach(label -> Json.child(metadata, "labels").set(label.getKey(), label.getValue()));
            resources.create(BuiltInKinds.PERSISTENT_VOLUME_CLAIM, Objects.namespace(set), claim, OPTIONS);
        }
        ArrayNode volumes = Json.childArray(podSpec, "volumes");
        for (int i = volumes.size() - 1; i >= 0; i--) {
            if (Json.text(volumes.get(i), "name").equals(volume)) {
                volumes.remove(i);
            }
        }
        volumes.addObject()
                .put("name", volume)
                .putObject("persistentVolumeClaim")
                .put("claimName", name);
    }

    private void delete(Resources resources, ObjectNode set, ObjectNode pod) {
        resources.delete(
                BuiltInKinds.POD, Objects.namespace(pod), Objects.name(pod), DeleteOptions.only(Objects.uid(pod)));
        events.normal(
                set, "SuccessfulDelete", "delete Pod " + Objects.name(pod) + " in StatefulSet " + Objects.name(set));
    }

    /** Replaces the highest pod of an older revision, when all pods are ready. */
    private void roll(Resources resources, ObjectNode set, Map<Integer, ObjectNode> pods, String revision) {
        int partition = Json.at(set, "spec", "updateStrategy", "rollingUpdate", "partition")
                .asInt(0);
        if (!pods.values().stream().allMatch(StatefulSets::isReady)) {
            return;
        }
        pods.entrySet().stream()
                .filter(pod -> pod.getKey() >= partition && !isOf(pod.getValue(), revision))
                .max(Map.Entry.comparingByKey())
                .ifPresent(pod -> delete(resources, set, pod.getValue()));
    }

    private static boolean isOf(JsonNode pod, String revision) {
        return Json.text(pod, "metadata", "labels", REVISION).equals(revision);
    }

    static boolean isReady(JsonNode pod) {
        return !Objects.isDeleting(pod) && Objects.condition(pod, "Ready").equals("True");
    }

    private static void writeStatus(
            Resources resources, ObjectNode set, Map<Integer, ObjectNode> pods, String revision) {
        long ready = pods.values().stream().filter(StatefulSets::isReady).count();
        long updated = pods.values().stream().filter(pod -> isOf(pod, revision)).count();
        ObjectNode status = Json.object();
        status.set("observedGeneration", Json.at(set, "metadata", "generation"));
        status.put("replicas", pods.size());
        if (ready > 0) {
            status.put("readyReplicas", ready);
        }
        status.put("availableReplicas", ready);
        String current = Json.text(set, "status", "currentRevision");
        boolean done = updated == pods.size();
        String currentRevision = done || current.isEmpty() ? revision : current;
        long currentPods =
                pods.values().stream().filter(p -> isOf(p, currentRevision)).count();
        if (currentPods > 0) {
            status.put("currentReplicas", currentPods);
        }
        if (updated > 0) {
            status.put("updatedReplicas", updated);
        }
        status.put("currentRevision", currentRevision)
                .put("updateRevision", revision)
                .put("collisionCount", 0);
        if (!Json.normalised(status).equals(set.path("status"))) {
            resources.edit(
                    BuiltInKinds.STATEFUL_SET,
                    Objects.namespace(set),
                    Objects.name(set),
                    "status",
                    OPTIONS,
                    object -> object.set("status", status));
        }
    }

    /** The name of the set and a hash of its pod template, with sorted keys. */
    private static String revision(ObjectNode set) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Json.write(sorted(Json.at(set, "spec", "template"))));
            return Objects.name(set) + "-" + HexFormat.of().formatHex(digest.digest(), 0, 5);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static JsonNode sorted(JsonNode value) {
        if (value.isObject()) {
            ObjectNode result = Json.object();
            List<Map.Entry<String, JsonNode>> fields = value.properties().stream()
                    .sorted(Comparator.comparing(Map.Entry::getKey))
                    .collect(Collectors.toList());
            fields.forEach(field -> result.set(field.getKey(), sorted(field.getValue())));
            return result;
        }
        if (value.isArray()) {
            ArrayNode result = Json.array();
            value.forEach(item -> result.add(sorted(item)));
            return result;
        }
        return value;
    }
}
