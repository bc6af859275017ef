package io.kvcluster.ring.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * How many replicas each zone and each of its members gets. Of one partition a zone gets at least {@code floor} and at most
 * {@code cap} replicas, which differ by at most one: that is "distinct zones, else as even as possible".
 *
 * @param members of the zone, by index
 * @param floor of one partition, at least
 * @param cap of one partition, at most
 * @param total of all partitions
 * @param loads how the members divide the total
 */
record ZoneShares(String zone, List<Candidate> members, int floor, int cap, int total, Shares loads) {

    /** How many partitions give this zone a replica beyond the floor. */
    int extras(int partitions) {
        return total - floor * partitions;
    }

    /**
     * In the order of the zones' names. There must be at least {@code replicationFactor} candidates.
     *
     * @param held replicas that each member has now, by index; a member that is absent has none
     */
    static List<ZoneShares> of(
            List<Candidate> candidates, int replicationFactor, int partitions, Map<Integer, Integer> held) {
        TreeMap<String, List<Candidate>> byZone = new TreeMap<>();
        for (Candidate candidate : candidates) {
            byZone.computeIfAbsent(candidate.zone(), zone -> new ArrayList<>()).add(candidate);
        }
        List<List<Candidate>> zones = List.copyOf(byZone.values());
        zones.forEach(zone -> zone.sort(Comparator.comparingInt(Candidate::index)));
        int[] sizes = zones.stream().mapToInt(List::size).toArray();
        int[] floors = floors(sizes, replicationFactor);
        boolean uneven = Arrays.stream(floors).sum() < replicationFactor;
        int[] caps = new int[sizes.length];
        for (int z = 0; z < sizes.length; z++) {
            caps[z] = uneven && sizes[z] > floors[z] ? floors[z] + 1 : floors[z];
        }
        int[] totals = Shares.divide(
                        replicationFactor * partitions,
                        sums(zones, Candidate::weight),
                        times(floors, partitions),
                        times(caps, partitions))
                .rounded(sums(zones, candidate -> held.getOrDefault(candidate.index(), 0)));
        List<ZoneShares> shares = new ArrayList<>();
        for (int z = 0; z < sizes.length; z++) {
            List<Candidate> members = zones.get(z);
            int[] whole = new int[sizes[z]];
            Arrays.fill(whole, partitions);
            int[] weights = members.stream().mapToInt(Candidate::weight).toArray();
            Shares loads = Shares.divide(totals[z], weights, new int[sizes[z]], whole);
            shares.add(new ZoneShares(
                    members.getFirst().zone(), List.copyOf(members), floors[z], caps[z], totals[z], loads));
        }
        return shares;
    }

    /** Raises all zones together, each up to its number of members, while the replicas suffice for one more everywhere. */
    private static int[] floors(int[] sizes, int replicationFactor) {
        for (int level = replicationFactor; level > 0; level--) {
            int limit = level;
            int[] floors =
                    Arrays.stream(sizes).map(size -> Math.min(size, limit)).toArray();
            if (Arrays.stream(floors).sum() <= replicationFactor) {
                return floors;
            }
        }
        return new int[sizes.length];
    }

    private static int[] sums(List<List<Candidate>> zones, ToIntFunction<Candidate> value) {
        return zones.stream()
                .mapToInt(members -> members.stream().mapToInt(value).sum())
                .toArray();
    }

    private static int[] times(int[] values, int factor) {
        return Arrays.stream(values).map(value -> value * factor).toArray();
    }
}
