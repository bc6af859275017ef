package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.operator.moves.GivenUp;
import io.kvcluster.operator.nodeadmin.Liveness;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.nodeadmin.NodeTarget;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Told;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.operator.resources.RingConfigMap;
import io.kvcluster.operator.status.StatusCalculator;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.RingJson;
import io.kvcluster.ring.change.CopyProof;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A World that goes on: what Kubernetes and the nodes make of what the operator writes. Every write is checked against what must never
 * happen: an epoch with two contents, a read asked of a store that lacks the data, a pod taken away whose store somebody needs. The
 * operator can die between any two of its writes; it remembers nothing.
 */
final class Stage {
    private static final int MOST_PASSES = 400;

    /** The operator died. */
    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** A disk: what it holds, and the ring that its node has. */
    private static final class Store {
        final String id;
        final Set<Integer> holds = new TreeSet<>();

        @Nullable Ring ring;

        Store(String id) {
            this.id = id;
        }
    }

    final World world;
    final List<String> done = new ArrayList<>();
    final List<String> started = new ArrayList<>();
    private final Map<String, Store> stores = new TreeMap<>();
    private final Map<String, String> storeByClaim = new TreeMap<>();
    private final List<Ring> written = new ArrayList<>();
    private Ring newest;
    private final Map<Long, String> hashes = new HashMap<>();
    private Planner planner = new Planner(World.IMAGE);
    private final Set<String> silent = new HashSet<>();
    private final Set<String> cutOff = new TreeSet<>();
    private final Set<String> stuck = new TreeSet<>();
    private final Set<String> lost = new HashSet<>();
    private BiConsumer<String, Told> lie = (_, _) -> {};
    private List<Wait> waits = List.of();
    private @Nullable LaggingCaches caches;
    private int disks;
    private int sets;
    private int writesLeft = Integer.MAX_VALUE;

    private Stage(World world) {
        this.world = world;
        newest = world.ring();
        written.add(newest);
        hashes.put(newest.epoch(), newest.hash());
        for (Member member : world.ring().members()) {
            Store store = new Store(member.getStoreId());
            store.ring = world.ring();
            store.holds.addAll(world.ring().partitionsOf(store.id));
            stores.put(store.id, store);
            storeByClaim.put(Names.claim(member.getName()), store.id);
        }
        kubernetesAndNodes();
    }

    static Stage settled(String spec) {
        return new Stage(World.settled(spec));
    }

    Stage want(String spec) {
        world.withSpec(spec);
        return this;
    }

    /** These pods are up for Kubernetes, but nobody hears of them. */
    Stage silent(String... pods) {
        silent.addAll(List.of(pods));
        kubernetesAndNodes();
        return this;
    }

    /** Only the operator does not hear them. */
    Stage cutOff(String... pods) {
        cutOff.addAll(List.of(pods));
        return silent(pods);
    }

    Stage heard(String... pods) {
        List.of(pods).forEach(silent::remove);
        List.of(pods).forEach(cutOff::remove);
        kubernetesAndNodes();
        return this;
    }

    /** The claim was deleted with its volume; the pod comes back on a new one. */
    Stage losesClaim(String pod) {
        lost.add(storeOf(pod));
        storeByClaim.remove(Names.claim(pod));
        world.podGone(pod).forgetAcknowledgement(pod).claimGone(pod);
        kubernetesAndNodes();
        return this;
    }

    /** The claim is the same, what is on it is not. */
    Stage losesData(String pod) {
        lost.add(storeOf(pod));
        storeByClaim.put(Names.claim(pod), newDisk());
        world.forgetAcknowledgement(pod);
        kubernetesAndNodes();
        return this;
    }

    /** What pods say is changed before the operator hears it. */
    Stage lying(BiConsumer<String, Told> change) {
        lie = change;
        kubernetesAndNodes();
        return this;
    }

    /** After so many further writes the operator dies. */
    Stage diesAfter(int writes) {
        writesLeft = writes;
        return this;
    }

    /** It has heard of nobody yet, and nobody's acknowledgement is remembered. */
    Stage operatorRestarts() {
        writesLeft = Integer.MAX_VALUE;
        world.all(Pod.class).forEach(pod -> world.forgetAcknowledgement(name(pod)));
        world.all(Pod.class).forEach(pod -> world.liveness(name(pod), Liveness.UNKNOWN));
        pass();
        return this;
    }

