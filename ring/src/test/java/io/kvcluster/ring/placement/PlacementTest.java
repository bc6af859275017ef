package io.kvcluster.ring.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/** The rules of the design's section Placement, each a property. */
class PlacementTest {
    private static final int EQUAL_WEIGHTS = 1;

    record Case(List<Candidate> candidates, int factor, int partitions) {
        Placement.Placed place() {
            return (Placement.Placed) Placement.place(candidates, List.of(), factor, partitions);
        }

        Map<String, List<Candidate>> zones() {
            Map<String, List<Candidate>> zones = new TreeMap<>();
            candidates.forEach(
                    c -> zones.computeIfAbsent(c.zone(), z -> new ArrayList<>()).add(c));
            return zones;
        }
    }

    @Property(tries = 400)
    void everyPartitionHasItsNumberOfDistinctCandidates(@ForAll("cases") Case given) {
        List<Integer> known = given.candidates().stream().map(Candidate::index).toList();
        List<List<Integer>> target = given.place().target();

        assertThat(target).hasSize(given.partitions());
        assertThat(target)
                .allSatisfy(replicas -> assertThat(replicas)
                        .hasSize(given.factor())
                        .doesNotHaveDuplicates()
                        .isSubsetOf(known));
    }

    /** With enough zones the counts are 0 or 1; with fewer, no zone could give a replica to another and be more even. */
    @Property(tries = 400)
    void zonesAreAsDistinctAsTheyCanBe(@ForAll("cases") Case given) {
        Map<Integer, String> zoneOf = new HashMap<>();
        given.candidates().forEach(c -> zoneOf.put(c.index(), c.zone()));
        Map<String, List<Candidate>> zones = given.zones();
        for (List<Integer> replicas : given.place().target()) {
            Map<String, Integer> counts = new HashMap<>();
            replicas.forEach(replica -> counts.merge(zoneOf.get(replica), 1, Integer::sum));
            if (zones.size() >= given.factor()) {
                assertThat(counts.values()).containsOnly(1);
            }
            for (String giver : zones.keySet()) {
                for (String taker : zones.keySet()) {
                    boolean room =
                            counts.getOrDefault(taker, 0) < zones.get(taker).size();
                    boolean better = counts.getOrDefault(giver, 0) > counts.getOrDefault(taker, 0) + 1;
                    assertThat(room && better)
                            .as("%s could give to %s in %s", giver, taker, counts)
                            .isFalse();
                }
            }
        }
    }

    @Property(tries = 400)
    void loadsAreWithinOneOfTheFairShareOfTheZone(@ForAll("weighted") Case given) {
        Map<Integer, Integer> loads = loads(given.place().target());
        given.zones().forEach((zone, members) -> {
            int total = members.stream()
                    .mapToInt(m -> loads.getOrDefault(m.index(), 0))
                    .sum();
            double[] fair = fairShares(total, members, given.partitions());
            for (int m = 0; m < members.size(); m++) {
                assertThat((double) loads.getOrDefault(members.get(m).index(), 0))
                        .as("load of %s in %s", members.get(m), given)
                        .isBetween(fair[m] - 1, fair[m] + 1);
            }
        });
    }

    /** Zones of the same size carry the same, give or take the rounding. */
    @Property(tries = 400)
    void equalZonesCarryEqualLoads(@ForAll("cases") Case given) {
        Map<Integer, Integer> loads = loads(given.place().target());
        Map<Integer, List<Integer>> totalsBySize = new HashMap<>();
        given.zones()
                .values()
                .forEach(members -> totalsBySize
                        .computeIfAbsent(members.size(), size -> new ArrayList<>())
                        .add(members.stream()
                                .mapToInt(m -> loads.getOrDefault(m.index(), 0))
                                .sum()));

        assertThat(totalsBySize.values())
                .allSatisfy(totals -> assertThat(Collections.max(totals) - Collections.min(totals))
                        .isLessThanOrEqualTo(1));
    }

    @Property(tries = 400)
    void primariesAreEven(@ForAll("weighted") Case given) {
        List<List<Integer>> target = given.place().target();
        Map<Integer, Integer> loads = loads(target);
        Map<Integer, Integer> primaries = new HashMap<>();
        target.forEach(replicas -> primaries.merge(replicas.getFirst(), 1, Integer::sum));
        loads.forEach((member, load) -> assertThat(primaries.getOrDefault(member, 0))
                .as("primaries of member %d with %d replicas", member, load)
                .isBetween(load / given.factor(), Math.ceilDiv(load, given.factor())));
    }

    @Property(tries = 400)
    void distinctReplicaSetsAreFewAndCounted(@ForAll("weighted") Case given) {
        Placement.Placed placed = given.place();
        long distinct = placed.target().stream().map(HashSet::new).distinct().count();

        assertThat(placed.distinctReplicaSets()).isEqualTo((int) distinct);
        assertThat(distinct)
                .isLessThanOrEqualTo(
                        given.candidates().size() + 2L * given.zones().size());
        assertThat(placed.moved()).isZero();
    }

    @Property(tries = 400)
    void theOrderOfTheInputDoesNotMatter(@ForAll("weighted") Case given, @ForAll long seed) {
        List<Candidate> shuffled = new ArrayList<>(given.candidates());
        Collections.shuffle(shuffled, new Random(seed));

        assertThat(new Case(shuffled, given.factor(), given.partitions()).place())
                .isEqualTo(given.place());
    }

