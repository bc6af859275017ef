package io.kvcluster.operator.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.operator.moves.GivenUp;
import io.kvcluster.operator.nodeadmin.NodeAdmin;
import io.kvcluster.operator.nodeadmin.NodeTarget;
import io.kvcluster.operator.nodeadmin.PushOutcome;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.resources.RingConfigMap;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingJson;
import io.kvcluster.ring.change.RingChange;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does the steps of a plan. A step that fails becomes a wait that says why; the steps after it are still done, none builds on
 * another within one pass. Conflicts are no failure: somebody else was faster, the next pass sees what they did.
 */
final class StepRunner {
    /** A second look at the world, through the API server instead of the caches, and the plan for it. */
    record SecondLook(Observation world, Plan plan) {}

    private final KubernetesClient client;
    private final NodeAdmin nodes;
    private final Decisions decisions;
    private final Supplier<String> newClusterId;

    StepRunner(KubernetesClient client, NodeAdmin nodes, Decisions decisions, Supplier<String> newClusterId) {
        this.client = client;
        this.nodes = nodes;
        this.decisions = decisions;
        this.newClusterId = newClusterId;
    }

    /** What was tried and did not work. */
    List<Wait> run(KvCluster cluster, List<Step> steps, Supplier<SecondLook> secondLook) {
        List<Wait> failures = new ArrayList<>();
        for (Step step : steps) {
            try {
                failures.addAll(run(cluster, step, secondLook));
            } catch (KubernetesClientException e) {
                if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                    decisions.overtaken(cluster, step, e);
                } else {
                    failures.add(refused(cluster, step, e));
                }
            }
        }
        return failures;
    }

    private List<Wait> run(KvCluster cluster, Step step, Supplier<SecondLook> secondLook) {
        if (!step.needsSecondLook()) {
            return done(cluster, step, Optional.empty());
        }
        SecondLook look = secondLook.get();
        Optional<Step> again =
                look.plan().steps().stream().filter(step::isSameAs).findFirst();
        if (again.isEmpty()) {
            decisions.reconsidered(cluster, step);
            return List.of();
        }
        return done(cluster, again.get(), Optional.of(look.world()));
    }

    private List<Wait> done(KvCluster cluster, Step step, Optional<Observation> live) {
        List<Wait> failures = apply(cluster, step, live);
        if (failures.isEmpty()) {
            decisions.done(cluster, step);
        }
        return failures;
    }

    private List<Wait> apply(KvCluster cluster, Step step, Optional<Observation> live) {
        ClusterKey key = ClusterKey.of(cluster);
        return switch (step) {
            case Step.RecordSpec(String json) -> {
                annotate(key, Labels.LAST_VALID_SPEC, json);
                yield List.of();
            }
            case Step.Apply apply -> {
                serverSideApply(apply.desired());
                yield List.of();
            }
            case Step.ShrinkStatefulSet shrink -> {
                serverSideApply(shrink.desired());
                yield List.of();
            }
            case Step.CreateRingMap(ConfigMap skeleton) -> {
                client.resource(skeleton).create();
                yield List.of();
            }
            case Step.WriteFirstRing first -> writeFirst(cluster, first, live.orElseThrow());
            case Step.RestoreRing(Ring ring) -> {
                write(live.orElseThrow(), ring);
                yield List.of();
            }
            case Step.AdvanceRing advance -> {
                write(live.orElseThrow(), advance.next());
                yield List.of();
            }
            case Step.PushRing push -> push(key, push);
            case Step.LabelClaim(String claim, String clusterId) -> {
                label(key, claim, Labels.CLUSTER_ID, clusterId);
                yield List.of();
            }
            case Step.MarkDrained(String claim, String uid, String storeId) -> {
                patchClaim(key, claim, metadata(uid, Labels.DRAINED, storeId));
                yield List.of();
            }
            case Step.UnmarkDrained(String claim, String uid) -> {
                patchClaim(key, claim, metadata(uid, Labels.DRAINED, null));
                yield List.of();
            }
            case Step.DeleteClaim(String claim, String uid) -> {
                delete(key, "persistentvolumeclaims", claim, uid, null);
                yield List.of();
            }
            case Step.QuarantineClaim(String claim, String uid, String since) -> {
                patchClaim(key, claim, metadata(uid, Labels.QUARANTINED, since));
                yield List.of();
            }
            case Step.RecreateStatefulSet recreate -> {
                orphan(key, recreate);
                yield List.of();
            }
            case Step.GrowVolume grow -> {
                grow(key, grow);
                yield List.of();
            }
            case Step.RestartPod restart -> {
                String seen = live.orElseThrow()
                        .pod(restart.pod())
                        .orElseThrow()
                        .pod()
                        .getMetadata()
                        .getResourceVersion();
                delete(key, "pods", restart.pod(), restart.uid(), seen);
                yield List.of();
            }
        };
    }

    private List<Wait> writeFirst(KvCluster cluster, Step.WriteFirstRing first, Observation live) {
        RingChange.Result result = RingChange.first(new RingChange.First(
                cluster.getMetadata().getName(),
                newClusterId.get(),
                first.members(),
                first.replicationFactor(),
                first.read(),
                first.write(),
                first.partitions(),
                first.defaults()));
        return switch (result) {
            case RingChange.Made made -> {
                write(live, made.ring());
                yield List.of();
            }
            case RingChange.Refused(List<String> problems) ->
                List.of(new Wait(
                        "NoPlacement",
                        "KvCluster/" + cluster.getMetadata().getName(),
                        "the members and the spec make no ring: " + String.join("; ", problems),
                        "correct the spec"));
        };
    }

    /** A compare-and-swap: the PUT carries the resourceVersion of the look that decided it. */
    private void write(Observation live, Ring ring) {
        ConfigMap read = live.ringMap()
                .orElseThrow(() -> new KubernetesClientException(
                        "the ring's ConfigMap is not there yet", HttpURLConnection.HTTP_CONFLICT, null));
        ConfigMap next = RingConfigMap.withRing(read, RingJson.write(ring.table()));
        GivenUp.times(live, ring).ifPresent(times -> RingConfigMap.annotate(next, Labels.GIVEN_UP, times));
        client.resource(next).update();
    }

    private List<Wait> push(ClusterKey key, Step.PushRing push) {
        List<Wait> failures = new ArrayList<>();
        try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<NodeTarget, Future<PushOutcome>> answers = new LinkedHashMap<>();
            push.targets()
                    .forEach(target ->
                            answers.put(target, calls.submit(() -> nodes.push(key, target, push.publication()))));
            answers.forEach((target, answer) -> {
                switch (Answers.of(answer)) {
                    case PushOutcome.Acknowledged _ -> {}
                    case PushOutcome.Failed(String why) ->
                        failures.add(new Wait(
                                "RingNotAcknowledged",
                                "Pod/" + target.pod(),
                                target.pod() + " did not acknowledge the ring: " + why,
                                "the pod answers"));
                    case PushOutcome.Refused(String verdict, String why) ->
                        failures.add(new Wait(
                                "RingRefused",
                                "Pod/" + target.pod(),
                                target.pod() + " refused the ring as " + verdict + ": " + why,
                                "find out where its data comes from; its volume may belong to another cluster"));
                }
            });
        }
        return failures;
    }

    private void annotate(ClusterKey key, String annotation, String value) {
        client.resources(KvCluster.class)
                .inNamespace(key.namespace())
                .withName(key.name())
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        Serialization.asJson(Map.of("metadata", Map.of("annotations", Map.of(annotation, value)))));
    }

    private void serverSideApply(HasMetadata desired) {
        client.resource(desired).fieldManager(Labels.MANAGER).forceConflicts().serverSideApply();
    }

    void label(ClusterKey key, String claim, String label, String value) {
        patchClaim(key, claim, Map.of("metadata", Map.of("labels", Map.of(label, value))));
    }

    private void grow(ClusterKey key, Step.GrowVolume grow) {
        Map<String, Object> request = Map.of("resources", Map.of("requests", Map.of("storage", grow.to())));
        patchClaim(key, grow.claim(), Map.of("metadata", Map.of("uid", grow.uid()), "spec", request));
    }

    /** A label of the very claim that was looked at; null takes it away. */
    private static Map<String, Object> metadata(String uid, String label, @Nullable String value) {
        Map<String, @Nullable Object> labels = new HashMap<>();
        labels.put(label, value);
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("uid", uid);
        metadata.put("labels", labels);
        return Map.of("metadata", metadata);
    }

    private void patchClaim(ClusterKey key, String claim, Map<String, Object> patch) {
        client.resources(PersistentVolumeClaim.class)
                .inNamespace(key.namespace())
                .withName(claim)
                .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(patch));
    }

    void delete(ClusterKey key, Pod pod) {
        delete(key, "pods", pod.getMetadata().getName(), pod.getMetadata().getUid(), null);
    }

    private void delete(ClusterKey key, String plural, String name, String uid, @Nullable String resourceVersion) {
        delete("/api/v1/namespaces/" + key.namespace() + "/" + plural + "/" + name, null, uid, resourceVersion);
    }

    private void orphan(ClusterKey key, Step.RecreateStatefulSet recreate) {
        delete(
                "/apis/apps/v1/namespaces/" + key.namespace() + "/statefulsets/" + recreate.set(),
                "Orphan",
                recreate.uid(),
                recreate.resourceVersion());
    }

    /** Exactly what was looked at: same uid, and, where a version is given, nothing happened to it since. */
    private void delete(String path, @Nullable String propagation, String uid, @Nullable String resourceVersion) {
        client.raw(
                path,
                "DELETE",
                new DeleteOptionsBuilder()
                        .withPropagationPolicy(propagation)
                        .withNewPreconditions(resourceVersion, uid)
                        .build());
    }

    private Wait refused(KvCluster cluster, Step step, KubernetesClientException e) {
        decisions.failed(cluster, step, e);
        String message = e.getStatus() != null && e.getStatus().getMessage() != null
                ? e.getStatus().getMessage()
                : String.valueOf(e.getMessage());
        if (step instanceof Step.GrowVolume grow) {
            return new Wait(
                    step.name() + "Failed",
                    "PersistentVolumeClaim/" + grow.claim(),
                    "it cannot grow from " + grow.from() + " to " + grow.to() + ". The API server says: " + message,
                    "a storage class that lets volumes grow (allowVolumeExpansion); pods go on with what they have");
        }
        return new Wait(
                step.name() + "Failed",
                "KvCluster/" + cluster.getMetadata().getName(),
                "the operator could not do this: " + step.describe() + ". The API server says: " + message,
                "correct what the API server complains of; it is tried again");
    }
}
