package io.kvcluster.operator.moves;

import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.DrainProof;
import io.kvcluster.ring.change.Leavers;
import io.kvcluster.ring.change.MovePlan;
import io.kvcluster.ring.change.Reports;
import io.kvcluster.ring.change.RingChange.NewMember;
import io.kvcluster.ring.change.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the ring is to become, and what stands in the way of wishing it: as many members as the spec says, with its copies and
 * quorums. A pod joins when it is up, its store is empty and it takes part in moves.
 *
 * @param wanted without drain proofs
 */
record Wish(Wanted wanted, List<Wait> waits) {
    Wish {
        waits = List.copyOf(waits);
    }

    /** The ring has the members, copies and quorums that the spec wants, nothing moves, and no store is to be given up. */
    static boolean isFulfilled(Observation world, Ring ring) {
        return ring.members().size() == world.shape().members()
                && isAsAsked(ring, world.spec())
                && GivenUp.isNobody(world, ring);
    }

    /** Other members are wanted, but there is none yet that could join: the ring stays as it is meanwhile. */
    boolean asksNothingOf(Ring ring, KvClusterSpec spec) {
        return wanted.join().isEmpty()
                && wanted.leave().isEmpty()
                && wanted.replace().isEmpty()
                && isAsAsked(ring, spec);
    }

    private static boolean isAsAsked(Ring ring, KvClusterSpec spec) {
        return ring.members().stream().allMatch(member -> member.getState() == MemberState.NORMAL)
                && ring.table().getPartitionsList().stream().allMatch(partition -> isAsAsked(partition, spec));
    }

    private static boolean isAsAsked(Partition partition, KvClusterSpec spec) {
        return !partition.hasMove()
                && partition.getReplicasCount() == spec.replicationFactor()
                && partition.getRead() == spec.readQuorum()
                && partition.getWrite() == spec.writeQuorum();
    }

    static Wish of(Observation world, Ring ring, Reports reports) {
        List<Wait> waits = new ArrayList<>();
        Set<String> leave = Leavers.choose(ring, world.shape().members());
        Map<String, Boolean> gone = GivenUp.of(world, ring, waits);
        KvClusterSpec spec = world.spec();
        Wanted wanted = Wanted.of(spec.replicationFactor(), spec.readQuorum(), spec.writeQuorum())
                .leaving(leave)
                .replacing(gone);
        List<NewMember> joiners = joiners(world, ring, leave, waits);
        return new Wish(wanted.joining(withRoom(world, ring, wanted.joining(joiners), reports, waits)), waits);
    }

