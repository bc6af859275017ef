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
 * @param partitions that other members hold afterwards
 * @param copies partitions that a member gets and has not
 * @param bytes that these are, about: of each source's log, its share
 * @param shares by the name of each member before and after
 * @param lowestCopies of any partition on the way. Writes go to both sets, so that a move takes none away; what is lost already, or
 *     given up, is missing until its move is done
 * @param distinctReplicaSets afterwards
 */
public record MovePlan(
        int partitions, int copies, long bytes, Map<String, Share> shares, int lowestCopies, int distinctReplicaSets) {
    public MovePlan {
        shares = Collections.unmodifiableMap(new TreeMap<>(shares));
    }

    /**
     * What becomes of one member.
     *
     * @param gets,gives partitions
     * @param bytes of those that it gets, about
     */
    public record Share(int gets, int gives, long bytes) {
        private static final Share NOTHING = new Share(0, 0, 0);

        private Share plus(Share more) {
            return new Share(gets + more.gets, gives + more.gives, bytes + more.bytes);
        }
    }

    /** Of the partitions that it gets. */
    public long bytesFor(String member) {
        return shares.getOrDefault(member, Share.NOTHING).bytes();
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
            case Placement.Placed placed -> new Result.Possible(plan(ring, wanted, reports, placed, names));
        };
    }

    private static MovePlan plan(
            Ring ring, Wanted wanted, Reports reports, Placement.Placed placed, Map<Integer, String> names) {
        Map<String, Share> shares = new TreeMap<>();
        ring.members().forEach(member -> shares.put(member.getName(), Share.NOTHING));
        names.values().forEach(name -> shares.put(name, Share.NOTHING));
        int partitions = 0;
        int lowest = Integer.MAX_VALUE;
        for (int p = 0; p < ring.partitions(); p++) {
            List<Member> held = ring.target(p);
            List<Integer> before = held.stream().map(Member::getIndex).toList();
            List<Integer> after = placed.target().get(p);
            for (int member : after) {
                if (!before.contains(member)) {
                    Share got = new Share(1, 0, bytesOf(ring, reports, p));
                    shares.merge(names.getOrDefault(member, ""), got, Share::plus);
                }
            }
            held.stream()
                    .filter(member -> !after.contains(member.getIndex()))
                    .forEach(member -> shares.merge(member.getName(), new Share(0, 1, 0), Share::plus));
            partitions += before.size() == after.size() && before.containsAll(after) ? 0 : 1;
            lowest = Math.min(lowest, Math.min(after.size(), sound(ring, wanted, p)));
        }
        int copies = shares.values().stream().mapToInt(Share::gets).sum();
        long bytes = shares.values().stream().mapToLong(Share::bytes).sum();
        return new MovePlan(partitions, copies, bytes, shares, lowest, placed.distinctReplicaSets());
    }

    /** Replicas that are there, and not given up. */
    private static int sound(Ring ring, Wanted wanted, int partition) {
        return (int) ring.replicas(partition).stream()
                .filter(member -> !member.getDiskGone() && !wanted.replace().containsKey(member.getStoreId()))
                .count();
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
                                .filter(report -> plan.bytesFor(member.getName()) > report.diskFreeBytes())
                                .isPresent())
                        .findFirst()
                        .map(member -> member.getName() + " would get "
                                + plan.bytesFor(member.getName()) + " bytes and has "
                                + reports.of(member)
                                        .map(StoreReport::diskFreeBytes)
                                        .orElse(0L)
                                + " free");
        };
    }
}
