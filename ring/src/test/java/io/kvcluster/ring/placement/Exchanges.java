package io.kvcluster.ring.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Whether the same spread over zones and loads as fair can be had with fewer moves: replicas are exchanged in circles, each exchange
 * with what it costs or saves, and a placement is the cheapest exactly when no circle saves anything (Klein, 1967). Knows the
 * rules of a placement, for members of equal weight, and nothing of how it was found.
 */
final class Exchanges {
    private record Arc(int from, int to, int cost) {}

    private final List<Arc> arcs = new ArrayList<>();
    private final List<List<Integer>> before;
    private final List<List<Integer>> after;
    private final int partitions;
    private final int nodes;

    Exchanges(List<Candidate> members, List<List<Integer>> before, List<List<Integer>> after) {
        this.before = before;
        this.after = after;
        this.partitions = after.size();
        TreeMap<String, List<Integer>> zones = new TreeMap<>();
        members.forEach(member ->
                zones.computeIfAbsent(member.zone(), zone -> new ArrayList<>()).add(member.index()));
        // a node for each partition, for each partition in each zone, for each zone, for each member
        int zone = 0;
        int member = partitions * (1 + zones.size()) + zones.size();
        for (List<Integer> inZone : zones.values()) {
            addZone(zone++, partitions * (1 + zones.size()), inZone, member);
            member += inZone.size();
        }
        this.nodes = member;
    }

    private void addZone(int zone, int zoneNodes, List<Integer> members, int memberNodes) {
        int[] counts = after.stream()
                .mapToInt(replicas ->
                        (int) replicas.stream().filter(members::contains).count())
                .toArray();
        int least = Arrays.stream(counts).min().orElse(0);
        int most = Arrays.stream(counts).max().orElse(0);
        int total = Arrays.stream(counts).sum();
        for (int p = 0; p < partitions; p++) {
            int here = partitions * (1 + zone) + p;
            connect(p, here, counts[p], least, most, 0);
            for (int m = 0; m < members.size(); m++) {
                int holds = after.get(p).contains(members.get(m)) ? 1 : 0;
                connect(here, memberNodes + m, holds, 0, 1, before.get(p).contains(members.get(m)) ? 0 : 1);
            }
        }
        for (int m = 0; m < members.size(); m++) {
            int index = members.get(m);
            int load = (int)
                    after.stream().filter(replicas -> replicas.contains(index)).count();
            int low = total / members.size();
            connect(memberNodes + m, zoneNodes + zone, load, low, Math.ceilDiv(total, members.size()), 0);
        }
    }

    /** One more unit this way while there is room, one less while there is more than the least. */
    private void connect(int from, int to, int units, int least, int most, int cost) {
        if (units < most) {
            arcs.add(new Arc(from, to, cost));
        }
        if (units > least) {
            arcs.add(new Arc(to, from, -cost));
        }
    }

    /** Bellman and Ford: distances that still sink after as many rounds as there are nodes sink in a circle. */
    boolean improve() {
        int[] distance = new int[nodes];
        for (int round = 0; round <= nodes; round++) {
            boolean sank = false;
            for (Arc arc : arcs) {
                if (distance[arc.from()] + arc.cost() < distance[arc.to()]) {
                    distance[arc.to()] = distance[arc.from()] + arc.cost();
                    sank = true;
                }
            }
            if (!sank) {
                return false;
            }
        }
        return true;
    }
}
