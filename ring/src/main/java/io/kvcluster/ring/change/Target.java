package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.placement.Candidate;
import io.kvcluster.ring.placement.Placement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Where every partition shall be, and with which quorums. Moves under way count as done where that is still good. */
final class Target {
    private final Wanted wanted;
    private final Set<Integer> candidates;
    private final Optional<Placement.Placed> placed;

    private Target(Wanted wanted, Set<Integer> candidates, Optional<Placement.Placed> placed) {
        this.wanted = wanted;
        this.candidates = candidates;
        this.placed = placed;
    }

    static Target of(Draft draft, Wanted wanted) {
        List<Candidate> candidates = candidates(draft.members());
        Set<Integer> indexes = new TreeSet<>();
        candidates.forEach(candidate -> indexes.add(candidate.index()));
        Target unplaced = new Target(wanted, indexes, Optional.empty());
        List<List<Integer>> current = new ArrayList<>();
        for (int p = 0; p < draft.ring().partitions(); p++) {
            current.add(unplaced.held(draft.partition(p)));
        }
        return switch (Placement.place(candidates, current, wanted.replicationFactor(), current.size())) {
            case Placement.Placed placed -> new Target(wanted, indexes, Optional.of(placed));
            case Placement.Unplaceable(String why) -> {
                draft.wait("placement", why);
                yield unplaced;
            }
        };
    }

    /** Partitions may be placed on it. */
    static boolean mayHold(Member member) {
        return member.getState() == MemberState.NORMAL || member.getState() == MemberState.JOINING;
    }

    /** Members that may hold partitions. */
    static List<Candidate> candidates(List<Member> members) {
        return members.stream()
                .filter(Target::mayHold)
                .map(member -> new Candidate(member.getIndex(), member.getZone(), 1))
                .toList();
    }

    /** Who need not copy the partition any more, or is at it. */
    private List<Integer> held(Partition now) {
        if (!now.hasMove()) {
            return now.getReplicasList();
        }
        return switch (now.getMove().getPhase()) {
            case COPY -> {
                Set<Integer> both = new LinkedHashSet<>(now.getReplicasList());
                if (isGood(now)) {
                    both.addAll(now.getMove().getReplicasList());
                }
                yield List.copyOf(both);
            }
            case READ_NEW -> now.getMove().getReplicasList();
            case BACK, MOVE_PHASE_UNSPECIFIED, UNRECOGNIZED -> now.getReplicasList();
        };
    }

    /** The move's target consists of members that may hold partitions, and is as large, and with such quorums, as is wanted. */
    private boolean isGood(Partition moving) {
        return candidates.containsAll(moving.getMove().getReplicasList())
                && moving.getMove().getReplicasCount() == wanted.replicationFactor()
                && moving.getMove().getRead() == wanted.read()
                && moving.getMove().getWrite() == wanted.write();
    }

    /** Whether a move under way shall go on. Copies that are complete are given up only when a store in them is. */
    boolean wants(int partition, Partition moving) {
        return switch (moving.getMove().getPhase()) {
            case COPY -> isGood(moving) && (placed.isEmpty() || !isThere(partition, moving));
            case READ_NEW -> candidates.containsAll(moving.getMove().getReplicasList());
            case BACK, MOVE_PHASE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /** Whether there is anywhere to go. */
    boolean isPlaced() {
        return placed.isPresent();
    }

    /** Member indexes, primary first. */
    List<Integer> replicas(int partition) {
        return placed.orElseThrow().target().get(partition);
    }

    /** The partition is where it shall be, maybe with another primary. */
    boolean isThere(int partition, Partition now) {
        return new TreeSet<>(now.getReplicasList()).equals(new TreeSet<>(replicas(partition)))
                && now.getRead() == wanted.read()
                && now.getWrite() == wanted.write();
    }

    int read() {
        return wanted.read();
    }

    int write() {
        return wanted.write();
    }
}
