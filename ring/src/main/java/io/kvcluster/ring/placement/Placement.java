package io.kvcluster.ring.placement;

import io.kvcluster.ring.Partitioner;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Decides which members hold which partition. A pure function: the same input, in any order, gives the same answer. */
public final class Placement {
    public static final int MAX_REPLICATION_FACTOR = 7;
    public static final int MAX_CANDIDATES = 256;

    private Placement() {}

    /** The decision. */
    public sealed interface Result {}

    /**
     * @param target member indexes per partition, primary first
     * @param moved replicas that a member must get and has not: copies to make; 0 for a first placement
     * @param distinctReplicaSets different sets of members that hold a partition
     */
    public record Placed(List<List<Integer>> target, int moved, int distinctReplicaSets) implements Result {
        public Placed {
            target = target.stream().map(List::copyOf).toList();
        }
    }

    /** There is no good placement; the current one stays. */
    public record Unplaceable(String why) implements Result {}

    /**
     * Places every partition on {@code replicationFactor} distinct candidates: in distinct zones where there are as many, else
     * as evenly over zones as their sizes allow; each member within 1 of its fair share of its zone's load; primaries even. Where
     * there is a current placement, the fewest replicas are copied that these rules allow; where there is none, there are few
     * distinct replica sets. 1,024 partitions on 60 members take well below a second.
     *
     * @param candidates members that may hold partitions, in any order
     * @param current member indexes per partition as they are now, primary first, candidates or not; empty for the first
     *     placement
     * @param replicationFactor 1..{@value #MAX_REPLICATION_FACTOR}
     * @param partitions a power of two, 8..1024
     */
    public static Result place(
            List<Candidate> candidates, List<List<Integer>> current, int replicationFactor, int partitions) {
        Optional<String> obstacle = obstacle(candidates, current, replicationFactor, partitions);
        if (obstacle.isPresent()) {
            return new Unplaceable(obstacle.get());
        }
        List<ZoneShares> zones = ZoneShares.of(candidates, replicationFactor, partitions, loads(current));
        List<List<Integer>> sets = current.isEmpty()
                ? WrapAround.place(zones, partitions)
                : LeastMoves.place(zones, current, replicationFactor, partitions);
        List<Integer> primaries = current.stream()
                .map(replicas -> replicas.isEmpty() ? -1 : replicas.getFirst())
                .toList();
        List<List<Integer>> target = Primaries.choose(sets, replicationFactor, primaries);
        return new Placed(target, current.isEmpty() ? 0 : LeastMoves.moved(current, target), distinct(target));
    }

    private static Map<Integer, Integer> loads(List<List<Integer>> placement) {
        Map<Integer, Integer> loads = new HashMap<>();
        placement.forEach(replicas -> replicas.forEach(member -> loads.merge(member, 1, Integer::sum)));
        return loads;
    }

    private static Optional<String> obstacle(
            List<Candidate> candidates, List<List<Integer>> current, int replicationFactor, int partitions) {
        if (replicationFactor < 1 || replicationFactor > MAX_REPLICATION_FACTOR) {
            return Optional.of(
                    "replicationFactor is " + replicationFactor + ", but must be in 1.." + MAX_REPLICATION_FACTOR);
        }
        if (!Partitioner.isPartitionCount(partitions)) {
            return Optional.of("partitions is " + partitions + ", but must be a power of two in "
                    + Partitioner.MIN_PARTITIONS + ".." + Partitioner.MAX_PARTITIONS);
        }
        if (candidates.size() < replicationFactor || candidates.size() > MAX_CANDIDATES) {
            return Optional.of("there are " + candidates.size() + " members that may hold partitions, but "
                    + replicationFactor + " copies need " + replicationFactor + ".." + MAX_CANDIDATES);
        }
        if (!current.isEmpty() && current.size() != partitions) {
            return Optional.of("there are " + current.size() + " partitions now, but " + partitions
                    + " are to be placed: their number is fixed when the cluster is made");
        }
        Set<Integer> seen = new HashSet<>();
        for (Candidate candidate : candidates) {
            if (candidate.index() < 0 || !seen.add(candidate.index())) {
                return Optional.of("member index " + candidate.index() + " is negative or named twice");
            }
            if (candidate.weight() < 1 || candidate.weight() > Candidate.MAX_WEIGHT) {
                return Optional.of("weight of member " + candidate.index() + " is " + candidate.weight()
                        + ", but must be in 1.." + Candidate.MAX_WEIGHT);
            }
        }
        return Optional.empty();
    }

    private static int distinct(List<List<Integer>> target) {
        Set<Set<Integer>> sets = new HashSet<>();
        target.forEach(replicas -> sets.add(new TreeSet<>(replicas)));
        return sets.size();
    }
}
