package io.kvcluster.e2e.cluster;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.client.Address;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.KvClientConfig;
import io.kvcluster.crd.Blocker;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.MemberStatus;
import io.kvcluster.e2e.testbed.Target;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** One KvCluster on a target. */
public final class Cluster {
    /** The cluster that most scenarios share: each leaves it as it found it. */
    public static final String SHARED = "e2e";

    public static final String CONTAINER = "storage-node";
    public static final Duration POLL = Duration.ofMillis(50);

    private static final ResourceDefinitionContext KIND = new ResourceDefinitionContext.Builder()
            .withGroup(KvCluster.GROUP)
            .withVersion(KvCluster.VERSION)
            .withKind(KvCluster.KIND)
            .withPlural("kvclusters")
            .withNamespaced(true)
            .build();
    private static final String FIELD_MANAGER = "kubectl";

    private final Target target;
    private final String name;

    public Cluster(Target target, String name) {
        this.target = target;
        this.name = name;
    }

    /** Made when it is not there, and whole: every member live and every pod ready. */
    public static Cluster shared(Target target) {
        Cluster cluster = new Cluster(target, SHARED);
        if (cluster.find().isEmpty()) {
            cluster.apply(Spec.of(target));
        }
        cluster.awaitSettled();
        return cluster;
    }

    public String name() {
        return name;
    }

    public Target target() {
        return target;
    }

    /** As {@code kubectl apply --server-side}. @throws io.fabric8.kubernetes.client.KubernetesClientException when it is refused */
    public void apply(Spec spec) {
        GenericKubernetesResource resource = Serialization.unmarshal(spec.yaml(name), GenericKubernetesResource.class);
        generic(target)
                .resource(resource)
                .fieldManager(FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
    }

    /** As {@code kubectl patch --type merge}: fields of the spec, null takes one away. */
    public void patchSpec(String json) {
        generic(target).withName(name).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":" + json + "}");
    }

