package io.kvcluster.operator.cluster;

import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.nodeadmin.NodeState;
import io.kvcluster.operator.nodeadmin.NodeTarget;
import io.kvcluster.operator.nodeadmin.Publication;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.RingRecord;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.operator.volumes.Claims;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.EpochRule;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.RingChange.NewMember;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The ring: made once, when every member told its store; found again with the members when the ConfigMap lost it; given to every
 * member that does not have it. A second history is never begun while anything carries the first one's id.
 */
final class RingPlan {
    private final Observation world;
    private final List<Step> steps;
    private final List<Wait> waits;
    private Progress progress = new Progress.Unknown();

    private RingPlan(Observation world, List<Step> steps, List<Wait> waits) {
        this.world = world;
        this.steps = steps;
        this.waits = waits;
    }

    static Progress plan(Observation world, List<Step> steps, List<Wait> waits) {
        RingPlan plan = new RingPlan(world, steps, waits);
        plan.plan();
        return plan.progress;
    }

    private void plan() {
        Set<String> histories = histories();
        if (histories.size() > 1) {
            hold(
                    "ConflictingHistories",
                    "KvCluster/" + world.key().name(),
                    "claims and members carry the ids of several clusters: " + String.join(", ", histories),
                    "decide which data is this cluster's; move the claims of the others away");
            return;
        }
        switch (world.record()) {
            case RingRecord.Written(Ring ring) -> written(ring);
            case RingRecord.Unreadable(String why) -> lost(histories, Optional.of(why));
            case RingRecord.None() -> lost(histories, Optional.empty());
        }
    }

    private Set<String> histories() {
        Set<String> ids = new TreeSet<>();
        world.claims().forEach(claim -> {
            String id = Claims.clusterId(claim);
            if (id != null) {
                ids.add(id);
            }
        });
        reports().forEach(report -> ids.add(report.clusterId()));
        world.ring().ifPresent(ring -> ids.add(ring.clusterId()));
        ids.remove("");
        return ids;
    }

    private void written(Ring ring) {
        if (world.memberRing().isPresent()) {
            restore(world.memberRing().get(), Optional.of(ring));
            return;
        }
        for (NodeReport report : reports()) {
            if (report.ringEpoch() == ring.epoch() && !report.ringHash().equals(ring.hash())) {
                hold(
                        "RingFork",
                        "Pod/" + report.name(),
                        report.name() + " has another ring of epoch " + ring.epoch() + " than the ConfigMap",
                        "two operators wrote rings; find out which one the majority of members has");
                return;
            }
            if (report.ringEpoch() > ring.epoch()) {
                hold(
                        "RingNotFetched",
                        "Pod/" + report.name(),
                        report.name() + " has the ring of epoch " + report.ringEpoch() + ", the ConfigMap that of "
                                + ring.epoch() + ", and the newer one could not be read from it yet",
                        "the pod answers");
                return;
            }
        }
        boolean given = !push(ring);
        progress = NextRing.plan(world, ring, given, steps, waits);
    }

    private void lost(Set<String> histories, Optional<String> unreadable) {
        if (world.memberRing().isPresent()) {
            restore(world.memberRing().get(), Optional.empty());
        } else if (!histories.isEmpty()) {
            hold(
                    "RingOfEarlierCluster",
                    "KvCluster/" + world.key().name(),
                    "volumes carry cluster id " + String.join(", ", histories)
                            + ", but no member told that cluster's ring yet; a second history is never begun on them",
                    "the pods on those volumes start and report; or, to begin anew, delete the KvCluster and the claims");
        } else if (unreadable.isPresent()) {
            hold(
                    "RingUnreadable",
                    "ConfigMap/" + Names.ringConfigMap(world.key().name()),
                    "the ConfigMap holds no usable ring (" + unreadable.get() + ") and no member has one",
                    "restore the ConfigMap; or, if there never was data, remove its key " + Names.RING_KEY);
        } else {
            first();
        }
    }

