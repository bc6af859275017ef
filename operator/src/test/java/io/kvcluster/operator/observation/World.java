package io.kvcluster.operator.observation;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.operator.nodeadmin.FakeNodeAdmin;
import io.kvcluster.operator.nodeadmin.Liveness;
import io.kvcluster.operator.nodeadmin.NodeReport.Load;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.resources.ClientService;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.resources.Difference;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.operator.resources.NodeDisruptionBudget;
import io.kvcluster.operator.resources.NodeNetworkPolicy;
import io.kvcluster.operator.resources.NodeServiceAccount;
import io.kvcluster.operator.resources.NodeStatefulSet;
import io.kvcluster.operator.resources.NodesService;
import io.kvcluster.operator.resources.RingConfigMap;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.RingJson;
import io.kvcluster.ring.change.RingChange;
import io.kvcluster.ring.change.RingChange.NewMember;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A world for tests, in the words of the tests: a cluster as a healthy one looks, then what is different. Reads through the
 * production Observer.
 */
public final class World implements ResourceReader {
    public static final String IMAGE = "node:1";
    public static final String CLUSTER_ID = "11111111-2222-4333-8444-555555555555";
    public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final KvCluster cluster = new KvCluster();
    private final FakeNodeAdmin nodes = new FakeNodeAdmin();
    private final Map<String, Pod> pods = new LinkedHashMap<>();
    private final Map<String, Told> reports = new HashMap<>();
    private final Map<String, PersistentVolumeClaim> claims = new LinkedHashMap<>();
    private final Map<String, String> addresses = new HashMap<>();
    private final List<HasMetadata> objects = new ArrayList<>();
    private @Nullable ConfigMap ringMap;
    private Instant now = NOW;

    private World(String spec) {
        cluster.getMetadata().setName("demo");
        cluster.getMetadata().setNamespace("ns");
        cluster.getMetadata().setUid("cluster-uid");
        cluster.getMetadata().setGeneration(1L);
        cluster.setSpec(spec(spec));
    }

    /** A KvCluster and nothing else. */
    public static World justApplied(String spec) {
        return new World(spec);
    }

    /** Every object is there, every pod waits for its first ring. */
    public static World started(String spec) {
        World world = new World(spec);
        world.objectsAsDesired();
        for (String pod : world.expectedPods()) {
            world.startPod(pod, NodeStatefulSet.podHash(world.cluster.getSpec()));
            world.report(pod, Phase.WAITING_FOR_RING, "", 0, "");
        }
        return world;
    }

    /** Serving under its first ring, acknowledged by all: nothing is left to do. */
    public static World settled(String spec) {
        World world = started(spec);
        world.writeRing(world.firstRing());
        world.serveAll();
        world.acknowledgeAll();
        world.claims.replaceAll((_, claim) -> new PersistentVolumeClaimBuilder(claim)
                .editMetadata()
                .addToLabels(Labels.CLUSTER_ID, CLUSTER_ID)
                .endMetadata()
                .build());
        return world;
    }

    public static KvClusterSpec spec(String yaml) {
        return Serialization.unmarshal("---\n" + yaml, KvClusterSpec.class);
    }

    public Observation look() {
        return new Observer(nodes, () -> now).observe(cluster, SpecRules.steer(cluster), this);
    }

    /** What an operator sees whose caches show this. */
    public Observation look(ResourceReader caches) {
        return new Observer(nodes, () -> now).observe(cluster, SpecRules.steer(cluster), caches);
    }

