package io.kvcluster.ring.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * How many replicas each zone and each of its members gets. Of one partition a zone gets at least {@code floor} and at most
 * {@code cap} replicas, which differ by at most one: that is "distinct zones, else as even as possible".
 *
 * @param members of the zone, by index
 * @param floor of one partition, at least
 * @param cap of one partition, at most
 * @param total of all partitions
 * @param loads per member, in their order; each its fair share of the total rounded down or up
 */
record ZoneShares(String zone, List<Candidate> members, int floor, int cap, int total, int[] loads) {

    /** How many partitions give this zone a replica beyond the floor. */
    int extras(int partitions) {
        return total - floor * partitions;
    }

    /** In the order of the zones' names. There must be at least {@code replicationFactor} candidates. */
    static List<ZoneShares> of(List<Candidate> candidates, int replicationFactor, int partitions) {
        TreeMap<String, List<Candidate>> zones = new TreeMap<>();
        for (Candidate candidate : candidates) {
            zones.computeIfAbsent(candidate.zone(), zone -> new ArrayList<>()).add(candidate);
        }
        List<List<Candidate>> members = List.copyOf(zones.values());
        members.forEach(zone -> zone.sort(Comparator.comparingInt(Candidate::index)));
        int[] sizes = members.stream().mapToInt(List::size).toArray();
        int[] floors = floors(sizes, replicationFactor);
        boolean uneven = Arrays.stream(floors).sum() < replicationFactor;
        int[] caps = new int[sizes.length];
        for (int z = 0; z < sizes.length; z++) {
            caps[z] = uneven && sizes[z] > floors[z] ? floors[z] + 1 : floors[z];
        }
        int[] totals = Shares.divide(
                replicationFactor * partitions,
                members.stream().mapToInt(ZoneShares::weight).toArray(),
                times(floors, partitions),
                times(caps, partitions));
        List<ZoneShares> shares = new ArrayList<>();
        List<String> names = List.copyOf(zones.keySet());
        for (int z = 0; z < sizes.length; z++) {
            int[] loads = Shares.divide(
                    totals[z],
                    members.get(z).stream().mapToInt(Candidate::weight).toArray(),
                    new int[sizes[z]],
                    times(ones(sizes[z]), partitions));
            shares.add(new ZoneShares(names.get(z), members.get(z), floors[z], caps[z], totals[z], loads));
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

    private static int weight(List<Candidate> members) {
        return members.stream().mapToInt(Candidate::weight).sum();
    }

    private static int[] ones(int length) {
        int[] ones = new int[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static int[] times(int[] values, int factor) {
        return Arrays.stream(values).map(value -> value * factor).toArray();
    }
}