    /** Only with a majority of the last known members behind it: a minority may have missed newer rings. */
    private void restore(Ring found, Optional<Ring> known) {
        if (known.isPresent() && !(EpochRule.judge(known.get(), found) instanceof EpochRule.Accept)) {
            hold(
                    "RingFork",
                    "KvCluster/" + world.key().name(),
                    "a member has a ring of epoch " + found.epoch() + " that does not follow the ConfigMap's of epoch "
                            + known.get().epoch() + ": " + EpochRule.judge(known.get(), found),
                    "two operators wrote rings; find out which one the majority of members has");
            return;
        }
        long told = found.members().stream()
                .filter(member -> world.report(member)
                        .filter(report -> report.clusterId().equals(found.clusterId()))
                        .isPresent())
                .count();
        if (2 * told <= found.members().size()) {
            hold(
                    "WaitingForMajority",
                    "KvCluster/" + world.key().name(),
                    told + " of the " + found.members().size() + " last known members told their ring",
                    "more than half of them start and report");
            return;
        }
        steps.add(new Step.RestoreRing(found));
    }

    private void first() {
        ClusterKey key = world.key();
        List<NewMember> members = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        Map<String, String> podByStore = new HashMap<>();
        for (String name : world.shape().pods()) {
            Optional<PodView> pod = world.pod(name);
            Optional<NodeReport> report = pod.flatMap(PodView::report)
                    .filter(told -> told.phase() == Phase.WAITING_FOR_RING
                            && !told.storeId().isEmpty());
            if (report.isEmpty()) {
                missing.add(name);
                continue;
            }
            String twin = podByStore.put(report.get().storeId(), name);
            if (twin != null) {
                hold(
                        "DuplicateStore",
                        "Pod/" + name,
                        name + " and " + twin + " have the same store "
                                + report.get().storeId() + ": one volume is a copy of the other",
                        "delete one of the two claims and its pod");
                return;
            }
            members.add(new NewMember(
                    name,
                    report.get().storeId(),
                    report.get().incarnation(),
                    Names.address(key, name),
                    pod.get().zone()));
        }
        if (!missing.isEmpty()) {
            hold(
                    "WaitingForMembers",
                    "KvCluster/" + key.name(),
                    missing.size() + " of " + world.shape().pods().size() + " pods have not reported their store yet: "
                            + shortened(missing),
                    "the pods start; kubectl describe pod says what they wait for");
            return;
        }
        KvClusterSpec spec = world.spec();
        steps.add(new Step.WriteFirstRing(
                members,
                spec.replicationFactor(),
                spec.readQuorum(),
                spec.writeQuorum(),
                spec.partitions(),
                NextRing.defaults(spec)));
    }

    /** To members that are up, have their store, and do not know this ring and all these addresses yet. True when there are any. */
    private boolean push(Ring ring) {
        Map<String, String> hints = new HashMap<>();
        for (Member member : ring.members()) {
            if (!world.hasLostStore(member)) {
                world.pod(member.getName())
                        .filter(pod -> !pod.isLeaving())
                        .flatMap(PodView::address)
                        .ifPresent(address -> hints.put(member.getStoreId(), address));
            }
        }
        Publication publication = new Publication(ring, hints);
        List<NodeTarget> targets = new ArrayList<>();
        Set<Phase> able = Set.of(Phase.WAITING_FOR_RING, Phase.SERVING);
        for (Member member : ring.members()) {
            Optional<PodView> pod = world.pod(member.getName());
            if (world.report(member)
                            .filter(report -> able.contains(report.phase()))
                            .isPresent()
                    && !pod.flatMap(PodView::state)
                            .flatMap(NodeState::acknowledged)
                            .map(known -> known.covers(publication))
                            .orElse(false)) {
                pod.flatMap(PodView::target).ifPresent(targets::add);
            }
        }
        if (!targets.isEmpty()) {
            steps.add(new Step.PushRing(publication, targets));
        }
        return !targets.isEmpty();
    }

    private Set<NodeReport> reports() {
        Set<NodeReport> reports = new HashSet<>();
        world.pods().values().forEach(pod -> pod.report().ifPresent(reports::add));
        return reports;
    }

    private void hold(String check, String object, String why, String remedy) {
        waits.add(new Wait(check, object, why, remedy));
    }

    private static String shortened(List<String> names) {
        return names.size() <= 5
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, 5)) + " and " + (names.size() - 5) + " more";
    }
}
