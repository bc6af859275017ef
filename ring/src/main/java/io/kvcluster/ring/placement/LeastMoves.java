package io.kvcluster.ring.placement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The placement that keeps every rule and copies the fewest replicas: a flow of least cost. Units flow source -> partition (RF of
 * them) -> partition in a zone (floor to cap) -> member (one, free where it holds the partition, else of cost 1) -> zone (the
 * member's fair share down to up) -> sink (the zone's total). A least amount is an arc that rewards its use. As the
 * fair fractions themselves are such a flow, a whole one exists.
 */
final class LeastMoves {
    private final List<ZoneShares> zones;
    private final List<List<Integer>> current;
    private final int replicationFactor;
    private final int partitions;
    private final long reward;
    private final MinCostFlow flow;
    private final List<Choice> choices = new ArrayList<>();

    /** The arc that says whether a member holds a partition. */
    private record Choice(int partition, int member, int arc) {}

    private LeastMoves(List<ZoneShares> zones, List<List<Integer>> current, int replicationFactor, int partitions) {
        this.zones = zones;
        this.current = current;
        this.replicationFactor = replicationFactor;
        this.partitions = partitions;
        this.reward = 2L * replicationFactor * partitions;
        int members = zones.stream().mapToInt(zone -> zone.members().size()).sum();
        this.flow = new MinCostFlow(2 + partitions + zones.size() * partitions + members + zones.size());
    }

    /** Replica sets per partition, without an order within the set. */
    static List<List<Integer>> place(
            List<ZoneShares> zones, List<List<Integer>> current, int replicationFactor, int partitions) {
        return new LeastMoves(zones, current, replicationFactor, partitions).place();
    }

    private List<List<Integer>> place() {
        int source = 0;
        int sink = 1;
        for (int p = 0; p < partitions; p++) {
            flow.arc(source, partition(p), replicationFactor, 0);
        }
        int member = 2 + partitions + zones.size() * partitions;
        int zoneNode =
                member + zones.stream().mapToInt(zone -> zone.members().size()).sum();
        for (int z = 0; z < zones.size(); z++) {
            ZoneShares zone = zones.get(z);
            for (int p = 0; p < partitions; p++) {
                atLeast(partition(p), partitionInZone(p, z), zone.floor(), zone.cap());
            }
            for (int m = 0; m < zone.members().size(); m++) {
                connect(z, zone.members().get(m).index(), member);
                atLeast(member++, zoneNode, zone.loads().down(m), zone.loads().up(m));
            }
            flow.arc(zoneNode++, sink, zone.total(), 0);
        }
        int sent = flow.send(source, sink);
        if (sent != replicationFactor * partitions) {
            throw new IllegalStateException(
                    "only " + sent + " of " + replicationFactor * partitions + " replicas could be placed in " + zones);
        }
        List<List<Integer>> sets = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            sets.add(new ArrayList<>());
        }
        for (Choice choice : choices) {
            if (flow.flow(choice.arc()) > 0) {
                sets.get(choice.partition()).add(choice.member());
            }
        }
        return sets;
    }

    private void connect(int zone, int index, int member) {
        for (int p = 0; p < partitions; p++) {
            boolean held = p < current.size() && current.get(p).contains(index);
            int arc = flow.arc(partitionInZone(p, zone), member, 1, held ? 0 : 1);
            choices.add(new Choice(p, index, arc));
        }
    }

    private void atLeast(int from, int to, int least, int most) {
        if (least > 0) {
            flow.arc(from, to, least, -reward);
        }
        if (most > least) {
            flow.arc(from, to, most - least, 0);
        }
    }

    private int partition(int p) {
        return 2 + p;
    }

    private int partitionInZone(int p, int zone) {
        return 2 + partitions + zone * partitions + p;
    }

    /** Replicas of the target that are not where they are now: copies to make. */
    static int moved(List<List<Integer>> current, List<List<Integer>> target) {
        int moved = 0;
        for (int p = 0; p < target.size(); p++) {
            Set<Integer> held = new HashSet<>(current.get(p));
            for (int member : target.get(p)) {
                moved += held.contains(member) ? 0 : 1;
            }
        }
        return moved;
    }
}