    public void annotate(String annotation, String value) {
        generic(target)
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        Serialization.asJson(Map.of("metadata", Map.of("annotations", Map.of(annotation, value)))));
    }

    /** Untyped access, for what the typed form would fill in or refuse by itself. */
    public static NonNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            generic(Target target) {
        return target.client().genericKubernetesResources(KIND).inNamespace(target.namespace());
    }

    public Resource<KvCluster> resource() {
        return target.client()
                .resources(KvCluster.class)
                .inNamespace(target.namespace())
                .withName(name);
    }

    public Optional<KvCluster> find() {
        return Optional.ofNullable(resource().get());
    }

    public Optional<KvClusterStatus> status() {
        return find().map(KvCluster::getStatus);
    }

    /** The status of the spec as it is now; empty while the operator has not seen it. */
    public Optional<KvClusterStatus> currentStatus() {
        return find().filter(cluster -> cluster.getStatus() != null
                        && cluster.getMetadata()
                                .getGeneration()
                                .equals(cluster.getStatus().observedGeneration()))
                .map(KvCluster::getStatus);
    }

    public boolean has(String condition, String value) {
        return condition(condition)
                .filter(found -> found.getStatus().equals(value))
                .isPresent();
    }

    public Optional<Condition> condition(String type) {
        return status().stream()
                .flatMap(status -> status.conditions().stream())
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    public Optional<MemberStatus> member(String pod) {
        return status().stream()
                .flatMap(status -> status.members().stream())
                .filter(member -> member.name().equals(pod))
                .findFirst();
    }

    /** The store of a member, as the status names it. */
    public String storeOf(String pod) {
        return member(pod).map(MemberStatus::storeId).orElseThrow();
    }

    public List<Blocker> blockers() {
        return status().map(KvClusterStatus::blockedBy).orElse(List.of());
    }

    /** The operator would give the member up, and holds it because as many as may go in an hour did. */
    public boolean isReplacementLimited(String pod) {
        return blockers().stream()
                .anyMatch(blocker -> blocker.check().equals("ReplacementsLimited")
                        && blocker.object().equals("Pod/" + pod));
    }

    /** As a human who knows that the store does not come back. */
    public void giveUp(String storeId) {
        annotate("kvcluster.io/replace-store", storeId);
    }

    public void awaitAvailable() {
        awaitStatus("Available", status -> isTrue(status, "Available"));
    }

    /** Available, nothing degraded, nothing held up or under way; every pod ready, in the status too; every node serving. */
    public void awaitSettled() {
        awaitSettled(target.patience());
    }

    public void awaitSettled(Duration limit) {
        awaitStatus(
                "settled",
                limit,
                status -> isTrue(status, "Available")
                        && !isTrue(status, "Degraded")
                        && status.blockedBy().isEmpty()
                        && find().map(cluster -> cluster.getSpec().replicas())
                                .equals(Optional.of(status.members().size()))
                        && status.members().stream().allMatch(MemberStatus::live)
                        && Objects.equals(
                                status.readyReplicas(), status.members().size())
                        && !isTrue(status, "Progressing"));
        await(name + ": every node serves")
                .atMost(target.patience())
                .pollInterval(POLL)
                .until(() -> nodes().stream().allMatch(node -> node.isReady() && node.seesAllUp()));
    }

    public void awaitStatus(String what, Predicate<KvClusterStatus> condition) {
        awaitStatus(what, target.patience(), condition);
    }

    public void awaitStatus(String what, Duration limit, Predicate<KvClusterStatus> condition) {
        try {
            await(name + ": " + what)
                    .atMost(limit)
                    .pollInterval(POLL)
                    .until(() -> currentStatus().filter(condition).isPresent());
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(
                    name + " is not " + what + " within " + limit + ". Its status: "
                            + status().map(Serialization::asYaml).orElse("none"),
                    e);
        }
    }

    public List<StatefulSet> statefulSets() {
        return target.client()
                .apps()
                .statefulSets()
                .inNamespace(target.namespace())
                .withLabel("kvcluster.io/cluster", name)
                .list()
                .getItems();
    }

    /** What the operator told of it under this reason, the oldest first. */
    public List<String> events(String reason) {
        return target.client().v1().events().inNamespace(target.namespace()).list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals(name) && reason.equals(event.getReason()))
                .sorted(Comparator.comparing(event -> event.getMetadata().getCreationTimestamp()))
                .map(Event::getMessage)
                .toList();
    }

    /** Sorted by name. */
    public List<Pod> pods() {
        return target
                .client()
                .pods()
                .inNamespace(target.namespace())
                .withLabels(Map.of("kvcluster.io/cluster", name, "kvcluster.io/component", "node"))
                .list()
                .getItems()
                .stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    public List<String> podNames() {
        return pods().stream().map(pod -> pod.getMetadata().getName()).toList();
    }

    /** By pod: what changes when a pod is replaced or its container restarted. */
    public Map<String, String> incarnations() {
        return pods().stream()
                .collect(Collectors.toMap(
                        pod -> pod.getMetadata().getName(),
                        pod -> pod.getMetadata().getUid() + " restarts "
                                + pod.getStatus().getContainerStatuses().stream()
                                        .mapToInt(container -> container.getRestartCount())
                                        .sum()));
    }

    public Optional<Pod> pod(String pod) {
        return Optional.ofNullable(target.client()
                .pods()
                .inNamespace(target.namespace())
                .withName(pod)
                .get());
    }

    public static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /** Every pod that has an address. */
    public List<Node> nodes() {
        return pods().stream()
                .filter(pod -> pod.getStatus() != null && pod.getStatus().getPodIP() != null)
                .map(pod -> new Node(pod.getMetadata().getName(), target.reach(pod)))
                .toList();
    }

    public Node node(String pod) {
        return nodes().stream()
                .filter(node -> node.name().equals(pod))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("pod " + pod + " has no address"));
    }

    /** Claims of its pods, also those that outlived it. */
    public List<PersistentVolumeClaim> claims() {
        return target.client()
                .persistentVolumeClaims()
                .inNamespace(target.namespace())
                .withLabel("kvcluster.io/cluster", name)
                .list()
                .getItems();
    }

    /** Kubernetes keeps it until its pod is gone. */
    public void deleteClaimOf(String pod) {
        boolean none = target.client()
                .persistentVolumeClaims()
                .inNamespace(target.namespace())
                .withName("data-" + pod)
                .delete()
                .isEmpty();
        if (none) {
            throw new IllegalStateException("no claim of " + pod);
        }
    }

    public Optional<ConfigMap> ringMap() {
        return Optional.ofNullable(target.client()
                .configMaps()
                .inNamespace(target.namespace())
                .withName(name + "-ring")
                .get());
    }

    /** A client with the present nodes as seeds, connected. */
    public KvClient connect() {
        KvClient client = KvClient.connect(KvClientConfig.of(
                nodes().stream().map(node -> node.address().grpc()).toArray(Address[]::new)));
        client.awaitConnected(Duration.ofSeconds(5));
        return client;
    }

    /** Deletes it and returns when nothing is left of it but claims that it keeps. */
    public void delete() {
        resource().delete();
        awaitGone();
    }

    public void awaitGone() {
        await(name + " gone")
                .atMost(target.patience())
                .pollInterval(POLL)
                .until(() -> find().isEmpty() && pods().isEmpty());
    }

    private static boolean isTrue(KvClusterStatus status, String condition) {
        return status.conditions().stream()
                .anyMatch(found ->
                        found.getType().equals(condition) && found.getStatus().equals("True"));
    }
}
