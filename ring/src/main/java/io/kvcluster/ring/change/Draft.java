package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The next ring while it is made. One call of the machine, one thread. */
final class Draft {
    private final Ring ring;
    private final Map<Integer, Member> members = new TreeMap<>();
    private final List<Partition> partitions;
    private final List<String> steps = new ArrayList<>();
    private final List<RingMachine.Wait> waits = new ArrayList<>();
    private int nextIndex;

    Draft(Ring ring) {
        this.ring = ring;
        ring.members().forEach(member -> members.put(member.getIndex(), member));
        this.partitions = new ArrayList<>(ring.table().getPartitionsList());
        this.nextIndex = ring.nextMemberIndex();
    }

    /** That it is made from. */
    Ring ring() {
        return ring;
    }

    long epoch() {
        return ring.epoch() + 1;
    }

    /** As they are to be, in the order of their indexes. */
    List<Member> members() {
        return List.copyOf(members.values());
    }

    Member member(int index) {
        return Objects.requireNonNull(members.get(index));
    }

    Partition partition(int number) {
        return partitions.get(number);
    }

    void add(Member.Builder member, String step) {
        members.put(nextIndex, member.setIndex(nextIndex).build());
        nextIndex++;
        steps.add(step);
    }

    void change(Member member, String step) {
        members.put(member.getIndex(), member);
        steps.add(step);
    }

    void remove(Member member, String step) {
        members.remove(member.getIndex());
        steps.add(step);
    }

    void become(int partition, Partition then, String step) {
        partitions.set(partition, then);
        steps.add(step);
    }

    void wait(String about, String why) {
        waits.add(new RingMachine.Wait(about, why));
    }

    boolean moves() {
        return partitions.stream().anyMatch(Partition::hasMove);
    }

    RingMachine.Next next() {
        if (steps.isEmpty()) {
            members.values().stream()
                    .filter(member -> member.getState() == MemberState.LEAVING)
                    .filter(member ->
                            waits.stream().noneMatch(wait -> wait.about().equals(member.getName())))
                    .forEach(member -> wait(member.getName(), "is leaving and has not proved that it is drained"));
            return waits.isEmpty() ? new RingMachine.Settled() : new RingMachine.Waiting(waits);
        }
        RingCheck made = RingChange.next(ring, table -> {
            table.clearMembers().addAllMembers(members.values());
            table.clearPartitions().addAllPartitions(partitions);
            if (nextIndex != ring.nextMemberIndex()
                    || members.size() < ring.members().size()) {
                table.setNextMemberIndex(nextIndex);
            }
        });
        return switch (made) {
            case RingCheck.Valid(Ring next) -> {
                Transitions.require(ring, next);
                yield new RingMachine.Changed(next, steps, waits);
            }
            case RingCheck.Invalid(List<String> problems) -> new RingMachine.Refused(problems);
        };
    }
}