    @Test
    void threeZonesOfTwoMakeTwoReplicaSets() {
        Placement.Placed placed = new Case(candidates(2, 2, 2), 3, 8).place();

        assertThat(placed.distinctReplicaSets()).isEqualTo(2);
        assertThat(placed.target().stream().map(List::getFirst).distinct()).hasSize(6);
    }

    @Test
    void aSmallZoneHoldsEverythingWhenItIsNeededForDistinctZones() {
        Map<Integer, Integer> loads =
                loads(new Case(candidates(1, 2, 4), 3, 64).place().target());

        assertThat(loads).isEqualTo(Map.of(0, 64, 1, 32, 2, 32, 3, 16, 4, 16, 5, 16, 6, 16));
    }

    @Test
    void zonesOfUnequalSizeShareByTheirWeightWhereZonesAreFewerThanCopies() {
        Map<Integer, Integer> loads =
                loads(new Case(candidates(4, 2), 3, 64).place().target());

        assertThat(loads.values()).containsOnly(32);
    }

    @Test
    void asksForEnoughMembersAndSensibleNumbers() {
        assertThat(why(candidates(2), 3, 64))
                .isEqualTo("there are 2 members that may hold partitions, but 3 copies need 3..256");
        assertThat(why(candidates(257), 3, 64)).startsWith("there are 257 members");
        assertThat(why(candidates(3), 0, 64)).isEqualTo("replicationFactor is 0, but must be in 1..7");
        assertThat(why(candidates(8), 8, 64)).isEqualTo("replicationFactor is 8, but must be in 1..7");
        assertThat(why(candidates(3), 3, 48)).isEqualTo("partitions is 48, but must be a power of two in 8..1024");
        assertThat(why(List.of(new Candidate(1, "", 1), new Candidate(1, "", 1)), 1, 8))
                .isEqualTo("member index 1 is negative or named twice");
        assertThat(why(List.of(new Candidate(-1, "", 1)), 1, 8))
                .isEqualTo("member index -1 is negative or named twice");
        assertThat(why(List.of(new Candidate(1, "", 0)), 1, 8))
                .isEqualTo("weight of member 1 is 0, but must be in 1..1000");
        assertThat(why(List.of(new Candidate(1, "", 1_001)), 1, 8))
                .isEqualTo("weight of member 1 is 1001, but must be in 1..1000");
    }

    private static String why(List<Candidate> candidates, int factor, int partitions) {
        return ((Placement.Unplaceable) Placement.place(candidates, List.of(), factor, partitions)).why();
    }

    @Provide
    Arbitrary<Case> cases() {
        return cases(EQUAL_WEIGHTS);
    }

    @Provide
    Arbitrary<Case> weighted() {
        return cases(5);
    }

    private static Arbitrary<Case> cases(int maxWeight) {
        Arbitrary<int[]> zoneSizes = Arbitraries.integers()
                .between(1, 10)
                .array(int[].class)
                .ofMinSize(1)
                .ofMaxSize(6)
                .filter(sizes -> Arrays.stream(sizes).sum() >= 3);
        Arbitrary<Integer> partitions = Arbitraries.of(8, 16, 64, 256);
        return Combinators.combine(zoneSizes, partitions, Arbitraries.longs())
                .as(Tuple::of)
                .flatMap(t -> Arbitraries.integers()
                        .between(1, Math.min(7, Arrays.stream(t.get1()).sum()))
                        .map(factor -> new Case(weigh(candidates(t.get1()), maxWeight, t.get3()), factor, t.get2())));
    }

    private static List<Candidate> weigh(List<Candidate> candidates, int maxWeight, long seed) {
        Random random = new Random(seed);
        return candidates.stream()
                .map(c -> new Candidate(c.index(), c.zone(), 1 + random.nextInt(maxWeight)))
                .toList();
    }

    private static List<Candidate> candidates(int... zoneSizes) {
        List<Candidate> candidates = new ArrayList<>();
        for (int z = 0; z < zoneSizes.length; z++) {
            String zone = "zone-" + z;
            IntStream.range(0, zoneSizes[z]).forEach(i -> candidates.add(new Candidate(candidates.size(), zone, 1)));
        }
        return candidates;
    }

    private static Map<Integer, Integer> loads(List<List<Integer>> target) {
        Map<Integer, Integer> loads = new TreeMap<>();
        target.forEach(replicas -> replicas.forEach(replica -> loads.merge(replica, 1, Integer::sum)));
        return loads;
    }

    /** By bisection, an independent way: the level at which members filled by weight, up to one replica of each partition, hold the total. */
    private static double[] fairShares(int total, List<Candidate> members, int partitions) {
        double low = 0;
        double high = partitions;
        for (int i = 0; i < 100; i++) {
            double level = (low + high) / 2;
            double sum = members.stream()
                    .mapToDouble(m -> Math.min(partitions, level * m.weight()))
                    .sum();
            if (sum < total) {
                low = level;
            } else {
                high = level;
            }
        }
        double level = high;
        return members.stream()
                .mapToDouble(m -> Math.min(partitions, level * m.weight()))
                .toArray();
    }
}