    /** Another version of it, which makes pods of another image where the spec names none. */
    Stage operatorBecomes(String defaultImage) {
        planner = new Planner(defaultImage);
        return operatorRestarts();
    }

    /** Passes until nothing is left to do, or nothing happens any more. */
    Stage run() {
        int idle = 0;
        for (int i = 0; i < MOST_PASSES && idle < 3; i++) {
            idle = pass() ? 0 : idle + 1;
        }
        assertThat(idle).as("still busy after %d passes: %s", MOST_PASSES, done).isEqualTo(3);
        return this;
    }

    Stage passes(int count) {
        for (int i = 0; i < count; i++) {
            pass();
        }
        return this;
    }

    /** The caches that passes look at lag behind the API server, each kind by itself; never back in time. */
    Stage lagging(Random chance) {
        caches = new LaggingCaches(world, chance);
        return this;
    }

    Stage fresh() {
        caches = null;
        return this;
    }

    /** Whether anything was done. */
    boolean pass() {
        Observation look = caches == null ? world.look() : world.look(caches.next());
        Plan plan = planner.plan(look);
        for (Step step : plan.steps()) {
            Optional<Step> now = step.needsSecondLook()
                    ? planner.plan(world.look()).steps().stream()
                            .filter(step::isSameAs)
                            .findFirst()
                    : Optional.of(step);
            if (now.isPresent()) {
                write(now.get());
            }
        }
        waits = plan.waits();
        world.withStatus(
                StatusCalculator.of(look, waits, plan.steps().stream().anyMatch(Step::isProgress), plan.progress()));
        kubernetesAndNodes();
        return !plan.steps().isEmpty();
    }

    KvClusterStatus status() {
        return world.cluster().getStatus();
    }

    List<String> waits() {
        return waits.stream().map(wait -> wait.check() + " " + wait.object()).toList();
    }

    String why() {
        return String.join("; ", waits.stream().map(Wait::why).toList());
    }

    /** The newest that was written, whatever became of the ConfigMap. */
    Ring ring() {
        return newest;
    }

    /**
     * The ConfigMap is not what the operator left there any more. A ring that nobody but it had is forgotten: no store used it, so its epoch
     * may be written with another content.
     */
    Stage ringLost(Consumer<Stage> how) {
        Ring known = stores.values().stream()
                .flatMap(store -> Optional.ofNullable(store.ring).stream())
                .max(Comparator.comparingLong(Ring::epoch))
                .orElseThrow();
        hashes.keySet().removeIf(epoch -> epoch > known.epoch());
        newest = known;
        how.accept(this);
        return this;
    }

    /** Every ring that was ever written, the first first. */
    List<Ring> written() {
        return List.copyOf(written);
    }

    List<String> members() {
        return ring().members().stream()
                .map(member -> member.getName() + " " + member.getState())
                .toList();
    }

    List<String> pods() {
        return world.all(Pod.class).stream().map(Stage::name).sorted().toList();
    }

    Map<String, String> marks() {
        Map<String, String> marks = new TreeMap<>();
        world.all(PersistentVolumeClaim.class).forEach(claim -> {
            String store = claim.getMetadata().getLabels().get(Labels.DRAINED);
            if (store != null) {
                marks.put(claim.getMetadata().getName(), store);
            }
        });
        return marks;
    }

    String storeOf(String pod) {
        return storeByClaim.get(Names.claim(pod));
    }

    // --- what is written

