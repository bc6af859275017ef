package io.kvcluster.operator.resources;

import com.google.common.hash.Hashing;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.crd.Durability;
import io.kvcluster.crd.ImagePullPolicy;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The pods of one zone. Pods start in parallel (none waits for another) and are replaced only when the operator deletes them:
 * a StatefulSet's own rollout knows nothing of quorums.
 */
public final class NodeStatefulSet {
    static final Set<String> OWN_VOLUMES = Set.of(Names.DATA_VOLUME, "ring", "tmp");

    private static final long USER = 65532;
    private static final int DRAIN_MILLIS = 10_000;
    private static final long TERMINATION_GRACE_SECONDS = 30;
    /** Time for endpoints to forget the pod before it stops accepting. */
    private static final long PRE_STOP_SECONDS = 2;

    private NodeStatefulSet() {}

    /**
     * @param zone empty without zones
     * @param replicas pods of this zone
     * @param defaultImage when the spec names none
     */
    public static StatefulSet desired(
            KvCluster cluster, KvClusterSpec spec, String zone, int replicas, String defaultImage) {
        String name = cluster.getMetadata().getName();
        String statefulSet = Names.statefulSet(name, zone);
        return new StatefulSetBuilder()
                .withMetadata(Metadata.owned(cluster, statefulSet, Labels.of(name, zone)))
                .withNewSpec()
                .withReplicas(replicas)
                .withServiceName(Names.nodesService(name))
                .withPodManagementPolicy("Parallel")
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .withRevisionHistoryLimit(5)
                .withNewSelector()
                .withMatchLabels(Labels.selector(name, zone))
                .endSelector()
                .withTemplate(template(cluster, spec, zone, defaultImage))
                .withVolumeClaimTemplates(claim(name, spec, zone))
                .endSpec()
                .build();
    }

    /** Of everything in the spec that a pod is made of. Pods that carry another one are replaced, one by one. */
    public static String podHash(KvClusterSpec spec) {
        Map<String, Object> asked = new TreeMap<>();
        asked.put("image", String.valueOf(spec.image()));
        asked.put("imagePullPolicy", spec.imagePullPolicy().name());
        asked.put("durability", durability(spec));
        asked.put("podTemplate", spec.podTemplate() == null ? Map.of() : spec.podTemplate());
        return Hashing.sha256()
                .hashString(Serialization.asJson(asked), StandardCharsets.UTF_8)
                .toString()
                .substring(0, 16);
    }

    /** What makes the overlay of a spec unusable; empty when it is fine. */
    public static List<String> overlayProblems(KvClusterSpec spec) {
        return PodOverlay.problems(spec.podTemplate());
    }

    private static PodTemplateSpec template(KvCluster cluster, KvClusterSpec spec, String zone, String defaultImage) {
        String name = cluster.getMetadata().getName();
        PodSpecBuilder pod = new PodSpecBuilder()
                .withServiceAccountName(Names.serviceAccount(name))
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(TERMINATION_GRACE_SECONDS)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withFsGroup(USER)
                .withFsGroupChangePolicy("OnRootMismatch")
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewTopologySpreadConstraint()
                .withMaxSkew(1)
                .withTopologyKey("kubernetes.io/hostname")
                .withWhenUnsatisfiable("ScheduleAnyway")
                .withNewLabelSelector()
                .withMatchLabels(Labels.selector(name))
                .endLabelSelector()
                .endTopologySpreadConstraint()
                .withContainers(container(cluster, spec, zone, defaultImage))
                .addNewVolume()
                .withName("ring")
                .withNewConfigMap()
                .withName(Names.ringConfigMap(name))
                .withOptional(true)
                .endConfigMap()
                .endVolume()
                .addNewVolume()
                .withName("tmp")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume();
        if (!zone.isEmpty() && spec.topology() != null) {
            pod.withNewAffinity()
                    .withNewNodeAffinity()
                    .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                    .addNewNodeSelectorTerm()
                    .addNewMatchExpression()
                    .withKey(spec.topology().key())
                    .withOperator("In")
                    .withValues(zone)
                    .endMatchExpression()
                    .endNodeSelectorTerm()
                    .endRequiredDuringSchedulingIgnoredDuringExecution()
                    .endNodeAffinity()
                    .endAffinity();
        }
        PodTemplateSpec template = new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(Labels.of(name, zone))
                .addToAnnotations(Labels.POD_HASH, podHash(spec))
                .endMetadata()
                .withSpec(pod.build())
                .build();
        return PodOverlay.merge(template, spec.podTemplate());
    }

