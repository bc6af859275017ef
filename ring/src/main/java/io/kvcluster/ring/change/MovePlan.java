package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.placement.Candidate;
import io.kvcluster.ring.placement.Placement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What it would take to get from a ring to what is wanted, before anything is begun.
 *
 * @param copies partitions that a member gets and has not
 * @param bytes that these are, about: of each source's log, its share
 * @param bytesByMember the same by the name of who gets them
 * @param lowestCopies of any partition on the way. Writes go to both sets, so that a move takes none away; what is lost already is
 *     missing until its move is done
 * @param distinctReplicaSets afterwards
 */
public record MovePlan(
        int copies, long bytes, Map<String, Long> bytesByMember, int lowestCopies, int distinctReplicaSets) {
    public MovePlan {
        bytesByMember = Collections.unmodifiableMap(new TreeMap<>(bytesByMember));
    }

    /** The plan, or why there is none. */
    public sealed interface Result {
        record Possible(MovePlan plan) implements Result {}

        record Impossible(String why) implements Result {}
    }

    public static Result of(Ring ring, Wanted wanted, Reports reports) {
        List<Candidate> candidates = new ArrayList<>();
        Map<Integer, String> names = new TreeMap<>();
        for (Candidate candidate : Target.candidates(ring.members())) {
            Member member = ring.members().stream()
                    .filter(each -> each.getIndex() == candidate.index())
                    .findFirst()
                    .orElseThrow();
            if (!wanted.leave().contains(member.getStoreId())
                    && !wanted.replace().containsKey(member.getStoreId())) {
                candidates.add(candidate);
                names.put(candidate.index(), member.getName());
            }
        }
        int index = ring.nextMemberIndex();
        for (RingChange.NewMember joining : wanted.join()) {
            if (ring.member(joining.storeId()).isEmpty()) {
                candidates.add(new Candidate(index, joining.zone(), 1));
                names.put(index++, joining.name());
            }
        }
        List<List<Integer>> current = new ArrayList<>();
        for (int p = 0; p < ring.partitions(); p++) {
            current.add(ring.target(p).stream().map(Member::getIndex).toList());
        }
        return switch (Placement.place(candidates, current, wanted.replicationFactor(), ring.partitions())) {
            case Placement.Unplaceable(String why) -> new Result.Impossible(why);
            case Placement.Placed placed -> new Result.Possible(plan(ring, reports, placed, names));
        };
    }

    private static MovePlan plan(Ring ring, Reports reports, Placement.Placed placed, Map<Integer, String> names) {
        Map<String, Long> bytes = new TreeMap<>();
        int copies = 0;
        int lowest = Integer.MAX_VALUE;
        for (int p = 0; p < ring.partitions(); p++) {
            List<Integer> held = ring.target(p).stream().map(Member::getIndex).toList();
            for (int member : placed.target().get(p)) {
                if (!held.contains(member)) {
                    copies++;
                    bytes.merge(names.getOrDefault(member, ""), bytesOf(ring, reports, p), Long::sum);
                }
            }
            lowest = Math.min(lowest, (int) ring.replicas(p).stream()
                    .filter(member -> !member.getDiskGone())
                    .count());
        }
        long all = bytes.values().stream().mapToLong(Long::longValue).sum();
        return new MovePlan(copies, all, bytes, lowest, placed.distinctReplicaSets());
    }

    /** About what one copy takes: the largest of what its replicas may hold of it, their log divided by their partitions. */
    public static long bytesOf(Ring ring, Reports reports, int partition) {
        long most = 0;
        for (Member member : ring.replicas(partition)) {
            long log = reports.of(member).map(StoreReport::logBytes).orElse(0L);
            most = Math.max(
                    most,
                    log / Math.max(1, ring.partitionsOf(member.getStoreId()).size()));
        }
        return most;
    }

    /** Why the members that get more have no room for it; empty when they have. */
    static Optional<String> room(Ring ring, Wanted wanted, Reports reports) {
        return switch (of(ring, wanted, reports)) {
            case Result.Impossible(String why) -> Optional.of(why);
            case Result.Possible(MovePlan plan) ->
                ring.members().stream()
                        .filter(member -> reports.of(member)
                                .filter(report -> plan.bytesByMember().getOrDefault(member.getName(), 0L)
                                        > report.diskFreeBytes())
                                .isPresent())
                        .findFirst()
                        .map(member -> member.getName() + " would get "
                                + plan.bytesByMember().get(member.getName()) + " bytes and has "
                                + reports.of(member)
                                        .map(StoreReport::diskFreeBytes)
                                        .orElse(0L)
                                + " free");
        };
    }
}
