package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Optional;

/** May a member begin to leave? Only from full strength, to where there is room. */
final class Departure {
    private Departure() {}

    /** Why not; empty when it may. */
    static Optional<String> obstacle(Ring ring, Wanted wanted, Reports reports, Member leaver) {
        List<Member> candidates =
                ring.members().stream().filter(Target::mayHold).toList();
        List<Member> rest = candidates.stream()
                .filter(member -> !wanted.leave().contains(member.getStoreId()))
                .toList();
        if (rest.size() < wanted.replicationFactor()) {
            return Optional.of("cannot leave: " + rest.size() + " members would remain, " + wanted.replicationFactor()
                    + " copies need as many");
        }
        long zones = zones(candidates);
        long zonesLeft = zones(rest);
        if (zonesLeft < Math.min(zones, wanted.replicationFactor())) {
            return Optional.of("cannot leave: " + zonesLeft + " zones would remain, copies are in "
                    + Math.min(zones, wanted.replicationFactor()));
        }
        for (int p : ring.partitionsOf(leaver.getStoreId())) {
            Optional<Member> weak = ring.holders(p).stream()
                    .filter(member -> !reports.sound(member) && !onlyJoins(ring, wanted, p, member))
                    .findFirst();
            if (weak.isPresent()) {
                return Optional.of("cannot leave: partition " + p + " is not at full strength, "
                        + weak.get().getName() + " is not up and sound");
            }
        }
        return MovePlan.room(ring, wanted, reports).map(why -> "cannot leave: " + why);
    }

    /** It was to get a copy and shall not any more: a cancel does not wait for whoever makes it necessary. */
    private static boolean onlyJoins(Ring ring, Wanted wanted, int partition, Member member) {
        return wanted.leave().contains(member.getStoreId()) && ring.joins(partition, member.getStoreId());
    }

    private static long zones(List<Member> members) {
        return members.stream().map(Member::getZone).distinct().count();
    }
}
