package io.kvcluster.operator.status;

import io.kvcluster.operator.observation.Observation;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.List;

/**
 * What the live members can serve.
 *
 * @param missing members that do not serve
 * @param underReplicated partitions with fewer live replicas than copies
 * @param withoutQuorum partitions that cannot serve level quorum, or level eventual
 */
record Health(List<Member> missing, int underReplicated, int withoutQuorum) {
    static Health of(Observation world, Ring ring) {
        int under = 0;
        int without = 0;
        for (int p = 0; p < ring.partitions(); p++) {
            List<Member> replicas = ring.replicas(p);
            long live = replicas.stream().filter(world::isServing).count();
            int needed = Math.max(ring.majority(p), Math.max(ring.read(p), ring.write(p)));
            under += live < replicas.size() ? 1 : 0;
            without += live < needed ? 1 : 0;
        }
        return new Health(
                ring.members().stream()
                        .filter(member -> !world.isServing(member))
                        .toList(),
                under,
                without);
    }

    String missingNames() {
        return String.join(", ", missing.stream().map(Member::getName).toList());
    }
}
