package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Optional;

/**
 * Has a ring of an epoch reached so many stores of a partition that nothing done under an older one can find a quorum? In the old
 * set and in the new one, each by its own quorums; and every live store has it, for the weaker levels. A store whose disk is gone
 * counts as having it: it answers nobody. One that is only unreachable does not: it may still answer others.
 */
final class Barrier {
    private Barrier() {}

    /** What is missing; empty when the barrier is passed. */
    static Optional<String> missing(Ring ring, int partition, long epoch, Reports reports) {
        return missing("old", ring.replicas(partition), ring.needs(partition).barrier(), epoch, reports)
                .or(() -> missing(
                        "new",
                        ring.target(partition),
                        ring.targetNeeds(partition).barrier(),
                        epoch,
                        reports))
                .or(() -> ring.holders(partition).stream()
                        .filter(member -> reports.live(member) && !reports.adopted(member, epoch))
                        .map(member -> member.getName() + " is live and has not adopted epoch " + epoch)
                        .findFirst());
    }

    private static Optional<String> missing(String set, List<Member> members, int needed, long epoch, Reports reports) {
        long adopted = members.stream()
                .filter(member -> member.getDiskGone() || reports.adopted(member, epoch))
                .count();
        return adopted >= needed
                ? Optional.empty()
                : Optional.of(adopted + " of the " + needed + " stores of the " + set
                        + " set that are needed have adopted epoch " + epoch);
    }
}