    private static List<NewMember> joiners(Observation world, Ring ring, Set<String> leave, List<Wait> waits) {
        long places = world.shape().members()
                - ring.members().stream()
                        .filter(member ->
                                member.getState() != MemberState.REPLACED && !leave.contains(member.getStoreId()))
                        .count();
        List<NewMember> joiners = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String name : world.shape().pods()) {
            if (isMember(ring, name) || joiners.size() + missing.size() >= places) {
                continue;
            }
            Optional<Wait> obstacle = obstacle(world, ring, name);
            Optional<PodView> pod = world.pod(name).filter(each -> each.report().isPresent());
            if (obstacle.isPresent() || pod.isEmpty()) {
                missing.add(name);
                obstacle.ifPresent(waits::add);
            } else {
                joiners.add(joiner(world, pod.get()));
            }
        }
        List<String> silent = missing.stream()
                .filter(name -> waits.stream().noneMatch(wait -> wait.object().equals("Pod/" + name)))
                .toList();
        if (!silent.isEmpty()) {
            waits.add(new Wait(
                    "WaitingForMembers",
                    "KvCluster/" + world.key().name(),
                    "pods that are to join have not reported an open store yet: " + String.join(", ", silent),
                    "the pods start; kubectl describe pod says what they wait for"));
        }
        return joiners;
    }

    private static boolean isMember(Ring ring, String name) {
        return ring.members().stream()
                .anyMatch(each -> each.getName().equals(name) && each.getState() != MemberState.REPLACED);
    }

    private static NewMember joiner(Observation world, PodView pod) {
        NodeReport told = pod.report().orElseThrow();
        return new NewMember(
                pod.name(), told.storeId(), told.incarnation(), Names.address(world.key(), pod.name()), pod.zone());
    }

    /** Why a pod that reports does not join; a pod that does not is no news here. */
    private static Optional<Wait> obstacle(Observation world, Ring ring, String name) {
        Optional<NodeReport> report = world.pod(name).flatMap(PodView::report);
        if (report.isEmpty()) {
            return Optional.empty();
        }
        NodeReport told = report.get();
        boolean open = told.phase() == Phase.WAITING_FOR_RING || told.phase() == Phase.SERVING;
        if (told.storeId().isEmpty() || !open) {
            return Optional.of(held(
                    "WaitingForMembers", name, "has not opened its store yet", "the pod starts; its log says more"));
        }
        if (ring.member(told.storeId()).isPresent()) {
            return Optional.of(held(
                    "DuplicateStore",
                    name,
                    "has store " + told.storeId() + ", which the ring names already: one volume is a copy of the other",
                    "delete one of the two claims and its pod"));
        }
        if (!told.moves().follows()) {
            return Optional.of(RingMoves.doesNotFollow(name));
        }
        return told.clusterId().isEmpty() ? Optional.empty() : returning(ring, name, told);
    }

    /** A store that was a member before comes back as a new one: only when it holds nothing of its earlier life. */
    private static Optional<Wait> returning(Ring ring, String name, NodeReport told) {
        if (!told.clusterId().equals(ring.clusterId())) {
            return Optional.of(held(
                    "StoreOfOtherCluster",
                    name,
                    "has a store of cluster " + told.clusterId() + ", the ring is of " + ring.clusterId(),
                    "delete its claim and the pod, if that data is not needed"));
        }
        Optional<DrainProof> drain = told.moves().drain();
        if (drain.isEmpty()) {
            return Optional.of(held(
                    "StoreNotEmpty",
                    name,
                    "has a store that was a member before and has not said what it holds",
                    "its index is ready"));
        }
        return drain.get().heldRecords() == 0 && drain.get().hints() == 0
                ? Optional.empty()
                : Optional.of(held(
                        "StoreNotEmpty",
                        name,
                        "has a store that was a member before and still holds "
                                + drain.get().heldRecords() + " records and "
                                + drain.get().hints() + " hints",
                        "it gives them away by itself; or delete its claim and the pod"));
    }

    private static Wait held(String check, String pod, String why, String remedy) {
        return new Wait(check, "Pod/" + pod, pod + " is to join, but " + why, remedy);
    }

    /** Those whose disk takes what they would get. */
    private static List<NewMember> withRoom(
            Observation world, Ring ring, Wanted wanted, Reports reports, List<Wait> waits) {
        if (wanted.join().isEmpty() || !(MovePlan.of(ring, wanted, reports) instanceof MovePlan.Result.Possible plan)) {
            return wanted.join();
        }
        List<NewMember> fitting = new ArrayList<>();
        for (NewMember joiner : wanted.join()) {
            long bytes = plan.plan().bytesFor(joiner.name());
            long free = world.pod(joiner.name())
                    .flatMap(PodView::report)
                    .map(told -> told.load().diskFreeBytes())
                    .orElse(0L);
            if (bytes > free) {
                waits.add(held(
                        "NoRoom",
                        joiner.name(),
                        "it would get about " + bytes + " bytes and has " + free + " free",
                        "raise spec.storage.size, or spec.replicas further; or set spec.replicas back, which cancels"));
            } else {
                fitting.add(joiner);
            }
        }
        return fitting;
    }
}
