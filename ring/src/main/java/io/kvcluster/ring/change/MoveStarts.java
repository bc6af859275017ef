package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Begins moves of partitions that are not where they shall be: those that lost a copy first, and no more at once than the pace allows. */
final class MoveStarts {
    private final Draft draft;
    private final Ring ring;
    private final Target target;
    private final Reports reports;
    private final Pace pace;
    private final Map<Integer, Integer> in = new HashMap<>();
    private final Map<Integer, Integer> out = new HashMap<>();

    MoveStarts(Draft draft, Target target, Reports reports, Pace pace) {
        this.draft = draft;
        this.ring = draft.ring();
        this.target = target;
        this.reports = reports;
        this.pace = pace;
    }

    void make() {
        if (!target.isPlaced()) {
            return;
        }
        boolean moved =
                draft.moves() || ring.table().getPartitionsList().stream().anyMatch(Partition::hasMove);
        countMovesUnderWay();
        List<Integer> due = due();
        due.forEach(this::begin);
        if (!moved && due.isEmpty()) {
            settlePrimaries();
            settleMembers();
        }
    }

    private List<Integer> due() {
        List<Integer> due = new ArrayList<>();
        for (int p = 0; p < ring.partitions(); p++) {
            Partition now = draft.partition(p);
            if (now.equals(ring.table().getPartitions(p)) && !now.hasMove() && !target.isThere(p, now)) {
                due.add(p);
            }
        }
        due.sort(Comparator.comparing((Integer p) -> !hasLost(p)));
        return due;
    }

    private boolean hasLost(int partition) {
        return draft.partition(partition).getReplicasList().stream()
                .anyMatch(index -> draft.member(index).getState() == MemberState.REPLACED);
    }

    private void countMovesUnderWay() {
        for (int p = 0; p < ring.partitions(); p++) {
            Partition now = draft.partition(p);
            if (now.hasMove()) {
                count(now.getReplicasList(), now.getMove().getReplicasList());
            }
        }
    }

    private void count(List<Integer> from, List<Integer> to) {
        less(to, from).forEach(member -> in.merge(member, 1, Integer::sum));
        less(from, to).forEach(member -> out.merge(member, 1, Integer::sum));
    }

    private static List<Integer> less(List<Integer> members, List<Integer> others) {
        return members.stream().filter(member -> !others.contains(member)).toList();
    }

    private void begin(int partition) {
        Partition now = draft.partition(partition);
        List<Integer> to = target.replicas(partition);
        Optional<String> obstacle = obstacle(partition, now.getReplicasList(), to);
        if (obstacle.isPresent()) {
            draft.wait("partition " + partition, obstacle.get());
            return;
        }
        count(now.getReplicasList(), to);
        draft.become(
                partition,
                MoveStep.begin(now, to, target.read(), target.write(), draft.epoch()),
                "partition " + partition + " begins to move from " + names(now.getReplicasList()) + " to " + names(to));
    }

    private Optional<String> obstacle(int partition, List<Integer> from, List<Integer> to) {
        for (int joining : less(to, from)) {
            Member member = draft.member(joining);
            if (!reports.live(member)) {
                return Optional.of(member.getName() + ", which is to get it, is not up");
            }
            if (in.getOrDefault(joining, 0) >= pace.in()) {
                return Optional.of(member.getName() + " gets " + pace.in() + " partitions already");
            }
        }
        for (int leaving : less(from, to)) {
            boolean lost = draft.member(leaving).getState() == MemberState.REPLACED;
            if (!lost && out.getOrDefault(leaving, 0) >= pace.out()) {
                return Optional.of(draft.member(leaving).getName() + " gives " + pace.out() + " partitions already");
            }
        }
        return tooFewSources(partition, from);
    }

    private Optional<String> tooFewSources(int partition, List<Integer> from) {
        long survivors = from.stream()
                .filter(index -> !draft.member(index).getDiskGone())
                .count();
        long sound = from.stream()
                .filter(index -> reports.sound(draft.member(index)))
                .count();
        long needed = Math.min(ring.needs(partition).copy(), survivors);
        return sound >= needed
                ? Optional.empty()
                : Optional.of(sound + " of its replicas are up and sound, " + needed + " are needed to copy from");
    }

    private List<String> names(List<Integer> indexes) {
        return indexes.stream().map(index -> draft.member(index).getName()).toList();
    }

    /** Nothing moves and nothing is to move: only who is asked first may still differ. */
    private void settlePrimaries() {
        for (int p = 0; p < ring.partitions(); p++) {
            Partition now = draft.partition(p);
            if (!now.getReplicasList().equals(target.replicas(p))) {
                draft.become(
                        p,
                        now.toBuilder()
                                .clearReplicas()
                                .addAllReplicas(target.replicas(p))
                                .build(),
                        "partition " + p + " has another primary");
            }
        }
    }

    private void settleMembers() {
        for (Member member : draft.members()) {
            if (member.getState() == MemberState.JOINING) {
                draft.change(member.toBuilder().setState(MemberState.NORMAL).build(), member.getName() + " has joined");
            }
        }
    }
}