    @Override
    public <T extends HasMetadata> List<T> all(Class<T> kind) {
        List<HasMetadata> all = new ArrayList<>(objects);
        all.addAll(pods.values());
        all.addAll(claims.values());
        if (ringMap != null) {
            all.add(ringMap);
        }
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    public KvCluster cluster() {
        return cluster;
    }

    public FakeNodeAdmin nodes() {
        return nodes;
    }

    public Ring ring() {
        return ((RingRecord.Written) RingRecord.of(ringMap, "demo")).ring();
    }

    public List<String> expectedPods() {
        return Shape.of("demo", cluster.getSpec(), Optional.empty(), List.of()).pods();
    }

    // What is different from the healthy world.

    public World withSpec(String yaml) {
        cluster.setSpec(spec(yaml));
        cluster.getMetadata().setGeneration(cluster.getMetadata().getGeneration() + 1);
        return this;
    }

    public World rememberSpec() {
        return rememberSpec(Serialization.asJson(cluster.getSpec()));
    }

    public World rememberSpec(String json) {
        return annotate(Labels.LAST_VALID_SPEC, json);
    }

    /** The KvCluster. */
    public World annotate(String annotation, String value) {
        Map<String, String> annotations = new HashMap<>();
        if (cluster.getMetadata().getAnnotations() != null) {
            annotations.putAll(cluster.getMetadata().getAnnotations());
        }
        annotations.put(annotation, value);
        cluster.getMetadata().setAnnotations(annotations);
        return this;
    }

    public World withStatus(KvClusterStatus status) {
        cluster.setStatus(status);
        return this;
    }

    public World later(Instant instant) {
        now = instant;
        return this;
    }

    /** The StatefulSets (and all else) as the spec of now wants them; the pods stay as they are. */
    public World objectsAsDesired() {
        objects.clear();
        objects.add(Difference.sealed(NodeServiceAccount.desired(cluster)));
        objects.add(Difference.sealed(NodesService.desired(cluster)));
        objects.add(Difference.sealed(ClientService.desired(cluster)));
        objects.add(Difference.sealed(NodeDisruptionBudget.desired(
                cluster,
                NodeDisruptionBudget.spare(
                        cluster.getSpec().replicationFactor(),
                        cluster.getSpec().readQuorum(),
                        cluster.getSpec().writeQuorum()))));
        objects.add(Difference.sealed(NodeNetworkPolicy.desired(cluster)));
        if (ringMap == null) {
            ringMap = RingConfigMap.skeleton(cluster);
        }
        Shape.of("demo", cluster.getSpec(), RingRecord.of(ringMap, "demo").written(), List.of())
                .podsByZone()
                .forEach((zone, count) -> objects.add(statefulSet(zone, count)));
        rememberSpec();
        return this;
    }

    public World without(Class<? extends HasMetadata> kind) {
        objects.removeIf(kind::isInstance);
        return this;
    }

    public <T extends HasMetadata> World edit(Class<T> kind, UnaryOperator<T> edit) {
        objects.replaceAll(object -> kind.isInstance(object) ? edit.apply(kind.cast(object)) : object);
        return this;
    }

    public World ringMap(ConfigMap map) {
        ringMap = map;
        return this;
    }

    public World withoutRingMap() {
        ringMap = null;
        return this;
    }

    public World emptyRingMap() {
        ringMap = RingConfigMap.skeleton(cluster);
        return this;
    }

    public World writeRing(Ring ring) {
        return ringText(RingJson.write(ring.table()));
    }

    public World ringText(String json) {
        ringMap = RingConfigMap.withRing(RingConfigMap.skeleton(cluster), json);
        return this;
    }

    public World podGone(String pod) {
        pods.remove(pod);
        reports.remove(pod);
        return this;
    }

    public World podLeaving(String pod) {
        pods.computeIfPresent(
                pod,
                (_, old) -> new PodBuilder(old)
                        .editMetadata()
                        .withDeletionTimestamp(NOW.toString())
                        .endMetadata()
                        .build());
        return this;
    }

    public World podHash(String pod, String hash) {
        pods.computeIfPresent(
                pod,
                (_, old) -> new PodBuilder(old)
                        .editMetadata()
                        .addToAnnotations(Labels.POD_HASH, hash)
                        .endMetadata()
                        .build());
        return this;
    }

    /** The StatefulSet controller's names of the template that the pod was made of, and of that of now. */
    public World revisions(String pod, String ofPod, String ofNow) {
        pods.computeIfPresent(
                pod,
                (_, old) -> new PodBuilder(old)
                        .editMetadata()
                        .addToLabels("controller-revision-hash", ofPod)
                        .endMetadata()
                        .build());
        return edit(
                StatefulSet.class,
                set -> new StatefulSetBuilder(set)
                        .editStatus()
                        .withUpdateRevision(ofNow)
                        .endStatus()
                        .build());
    }

    public World notReady(String pod) {
        pods.computeIfPresent(
                pod,
                (_, old) -> new PodBuilder(old)
                        .editStatus()
                        .withConditions()
                        .endStatus()
                        .build());
        return this;
    }

    /** The operator does not hear of it any more, and Kubernetes does not find it ready. */
    public World dead(String pod) {
        notReady(pod);
        return liveness(pod, Liveness.DOWN);
    }

    /** It cannot be scheduled, or its image cannot be pulled: there is no process. */
    public World pending(String pod) {
        pods.computeIfPresent(
                pod,
                (_, old) -> new PodBuilder(old)
                        .editStatus()
                        .withPhase("Pending")
                        .withPodIP(null)
                        .endStatus()
                        .build());
        return dead(pod);
    }

    public World liveness(String pod, Liveness liveness) {
        nodes.liveness(uid(pod), liveness);
        return this;
    }

    public World phase(String pod, Phase phase) {
        return edit(pod, told -> told.phase = phase);
    }

    public World load(String pod, Load load) {
        return edit(pod, told -> told.load = load);
    }

    public World clockOutOfStep(String pod) {
        return edit(pod, told -> told.clockOutOfStep = true);
    }

    public World store(String pod, String storeId) {
        waitsForRing(pod);
        return edit(pod, told -> told.storeId = storeId);
    }

    /** None of its peers hears of it. */
    public World unheard(String pod) {
        String storeId = storeId(pod);
        List.copyOf(reports.keySet()).forEach(other -> edit(other, told -> told.peers.replace(storeId, false)));
        return this;
    }

    public World usesRing(String pod, Ring ring) {
        return usesUnreadableRing(pod, ring).gives(pod, ring);
    }

    /** It hands out this ring, whatever it reported. */
    public World gives(String pod, Ring ring) {
        nodes.ring(uid(pod), new RingCheck.Valid(ring));
        return this;
    }

    /** It reports a ring but does not hand it out. */
    public World usesUnreadableRing(String pod, Ring ring) {
        return report(pod, Phase.SERVING, ring.clusterId(), ring.epoch(), ring.hash());
    }

    public World usesFork(String pod) {
        Ring ring = ring();
        return report(pod, Phase.SERVING, ring.clusterId(), ring.epoch(), "f".repeat(64));
    }

    public World waitsForRing(String pod) {
        return report(pod, Phase.WAITING_FOR_RING, "", 0, "");
    }

    /** What a pod says, changed. */
    public World edit(String pod, Consumer<Told> edit) {
        Told told = Objects.requireNonNull(reports.get(pod), pod);
        edit.accept(told);
        nodes.report(uid(pod), told.report());
        return this;
    }

    public World forgetAcknowledgement(String pod) {
        nodes.acknowledgedNothing(uid(pod));
        return this;
    }

    public World address(String pod, String ip) {
        pods.computeIfPresent(
                pod,
                (_, old) -> new PodBuilder(old)
                        .editStatus()
                        .withPodIP(ip)
                        .endStatus()
                        .build());
        return this;
    }

    public World claim(String pod, UnaryOperator<PersistentVolumeClaim> edit) {
        claims.computeIfPresent(Names.claim(pod), (_, claim) -> edit.apply(claim));
        return this;
    }

    public World claimLabel(String pod, String key, String value) {
        return claim(
                pod,
                claim -> new PersistentVolumeClaimBuilder(claim)
                        .editMetadata()
                        .addToLabels(key, value)
                        .endMetadata()
                        .build());
    }

    /** Claims as an earlier cluster of the name left them, without pods yet. */
    public World retainedClaim(String pod, String zone) {
        putClaim(pod, zone);
        return claimLabel(pod, Labels.CLUSTER_ID, CLUSTER_ID);
    }

    public World startPod(String pod, String hash) {
        String zone = zone(pod);
        pods.put(
                pod,
                new PodBuilder()
                        .withNewMetadata()
                        .withName(pod)
                        .withNamespace("ns")
                        .withUid(uid(pod))
                        .withResourceVersion("7")
                        .withLabels(Labels.of("demo", zone))
                        .addToAnnotations(Labels.POD_HASH, hash)
                        .endMetadata()
                        .withNewStatus()
                        .withPhase("Running")
                        .withPodIP(addresses.computeIfAbsent(pod, _ -> "10.0.0." + (1 + addresses.size())))
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build());
        if (!claims.containsKey(Names.claim(pod))) {
            putClaim(pod, zone);
        }
        return this;
    }

    public World podLabels(String pod, Map<String, String> labels) {
        pods.computeIfPresent(
                pod,
                (_, old) -> new PodBuilder(old)
                        .editMetadata()
                        .addToLabels(labels)
                        .endMetadata()
                        .build());
        return this;
    }

    /** As an API server stores it. */
    public World put(HasMetadata object) {
        objects.removeIf(old -> old.getKind().equals(object.getKind())
                && old.getMetadata().getName().equals(object.getMetadata().getName()));
        objects.add(object);
        return this;
    }

    public World remove(Class<? extends HasMetadata> kind, String name) {
        objects.removeIf(object ->
                kind.isInstance(object) && object.getMetadata().getName().equals(name));
        return this;
    }

    /** By name. */
    public Map<String, PersistentVolumeClaim> claims() {
        return Map.copyOf(claims);
    }

    public World claimGone(String pod) {
        claims.remove(Names.claim(pod));
        return this;
    }

    /** What a pod says, from nothing. */
    public World says(String pod, String storeId, Consumer<Told> content) {
        Told told = new Told(pod, storeId);
        reports.put(pod, told);
        return edit(pod, content);
    }

    public World serve(String pod) {
        Ring ring = ring();
        return report(pod, Phase.SERVING, ring.clusterId(), ring.epoch(), ring.hash());
    }

    public World serveAll() {
        expectedPods().forEach(this::serve);
        return this;
    }

    public World acknowledgeAll() {
        nodes.acknowledgeWhatIsPushed(look());
        return this;
    }

    public Ring firstRing() {
        KvClusterSpec spec = cluster.getSpec();
        List<NewMember> members = expectedPods().stream()
                .map(pod -> new NewMember(
                        pod, storeId(pod), 1, Names.address(new ClusterKey("ns", "demo"), pod), zone(pod)))
                .toList();
        return ((RingChange.Made) RingChange.first(new RingChange.First(
                        "demo",
                        CLUSTER_ID,
                        members,
                        spec.replicationFactor(),
                        spec.readQuorum(),
                        spec.writeQuorum(),
                        spec.partitions(),
                        Defaults.newBuilder()
                                .setConsistency("eventual")
                                .setConflictResolution("LastWriterWins")
                                .setDurability("Fsync")
                                .build())))
                .ring();
    }

    /** The ring after another, with nothing changed but its epoch. */
    public static Ring next(Ring ring) {
        return ((RingCheck.Valid) RingChange.next(ring, _ -> {})).ring();
    }

    public static String storeId(String pod) {
        return String.format("%016x", 0xabc000000000L + pod.hashCode());
    }

    public static String uid(String pod) {
        return "uid-" + pod;
    }

    public Member member(String pod) {
        return ring().members().stream()
                .filter(member -> member.getName().equals(pod))
                .findFirst()
                .orElseThrow();
    }

    private World report(String pod, Phase phase, String clusterId, long epoch, String hash) {
        Told told = new Told(pod, storeId(pod));
        told.phase = phase;
        told.clusterId = clusterId;
        told.epoch = epoch;
        told.hash = hash;
        expectedPods().stream()
                .filter(other -> !other.equals(pod))
                .forEach(other -> told.peers.put(storeId(other), true));
        reports.put(pod, told);
        nodes.report(uid(pod), told.report());
        return this;
    }

    private void putClaim(String pod, String zone) {
        claims.put(
                Names.claim(pod),
                new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName(Names.claim(pod))
                        .withNamespace("ns")
                        .withUid("uid-" + Names.claim(pod))
                        .withLabels(Labels.of("demo", zone))
                        .endMetadata()
                        .withNewSpec()
                        .withNewResources()
                        .addToRequests(
                                "storage",
                                new Quantity(cluster.getSpec().storage().size()))
                        .endResources()
                        .endSpec()
                        .build());
    }

    private StatefulSet statefulSet(String zone, int count) {
        StatefulSet set = NodeStatefulSet.desired(cluster, cluster.getSpec(), zone, count, IMAGE);
        List<PersistentVolumeClaim> templates = set.getSpec().getVolumeClaimTemplates();
        set.getSpec().setVolumeClaimTemplates(List.of());
        StatefulSet sealed = Difference.sealed(set);
        sealed.getSpec().setVolumeClaimTemplates(templates);
        sealed.getMetadata().setUid("uid-" + sealed.getMetadata().getName());
        sealed.getMetadata().setGeneration(1L);
        sealed.setStatus(
                new StatefulSetStatusBuilder().withObservedGeneration(1L).build());
        return sealed;
    }

    private String zone(String pod) {
        List<String> zones = cluster.getSpec().topology() == null
                ? List.of("")
                : cluster.getSpec().topology().zones();
        return zones.stream()
                .filter(zone -> pod.startsWith(Names.statefulSet("demo", zone) + "-"))
                .findFirst()
                .orElse("");
    }
}
