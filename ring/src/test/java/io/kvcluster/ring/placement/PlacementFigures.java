package io.kvcluster.ring.placement;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What placements look like, as tables: how many distinct replica sets there are (each is one way to lose data), how evenly replicas
 * and primaries lie, and what moves when members come and go. Pure and the same on every machine, but for the times.
 */
final class PlacementFigures {
    private static final int COPIES = 3;
    private static final int PARTITIONS = 256;
    private static final int[] SIZES = {3, 4, 6, 9, 12, 18, 24, 36, 48, 60};
    private static final int[] ZONES = {1, 2, 3, 6};
    private static final int RANDOM_TRIES = 20;

    private PlacementFigures() {}

    public static void main(String[] arguments) {
        System.out.printf(Locale.ROOT, "%d partitions, %d copies, members of equal weight.%n%n", PARTITIONS, COPIES);
        System.out.println(
                "| members | zones | distinct sets, first placement | grown one by one | at random | any 3 lost lose data: first | grown | at random | replicas a member | primaries a member | time |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        for (int zones : ZONES) {
            Grown grown = new Grown(zones);
            for (int members : SIZES) {
                if (members >= Math.max(COPIES, zones)) {
                    System.out.println(sets(members, zones, grown.to(members)));
                }
            }
        }
        System.out.println();
        System.out.println(
                "| from | to | zones | replicas that move | fair share of those that come or go | of all replicas |");
        System.out.println("|---|---|---|---|---|---|");
        for (int zones : new int[] {1, 3}) {
            for (int[] change : new int[][] {{3, 4}, {3, 6}, {6, 3}, {6, 9}, {9, 6}, {12, 13}, {24, 25}, {60, 57}}) {
                System.out.println(moves(change[0], change[1], zones));
            }
        }
    }

    /** A cluster that grew from three members, one after the other. */
    private static final class Grown {
        private final int zones;
        private int members;
        private List<List<Integer>> current = List.of();

        Grown(int zones) {
            this.zones = zones;
            this.members = Math.max(COPIES, zones) - 1;
        }

        List<List<Integer>> to(int wanted) {
            while (members < wanted) {
                members++;
                current = place(members, zones, current).target();
            }
            return current;
        }
    }

    private static String sets(int members, int zones, List<List<Integer>> grown) {
        place(members, zones, List.of());
        long begun = System.nanoTime();
        List<List<Integer>> first = place(members, zones, List.of()).target();
        double millis = (System.nanoTime() - begun) / 1e6;
        Random random = new Random(1);
        double atRandom = 0;
        for (int i = 0; i < RANDOM_TRIES; i++) {
            atRandom += distinct(atRandom(members, zones, random));
        }
        atRandom /= RANDOM_TRIES;
        double triples = (double) members * (members - 1) * (members - 2) / 6;
        Map<Integer, Integer> held = new HashMap<>();
        Map<Integer, Integer> primaries = new HashMap<>();
        for (List<Integer> replicas : first) {
            replicas.forEach(member -> held.merge(member, 1, Integer::sum));
            primaries.merge(replicas.getFirst(), 1, Integer::sum);
        }
        return String.format(
                Locale.ROOT,
                "| %d | %d | %d | %d | %.0f | %.2f %% | %.2f %% | %.2f %% | %s | %s | %.1f ms |",
                members,
                zones,
                distinct(first),
                distinct(grown),
                atRandom,
                100 * distinct(first) / triples,
                100 * distinct(grown) / triples,
                100 * atRandom / triples,
                range(held, members),
                range(primaries, members),
                millis);
    }

    private static String moves(int from, int to, int zones) {
        List<List<Integer>> before = place(from, zones, List.of()).target();
        int moved = place(to, zones, before).moved();
        int all = PARTITIONS * COPIES;
        double fair = (double) all * Math.abs(to - from) / Math.max(from, to);
        return String.format(
                Locale.ROOT,
                "| %d | %d | %d | %d | %.0f | %.0f %% |",
                from,
                to,
                zones,
                moved,
                fair,
                100.0 * moved / all);
    }

    private static Placement.Placed place(int members, int zones, List<List<Integer>> current) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            candidates.add(new Candidate(i, "zone-" + i % zones, 1));
        }
        return (Placement.Placed) Placement.place(candidates, current, COPIES, PARTITIONS);
    }

    /** Each partition by itself on members of distinct zones where there are as many: what hashing with tokens comes to. */
    private static List<List<Integer>> atRandom(int members, int zones, Random random) {
        List<List<Integer>> placement = new ArrayList<>();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            all.add(i);
        }
        for (int p = 0; p < PARTITIONS; p++) {
            Collections.shuffle(all, random);
            List<Integer> replicas = new ArrayList<>();
            Set<Integer> used = new HashSet<>();
            for (int member : all) {
                if (replicas.size() < COPIES && (zones < COPIES || used.add(member % zones))) {
                    replicas.add(member);
                }
            }
            placement.add(replicas);
        }
        return placement;
    }

    private static int distinct(List<List<Integer>> placement) {
        Set<Set<Integer>> sets = new HashSet<>();
        placement.forEach(replicas -> sets.add(new HashSet<>(replicas)));
        return sets.size();
    }

    private static String range(Map<Integer, Integer> counts, int members) {
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int i = 0; i < members; i++) {
            least = Math.min(least, counts.getOrDefault(i, 0));
            most = Math.max(most, counts.getOrDefault(i, 0));
        }
        return least == most ? String.valueOf(least) : least + "–" + most;
    }
}
