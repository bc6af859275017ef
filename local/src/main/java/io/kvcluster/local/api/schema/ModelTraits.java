package io.kvcluster.local.api.schema;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the Java model of a built-in kind does not say: how its lists merge, and its defaults. Keys are
 * {@code Type.field}; the values are those of the Kubernetes API types (their listType, patchStrategy and defaulting).
 */
final class ModelTraits {
    /** Merging of a list field: the keys of server-side apply (none: a set) and the key of strategic merge. */
    record Merge(List<String> applyKeys, String patchKey) {}

    private static final Map<String, Merge> LISTS = Map.ofEntries(
            keyed("ObjectMeta.ownerReferences", "uid", "uid"),
            set("ObjectMeta.finalizers"),
            keyed("PodSpec.containers", "name", "name"),
            keyed("PodSpec.initContainers", "name", "name"),
            keyed("PodSpec.ephemeralContainers", "name", "name"),
            keyed("PodSpec.volumes", "name", "name"),
            keyed("PodSpec.imagePullSecrets", "name", "name"),
            keyed("PodSpec.hostAliases", "ip", "ip"),
            keyed("PodSpec.schedulingGates", "name", "name"),
            Map.entry(
                    "PodSpec.topologySpreadConstraints",
                    new Merge(List.of("topologyKey", "whenUnsatisfiable"), "topologyKey")),
            keyed("Container.env", "name", "name"),
            keyed("Container.volumeMounts", "mountPath", "mountPath"),
            keyed("Container.volumeDevices", "devicePath", "devicePath"),
            Map.entry("Container.ports", new Merge(List.of("containerPort", "protocol"), "containerPort")),
            keyed("PodStatus.conditions", "type", "type"),
            keyed("PodStatus.podIPs", "ip", "ip"),
            keyed("PodStatus.hostIPs", "ip", "ip"),
            Map.entry("ServiceSpec.ports", new Merge(List.of("port", "protocol"), "port")),
            keyed("ServiceStatus.conditions", "type", "type"),
            keyed("ServiceAccount.secrets", "name", "name"),
            keyed("NamespaceStatus.conditions", "type", "type"),
            keyed("NodeStatus.conditions", "type", "type"),
            keyed("NodeStatus.addresses", "type", "type"),
            keyed("PersistentVolumeClaimStatus.conditions", "type", "type"),
            keyed("StatefulSetStatus.conditions", "type", "type"),
            keyed("DeploymentStatus.conditions", "type", "type"),
            keyed("PodDisruptionBudgetStatus.conditions", "type", "type"),
            keyed("CustomResourceDefinitionStatus.conditions", "type", "type"));

    private static final List<String> ATOMIC_MAPS = List.of(
            "LabelSelector",
            "NodeSelector",
            "NodeSelectorTerm",
            "ResourceFieldSelector",
            "ObjectFieldSelector",
            "ConfigMapKeySelector",
            "SecretKeySelector",
            "ObjectReference",
            "LocalObjectReference",
            "TypedLocalObjectReference",
            "OwnerReference",
            "SecretReference",
            "RoleRef");

    private static final List<String> ATOMIC_FIELDS =
            List.of("PodSpec.nodeSelector", "ServiceSpec.selector", "PersistentVolumeSpec.claimRef");

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("PodSpec.restartPolicy", "\"Always\""),
            Map.entry("PodSpec.dnsPolicy", "\"ClusterFirst\""),
            Map.entry("PodSpec.terminationGracePeriodSeconds", "30"),
            Map.entry("PodSpec.securityContext", "{}"),
            Map.entry("PodSpec.schedulerName", "\"default-scheduler\""),
            Map.entry("Container.terminationMessagePath", "\"/dev/termination-log\""),
            Map.entry("Container.terminationMessagePolicy", "\"File\""),
            Map.entry("Container.resources", "{}"),
            Map.entry("ContainerPort.protocol", "\"TCP\""),
            Map.entry("Probe.timeoutSeconds", "1"),
            Map.entry("Probe.periodSeconds", "10"),
            Map.entry("Probe.successThreshold", "1"),
            Map.entry("Probe.failureThreshold", "3"),
            Map.entry("HTTPGetAction.scheme", "\"HTTP\""),
            Map.entry("HTTPGetAction.path", "\"/\""),
            Map.entry("ObjectFieldSelector.apiVersion", "\"v1\""),
            Map.entry("ConfigMapVolumeSource.defaultMode", "420"),
            Map.entry("SecretVolumeSource.defaultMode", "420"),
            Map.entry("ProjectedVolumeSource.defaultMode", "420"),
            Map.entry("ServiceSpec.type", "\"ClusterIP\""),
            Map.entry("ServiceSpec.sessionAffinity", "\"None\""),
            Map.entry("ServiceSpec.internalTrafficPolicy", "\"Cluster\""),
            Map.entry("ServicePort.protocol", "\"TCP\""),
            Map.entry("StatefulSetSpec.replicas", "1"),
            Map.entry("StatefulSetSpec.podManagementPolicy", "\"OrderedReady\""),
            Map.entry("StatefulSetSpec.revisionHistoryLimit", "10"),
            Map.entry("StatefulSetSpec.updateStrategy", "{}"),
            Map.entry("StatefulSetUpdateStrategy.type", "\"RollingUpdate\""),
            Map.entry(
                    "StatefulSetSpec.persistentVolumeClaimRetentionPolicy",
                    "{\"whenDeleted\":\"Retain\",\"whenScaled\":\"Retain\"}"),
            Map.entry("PersistentVolumeClaimSpec.volumeMode", "\"Filesystem\""),
            Map.entry("PersistentVolumeSpec.volumeMode", "\"Filesystem\""),
            Map.entry("PersistentVolumeSpec.persistentVolumeReclaimPolicy", "\"Retain\""),
            Map.entry("EndpointPort.protocol", "\"TCP\""),
            Map.entry("NetworkPolicyPort.protocol", "\"TCP\""),
            Map.entry("Secret.type", "\"Opaque\""),
            Map.entry("StorageClass.reclaimPolicy", "\"Delete\""),
            Map.entry("StorageClass.volumeBindingMode", "\"Immediate\""));

    private ModelTraits() {}

    private static Map.Entry<String, Merge> keyed(String field, String applyKey, String patchKey) {
        return Map.entry(field, new Merge(List.of(applyKey), patchKey));
    }

    private static Map.Entry<String, Merge> set(String field) {
        return Map.entry(field, new Merge(List.of(), ""));
    }

    static @Nullable Merge merge(String type, String field) {
        return LISTS.get(type + "." + field);
    }

    static boolean atomicMap(String type) {
        return ATOMIC_MAPS.contains(type);
    }

    static boolean atomicField(String type, String field) {
        return ATOMIC_FIELDS.contains(type + "." + field);
    }

    static @Nullable String defaultValue(String type, String field) {
        return DEFAULTS.get(type + "." + field);
    }
}