    private static Container container(KvCluster cluster, KvClusterSpec spec, String zone, String defaultImage) {
        return new ContainerBuilder()
                .withName(Names.CONTAINER)
                .withImage(spec.image() == null ? defaultImage : spec.image())
                .withImagePullPolicy(pullPolicy(spec.imagePullPolicy()))
                .withEnv(environment(cluster, spec, zone))
                .addNewPort()
                .withName("grpc")
                .withContainerPort(Ports.CLIENT)
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName("peer")
                .withContainerPort(Ports.PEER)
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName("http")
                .withContainerPort(Ports.HTTP)
                .withProtocol("TCP")
                .endPort()
                .withStartupProbe(probe("/health/live", 1, 120))
                .withLivenessProbe(probe("/health/live", 10, 6))
                .withReadinessProbe(probe("/health/ready", 1, 2))
                .withNewLifecycle()
                .withNewPreStop()
                .withNewSleep(PRE_STOP_SECONDS)
                .endPreStop()
                .endLifecycle()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName(Names.DATA_VOLUME)
                .withMountPath("/data")
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("ring")
                .withMountPath("/etc/kvcluster/ring")
                .withReadOnly(true)
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("tmp")
                .withMountPath("/tmp")
                .endVolumeMount()
                .build();
    }

    private static List<EnvVar> environment(KvCluster cluster, KvClusterSpec spec, String zone) {
        ClusterKey key = ClusterKey.of(cluster);
        List<EnvVar> environment = new ArrayList<>();
        environment.add(new EnvVarBuilder()
                .withName("KV_NODE_NAME")
                .withNewValueFrom()
                .withNewFieldRef()
                .withApiVersion("v1")
                .withFieldPath("metadata.name")
                .endFieldRef()
                .endValueFrom()
                .build());
        environment.add(new EnvVar("KV_CLUSTER", key.name(), null));
        environment.add(new EnvVar("KV_ZONE", zone, null));
        environment.add(new EnvVar("KV_ADDRESS", Names.address(key, "$(KV_NODE_NAME)"), null));
        environment.add(new EnvVar("KV_DATA_DIR", "/data", null));
        environment.add(new EnvVar("KV_RING_FILE", "/etc/kvcluster/ring/" + Names.RING_KEY, null));
        environment.add(new EnvVar("KV_DURABILITY", durability(spec), null));
        environment.add(new EnvVar("KV_PARTITIONS", String.valueOf(spec.partitions()), null));
        environment.add(new EnvVar("KV_SHUTDOWN_GRACE_MILLIS", String.valueOf(DRAIN_MILLIS), null));
        return environment;
    }

    private static String durability(KvClusterSpec spec) {
        return spec.durability() == Durability.FSYNC ? "Fsync" : "Periodic:" + spec.fsyncIntervalMillis();
    }

    private static String pullPolicy(ImagePullPolicy policy) {
        return switch (policy) {
            case ALWAYS -> "Always";
            case IF_NOT_PRESENT -> "IfNotPresent";
            case NEVER -> "Never";
        };
    }

    private static Probe probe(String path, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withPort(new IntOrString("http"))
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(2)
                .withFailureThreshold(failures)
                .build();
    }

    private static PersistentVolumeClaim claim(String cluster, KvClusterSpec spec, String zone) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(Names.DATA_VOLUME)
                .withLabels(Labels.of(cluster, zone))
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName(spec.storage().storageClassName())
                .withNewResources()
                .addToRequests("storage", new Quantity(spec.storage().size()))
                .endResources()
                .endSpec()
                .build();
    }
}
