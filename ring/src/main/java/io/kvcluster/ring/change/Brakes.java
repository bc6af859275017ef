package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Optional;

/**
 * Nobody is given up while what is left could not carry it, whatever the cause: a bad storage class gives every pod a new store at
 * once. How many may be given up in an hour is not decided here: that needs a memory.
 */
final class Brakes {
    private Brakes() {}

    /** Why the member is not given up now; empty when it may be. */
    static Optional<String> obstacle(Draft draft, Reports reports, Member member) {
        Ring ring = draft.ring();
        List<Member> members = draft.members();
        long live = members.stream().filter(reports::live).count();
        if (2 * live <= members.size()) {
            return Optional.of("is not given up: only " + live + " of " + members.size() + " members are heard");
        }
        Optional<Member> other = members.stream()
                .filter(each -> each.getState() == MemberState.REPLACED && !sameDomain(each, member))
                .findFirst();
        if (other.isPresent()) {
            return Optional.of("is not given up: " + other.get().getName()
                    + ", of another fault domain, is being replaced; one at a time");
        }
        for (int p : ring.partitionsOf(member.getStoreId())) {
            if (!ring.isReplica(p, member.getStoreId())) {
                continue;
            }
            long sound = ring.replicas(p).stream()
                    .filter(each -> each.getIndex() != member.getIndex() && reports.sound(each))
                    .count();
            int needed =
                    Math.min(ring.needs(p).copy(), Math.max(1, ring.replicas(p).size() - 1));
            if (sound < needed) {
                return Optional.of("is not given up: of partition " + p + " only " + sound
                        + " other replicas are up and sound, " + needed + " are needed");
            }
        }
        return Optional.empty();
    }

    /** Of one zone; without zones every member is a domain of its own. */
    private static boolean sameDomain(Member one, Member other) {
        return one.getIndex() == other.getIndex()
                || (!one.getZone().isEmpty() && one.getZone().equals(other.getZone()));
    }
}
