package io.kvcluster.operator.status;

import io.kvcluster.operator.observation.Observation;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.QuorumNeeds;
import io.kvcluster.ring.Ring;
import java.util.List;

/**
 * What the live members can serve. A partition that moves is served by its old and its new replicas: writes need both.
 *
 * @param missing members that do not serve; one that is about to join is not missed yet
 * @param underReplicated partitions with fewer live replicas than copies, among those that reads ask
 * @param withoutQuorum partitions that cannot serve level quorum, or level eventual
 */
record Health(List<Member> missing, int underReplicated, int withoutQuorum) {
    static Health of(Observation world, Ring ring) {
        int under = 0;
        int without = 0;
        for (int p = 0; p < ring.partitions(); p++) {
            boolean whole = ring.readers(p).stream().allMatch(world::isServing);
            under += whole ? 0 : 1;
            without += servesQuorums(world, ring, p) ? 0 : 1;
        }
        return new Health(
                ring.members().stream()
                        .filter(member -> isMissing(world, member))
                        .toList(),
                under,
                without);
    }

    private static boolean servesQuorums(Observation world, Ring ring, int p) {
        long live = ring.replicas(p).stream().filter(world::isServing).count();
        if (live < QuorumNeeds.largest(ring.replicas(p).size(), ring.read(p), ring.write(p))) {
            return false;
        }
        long target = ring.target(p).stream()
                .filter(member -> world.isServing(member) || (isJoining(member) && isHeard(world, member)))
                .count();
        return target >= QuorumNeeds.largest(ring.target(p).size(), ring.targetRead(p), ring.targetWrite(p));
    }

    private static boolean isMissing(Observation world, Member member) {
        return !world.isServing(member) && !(isJoining(member) && isHeard(world, member));
    }

    /** It is given its first ring in the pass after the one that wrote it. */
    private static boolean isJoining(Member member) {
        return member.getState() == MemberState.JOINING;
    }

    private static boolean isHeard(Observation world, Member member) {
        return world.report(member).isPresent();
    }

    String missingNames() {
        return String.join(", ", missing.stream().map(Member::getName).toList());
    }
}
