package io.kvcluster.node.simulation;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A read at a register level is answered when N−M+1 replicas hold what it shows, M a majority: enough for the next read to meet one. Of
 * two replicas that is one, for the next read asks both. When that one's disk is lost, what was shown goes with it, unless a write quorum
 * had acknowledged it. Three or more replicas hold it twice.
 */
final class LoneHolder {
    /** @param nanos since when the machine has another, empty disk */
    record LostDisk(String machine, long nanos) {}

    private LoneHolder() {}

    /** The machines of which one alone may hold what a read of the key shows under this ring; none where two do. */
    static Set<String> possible(Ring ring, String key) {
        int partition = ring.partitionOf(key.getBytes(StandardCharsets.UTF_8));
        Set<String> machines = new TreeSet<>();
        for (List<Member> replicas : List.of(
                ring.replicas(partition), ring.moves(partition) ? ring.target(partition) : ring.replicas(partition))) {
            int majority = replicas.size() / 2 + 1;
            if (replicas.size() - majority + 1 > 1) {
                return Set.of();
            }
            replicas.forEach(member -> machines.add(member.getName()));
        }
        return machines;
    }

    /** One disk may have held alone what the read showed, and such a disk was lost after it. */
    static boolean mayBeLost(SimOperation read, List<LostDisk> lost) {
        return lost.stream().anyMatch(disk -> disk.nanos() >= read.invoked && read.oneOf.contains(disk.machine()));
    }

    /** The same, of a register, and nobody acknowledged what it showed. */
    static boolean mayBeGone(SimOperation read, List<SimOperation> operations, List<LostDisk> lost) {
        if (!mayBeLost(read, lost)) {
            return false;
        }
        return read.newestVersion() == 0
                ? operations.stream()
                        .anyMatch(delete -> delete.isDelete()
                                && delete.mayHaveHappened()
                                && !delete.acknowledged()
                                && delete.invoked < read.completed)
                : operations.stream()
                        .noneMatch(write -> write.acknowledged() && write.version() == read.newestVersion());
    }
}