    private void write(Step step) {
        if (writesLeft-- == 0) {
            throw new Died();
        }
        done.add(step.describe());
        switch (step) {
            case Step.RecordSpec(String json) -> world.rememberSpec(json);
            case Step.Apply apply -> put(apply.desired());
            case Step.ShrinkStatefulSet shrink -> put(shrink.desired());
            case Step.AdvanceRing advance -> publish(advance.next());
            case Step.PushRing push -> push.targets().forEach(target -> take(push, target));
            case Step.LabelClaim label -> world.claimLabel(podOf(label.claim()), Labels.CLUSTER_ID, label.clusterId());
            case Step.MarkDrained mark -> world.claimLabel(podOf(mark.claim()), Labels.DRAINED, mark.storeId());
            case Step.UnmarkDrained mark -> world.claim(podOf(mark.claim()), Stage::withoutMark);
            case Step.DeleteClaim delete -> deleteClaim(delete.claim());
            case Step.QuarantineClaim set -> quarantine(set);
            case Step.GrowVolume grow -> grow(grow);
            case Step.RecreateStatefulSet recreate -> orphan(recreate);
            case Step.RestartPod restart -> restart(restart.pod());
            case Step.CreateRingMap _ -> world.emptyRingMap();
            case Step.RestoreRing restore -> restore(restore.ring());
            case Step.WriteFirstRing _ -> throw new AssertionError("not expected here: " + step.describe());
        }
    }

    private void restart(String pod) {
        String store = storeOf(pod);
        for (int p = 0; p < ring().partitions(); p++) {
            List<Member> replicas = ring().replicas(p);
            boolean its =
                    replicas.stream().anyMatch(member -> member.getStoreId().equals(store));
            long others = replicas.stream()
                    .filter(member -> !member.getStoreId().equals(store) && !stuck.contains(member.getName()))
                    .count();
            assertThat(!its || stuck.contains(pod) || others >= Math.min(ring().majority(p), replicas.size() - 1))
                    .as("without %s partition %d has no quorum", pod, p)
                    .isTrue();
        }
        world.podGone(pod).forgetAcknowledgement(pod);
        stuck.remove(pod);
    }

    private void quarantine(Step.QuarantineClaim step) {
        assertThat(pods()).doesNotContain(podOf(step.claim()));
        world.claimLabel(podOf(step.claim()), Labels.QUARANTINED, step.since());
    }

    private void grow(Step.GrowVolume step) {
        world.claim(podOf(step.claim()), claim -> withSize(claim, step.to()));
    }

    private static PersistentVolumeClaim withSize(PersistentVolumeClaim claim, String size) {
        return new PersistentVolumeClaimBuilder(claim)
                .editSpec()
                .withNewResources()
                .addToRequests("storage", new Quantity(size))
                .endResources()
                .endSpec()
                .build();
    }

    private void orphan(Step.RecreateStatefulSet step) {
        world.remove(StatefulSet.class, step.set());
    }

    /** As a human takes the label of quarantine away. */
    static PersistentVolumeClaim released(PersistentVolumeClaim claim) {
        return new PersistentVolumeClaimBuilder(claim)
                .editMetadata()
                .removeFromLabels(Labels.QUARANTINED)
                .endMetadata()
                .build();
    }

    private static PersistentVolumeClaim withoutMark(PersistentVolumeClaim claim) {
        return new PersistentVolumeClaimBuilder(claim)
                .editMetadata()
                .removeFromLabels(Labels.DRAINED)
                .endMetadata()
                .build();
    }

    private void put(HasMetadata object) {
        if (!(object instanceof StatefulSet set)) {
            world.put(object);
            return;
        }
        Optional<StatefulSet> before = set(set.getMetadata().getName());
        String seen = set.getMetadata().getResourceVersion();
        String found = before.map(old -> old.getMetadata().getResourceVersion()).orElse(null);
        if (caches != null && seen != null && !seen.equals(found)) {
            return; // a conflict: it was made from an older version
        }
        if (caches != null && seen == null && before.isPresent()) {
            assertThat(set.getSpec().getReplicas())
                    .as("a cache that does not show the StatefulSet yet takes no pods away")
                    .isGreaterThanOrEqualTo(before.get().getSpec().getReplicas());
        }
        long generation = before.map(old -> old.getMetadata().getGeneration()).orElse(0L) + 1;
        world.put(new StatefulSetBuilder(set)
                .editMetadata()
                .withUid(before.map(old -> old.getMetadata().getUid()).orElseGet(() -> "uid-set-" + sets++))
                .withGeneration(generation)
                .withResourceVersion("s" + generation)
                .endMetadata()
                .withStatus(new StatefulSetStatusBuilder()
                        .withObservedGeneration(generation)
                        .build())
                .build());
        assertThat(caches != null && seen == null ? found : seen)
                .as("what is written of a StatefulSet is made from its very version")
                .isEqualTo(found);
    }

