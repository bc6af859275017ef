package io.kvcluster.ring.placement;

import java.util.ArrayList;
import java.util.List;

/**
 * Lays loads around the circle of partitions like tape: each taker covers as many consecutive slots as its load, the next begins
 * where it ended (McNaughton's wrap-around rule). Nobody's load exceeds the circle, so nobody covers a partition twice; and as
 * there are no more seams than takers, there are few distinct replica sets.
 */
final class WrapAround {
    private WrapAround() {}

    /** Replica sets per partition, without an order within the set. */
    static List<List<Integer>> place(List<ZoneShares> zones, int partitions) {
        List<List<Integer>> sets = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            sets.add(new ArrayList<>());
        }
        int extrasStart = 0;
        for (ZoneShares zone : zones) {
            placeZone(zone, extrasStart, sets);
            extrasStart = (extrasStart + zone.extras(partitions)) % partitions;
        }
        return sets;
    }

    /**
     * The zone's slots are {@code floor} full circles, then the partitions that give it one more. Starting the circles where
     * those begin keeps two slots of one partition a full circle apart.
     */
    private static void placeZone(ZoneShares zone, int start, List<List<Integer>> sets) {
        int[] loads = zone.loads().rounded(new int[zone.members().size()]);
        int slot = 0;
        for (int m = 0; m < zone.members().size(); m++) {
            for (int i = 0; i < loads[m]; i++) {
                sets.get((start + slot) % sets.size()).add(zone.members().get(m).index());
                slot++;
            }
        }
    }
}
