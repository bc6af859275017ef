package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.QuorumNeeds;
import io.kvcluster.ring.Ring;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** When may reads ask the new set? When each store that has to prove its copy did. */
final class CopyRule {
    private CopyRule() {}

    /** What is missing; empty when every proof is there. */
    static Optional<String> missing(Ring ring, int partition, Reports reports) {
        for (Member prover : provers(ring, partition)) {
            Optional<String> missing = missing(ring, partition, prover, reports);
            if (missing.isPresent()) {
                return missing;
            }
        }
        return Optional.empty();
    }

    /**
     * Those that join; and all, where those that stay might be too few of the holders of what was acknowledged: before a quorum
     * shrinks, or replicas become fewer, an exchange has reached everybody.
     */
    static List<Member> provers(Ring ring, int partition) {
        List<Member> target = ring.target(partition);
        return keepsEnough(ring, partition)
                ? target.stream()
                        .filter(member -> ring.joins(partition, member.getStoreId()))
                        .toList()
                : target;
    }

    /**
     * Every new read quorum R' meets a holder of what was acknowledged, or answered, before the move, at the same level: of the N
     * old replicas min(W, N-R+1) hold it, those that join hold it, and those that leave may all be holders.
     */
    private static boolean keepsEnough(Ring ring, int partition) {
        int before = ring.replicas(partition).size();
        int after = ring.target(partition).size();
        int majority = before / 2 + 1;
        int read = ring.read(partition);
        int write = ring.write(partition);
        int readAfter = ring.targetRead(partition);
        boolean promisedAfter = readAfter + ring.targetWrite(partition) > after;
        boolean promised = read + write > before;
        return keepsEnough(before, majority, majority, after / 2 + 1)
                && (!promisedAfter || (promised && keepsEnough(before, read, write, readAfter)));
    }

    private static boolean keepsEnough(int replicas, int read, int write, int readAfter) {
        return Math.min(write, replicas - read + 1) >= replicas - readAfter + 1;
    }

    /**
     * An exchange with {@code max(R, N-W+1)} unsuspected members of the old set, the prover itself counted if it is one, and with
     * every live one. A lost member does not lower that number; with fewer survivors, all of them.
     */
    private static Optional<String> missing(Ring ring, int partition, Member prover, Reports reports) {
        Optional<CopyProof> copy = reports.copy(ring, partition, prover);
        if (copy.isEmpty()) {
            return Optional.of(prover.getName() + " has told nothing of its copy yet");
        }
        if (!copy.get().complete()) {
            return Optional.of(prover.getName() + " has not completed its copy yet");
        }
        Set<String> exchanged = new HashSet<>(copy.get().exchanged());
        exchanged.add(prover.getStoreId());
        Set<String> met = new HashSet<>(copy.get().met());
        met.addAll(exchanged);
        List<Member> old = ring.replicas(partition);
        QuorumNeeds needs = ring.needs(partition);
        long counted = old.stream()
                .filter(member -> exchanged.contains(member.getStoreId()))
                .count();
        boolean allSurvivors =
                old.stream().allMatch(member -> member.getDiskGone() || exchanged.contains(member.getStoreId()));
        if (counted < needs.copy() && !allSurvivors) {
            return Optional.of(prover.getName() + " has exchanged with " + counted + " of the " + needs.copy()
                    + " old replicas that are needed");
        }
        return old.stream()
                .filter(member -> reports.live(member) && !met.contains(member.getStoreId()))
                .map(member -> prover.getName() + " has not exchanged with " + member.getName() + ", which is live")
                .findFirst();
    }
}