    /** Only what was written before is written again. */
    private void restore(Ring found) {
        assertThat(found.hash()).isEqualTo(hashes.get(found.epoch()));
        assertThat(found.epoch()).as("the newest").isEqualTo(newest.epoch());
        world.writeRing(found);
    }

    private void publish(Ring next) {
        assertThat(next.epoch()).isEqualTo(ring().epoch() + 1);
        assertThat(next.table().getPreviousHash()).isEqualTo(ring().hash());
        String other = hashes.put(next.epoch(), next.hash());
        assertThat(other).as("epoch %d is written once", next.epoch()).isNull();
        written.add(next);
        newest = next;
        Observation look = world.look();
        ConfigMap map = RingConfigMap.withRing(look.ringMap().orElseThrow(), RingJson.write(next.table()));
        GivenUp.times(look, next).ifPresent(times -> RingConfigMap.annotate(map, Labels.GIVEN_UP, times));
        world.ringMap(map);
        for (int p = 0; p < next.partitions(); p++) {
            int partition = p;
            assertThat(next.readers(p))
                    .as("who is asked for partition %d has it", p)
                    .allMatch(member -> lost.contains(member.getStoreId())
                            || stores.get(member.getStoreId()).holds.contains(partition));
        }
    }

    private void take(Step.PushRing push, NodeTarget target) {
        Store store = stores.get(storeOf(target.pod()));
        if (store.ring != null && push.publication().ring().epoch() < store.ring.epoch()) {
            return; // a node refuses an older ring
        }
        store.ring = push.publication().ring();
        assertThat(store.ring.hash()).isEqualTo(hashes.get(store.ring.epoch()));
        world.nodes().acknowledged(target.uid(), push.publication());
    }

    private void deleteClaim(String claim) {
        assertThat(pods()).doesNotContain(podOf(claim));
        assertThat(stores.get(storeByClaim.get(claim)).holds).isEmpty();
        storeByClaim.remove(claim);
        world.claimGone(podOf(claim));
    }

    // --- what becomes of it

    private void kubernetesAndNodes() {
        Set<String> wanted = new TreeSet<>();
        world.all(StatefulSet.class).forEach(set -> {
            for (int i = 0; i < set.getSpec().getReplicas(); i++) {
                wanted.add(Names.pod(set.getMetadata().getName(), i));
            }
        });
        for (String pod : pods()) {
            boolean orphan = set(setOf(pod)).isEmpty();
            if (!wanted.remove(pod) && !orphan) {
                takeAway(pod);
            }
        }
        wanted.forEach(this::startPod);
        stuck.retainAll(pods());
        stuck.forEach(world::pending);
        List<String> running =
                pods().stream().filter(pod -> !stuck.contains(pod)).toList();
        hearNewerRing(running);
        running.forEach(pod -> work(stores.get(storeOf(pod))));
        running.forEach(this::report);
    }

    private void startPod(String pod) {
        boolean quarantined = Optional.ofNullable(world.claims().get(Names.claim(pod)))
                .filter(claim -> claim.getMetadata().getLabels().containsKey(Labels.QUARANTINED))
                .isPresent();
        assertThat(quarantined).as("%s starts on a quarantined volume", pod).isFalse();
        boolean fresh = !storeByClaim.containsKey(Names.claim(pod));
        storeByClaim.computeIfAbsent(Names.claim(pod), _ -> newDisk());
        StatefulSetSpec set = set(setOf(pod)).orElseThrow().getSpec();
        PodTemplateSpec made = set.getTemplate();
        world.startPod(pod, made.getMetadata().getAnnotations().get(Labels.POD_HASH));
        world.podLabels(pod, made.getMetadata().getLabels());
        started.add(pod);
        if (cannotStart(made)) {
            stuck.add(pod);
        }
        if (fresh) {
            PersistentVolumeClaim template = set.getVolumeClaimTemplates().getFirst();
            String size = template.getSpec()
                    .getResources()
                    .getRequests()
                    .get("storage")
                    .toString();
            world.claim(pod, claim -> withSize(claim, size));
        }
    }

    /** What Kubernetes would find no image, no machine or no zone for. */
    private static boolean cannotStart(PodTemplateSpec made) {
        Container container = made.getSpec().getContainers().getFirst();
        boolean hungry = container.getResources() != null
                && container.getResources().getRequests() != null
                && container.getResources().getRequests().containsKey("cpu");
        return hungry
                || container.getImage().startsWith("missing")
                || "nowhere".equals(made.getMetadata().getLabels().get(Labels.ZONE));
    }

    private static String setOf(String pod) {
        return pod.substring(0, pod.lastIndexOf('-'));
    }

    /** Of a node that is no member any more its peers are all who tell it. */
    private void hearNewerRing(List<String> running) {
        List<Store> heard = running.stream()
                .filter(pod -> !silent.contains(pod))
                .map(pod -> stores.get(storeOf(pod)))
                .toList();
        Optional<Ring> newest = heard.stream()
                .flatMap(store -> Optional.ofNullable(store.ring).stream())
                .max(Comparator.comparingLong(Ring::epoch));
        for (Store store : heard) {
            if (store.ring != null && newest.orElseThrow().member(store.id).isEmpty()) {
                store.ring = newest.orElseThrow();
            }
        }
    }

    private String newDisk() {
        Store store = new Store(String.format("%016x", 0xd15c000 + disks++));
        stores.put(store.id, store);
        return store.id;
    }

    private void takeAway(String pod) {
        Store store = stores.get(storeOf(pod));
        assertThat(ring().members())
                .as("no member's pod is taken away")
                .noneMatch(member ->
                        member.getName().equals(pod) || member.getStoreId().equals(store.id));
        assertThat(store.holds).as("what %s holds when it goes", pod).isEmpty();
        world.podGone(pod).forgetAcknowledgement(pod);
    }

    private void work(Store store) {
        Ring ring = store.ring;
        if (ring == null) {
            return;
        }
        for (int p = 0; p < ring.partitions(); p++) {
            int partition = p;
            boolean source = ring.replicas(p).stream()
                    .filter(member -> !lost.contains(member.getStoreId()))
                    .anyMatch(member -> stores.get(member.getStoreId()).holds.contains(partition));
            if (ring.joins(p, store.id) && source) {
                store.holds.add(p);
            }
        }
        store.holds.removeIf(p -> !ring.isHolder(p, store.id));
    }

    private void report(String pod) {
        Store store = stores.get(storeOf(pod));
        Set<String> heard = new TreeSet<>();
        pods().stream()
                .filter(other -> !silent.contains(other) || cutOff.contains(other))
                .forEach(other -> heard.add(storeOf(other)));
        Ring ring = store.ring;
        if (ring != null) {
            world.nodes().ring(World.uid(pod), new RingCheck.Valid(ring));
        }
        world.says(pod, store.id, told -> {
            if (ring != null) {
                told.clusterId = ring.clusterId();
                told.epoch = ring.epoch();
                told.hash = ring.hash();
                told.phase = ring.member(store.id).isPresent() ? Phase.SERVING : Phase.WAITING_FOR_RING;
                told.copies = copies(ring, store);
                told.holds(ring.partitionsOf(store.id).size(), store.holds.size());
            }
            told.follows = true;
            stores.keySet().forEach(peer -> told.peers.put(peer, heard.contains(peer)));
            lie.accept(pod, told);
        });
        if (silent.contains(pod)) {
            world.liveness(pod, Liveness.DOWN);
        }
    }

    private List<CopyProof> copies(Ring ring, Store store) {
        List<CopyProof> copies = new ArrayList<>();
        for (int p = 0; p < ring.partitions(); p++) {
            if (ring.moves(p) && ring.isTarget(p, store.id) && ring.move(p).getPhase() == MovePhase.COPY) {
                List<String> others = ring.replicas(p).stream()
                        .filter(member -> !silent.contains(member.getName()) && !stuck.contains(member.getName()))
                        .map(Member::getStoreId)
                        .filter(id -> !id.equals(store.id) && !lost.contains(id))
                        .toList();
                copies.add(new CopyProof(p, ring.copyEpoch(p), store.holds.contains(p), others, others));
            }
        }
        return copies;
    }

    private Optional<StatefulSet> set(String name) {
        return world.all(StatefulSet.class).stream()
                .filter(set -> set.getMetadata().getName().equals(name))
                .findFirst();
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    private static String podOf(String claim) {
        return claim.substring(Names.claim("").length());
    }
}
