package io.kvcluster.ring.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** 3 to 60 members in 1 to 6 zones, growing and shrinking: ring.md's properties of a placement, each by counting. */
class PlacementScaleTest {
    private static final int PARTITIONS = 128;

    @Property(tries = 200)
    void membersComeAndGo(
            @ForAll @IntRange(min = 3, max = 60) int members,
            @ForAll @IntRange(min = 1, max = 6) int zones,
            @ForAll @IntRange(min = 1, max = 5) int factor,
            @ForAll long seed) {
        Random random = new Random(seed);
        int copies = Math.min(factor, members);
        List<Candidate> before = candidates(0, members, zones);
        Placement.Placed first = place(before, List.of(), copies);
        assertPlacement(before, first, copies);

        List<Candidate> after = new ArrayList<>(before);
        int come = random.nextInt(4);
        int go = Math.min(random.nextInt(4), members - copies);
        for (int i = 0; i < go; i++) {
            after.remove(random.nextInt(after.size()));
        }
        after.addAll(candidates(members, members + come, zones));
        Placement.Placed next = place(after, first.target(), copies);
        assertPlacement(after, next, copies);
        assertThat(new Exchanges(after, first.target(), next.target()).improve())
                .as(
                        "%d of %d in %d zones went, %d came, %d moved: another placement moves fewer",
                        go, members, zones, come, next.moved())
                .isFalse();
    }

    @Test
    void aPlacementThatMovesTooMuchIsSeen() {
        List<Candidate> members = candidates(0, 12, 3);
        List<List<Integer>> first = place(members, List.of(), 3).target();
        List<List<Integer>> turned = new ArrayList<>(first);
        Collections.rotate(turned, 1);

        assertThat(new Exchanges(members, first, first).improve()).isFalse();
        assertThat(new Exchanges(members, first, turned).improve()).isTrue();
    }

    private static List<Candidate> candidates(int from, int to, int zones) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = from; i < to; i++) {
            candidates.add(new Candidate(i, "zone-" + i % zones, 1));
        }
        return candidates;
    }

    private static Placement.Placed place(List<Candidate> candidates, List<List<Integer>> current, int copies) {
        return (Placement.Placed) Placement.place(candidates, current, copies, PARTITIONS);
    }

    private static void assertPlacement(List<Candidate> candidates, Placement.Placed placed, int copies) {
        Map<Integer, String> zoneOf = new HashMap<>();
        Map<String, Integer> sizes = new HashMap<>();
        candidates.forEach(candidate -> zoneOf.put(candidate.index(), candidate.zone()));
        candidates.forEach(candidate -> sizes.merge(candidate.zone(), 1, Integer::sum));
        Map<Integer, Integer> loads = new HashMap<>();
        Map<Integer, Integer> primaries = new HashMap<>();
        HashSet<HashSet<Integer>> sets = new HashSet<>();
        for (List<Integer> replicas : placed.target()) {
            assertThat(replicas).hasSize(copies).doesNotHaveDuplicates();
            long distinct = replicas.stream().map(zoneOf::get).distinct().count();
            assertThat(distinct).isEqualTo(Math.min(copies, sizes.size()));
            replicas.forEach(member -> loads.merge(member, 1, Integer::sum));
            primaries.merge(replicas.getFirst(), 1, Integer::sum);
            sets.add(new HashSet<>(replicas));
        }
        assertThat(placed.distinctReplicaSets()).isEqualTo(sets.size());
        for (String zone : sizes.keySet()) {
            int total = candidates.stream()
                    .filter(candidate -> candidate.zone().equals(zone))
                    .mapToInt(candidate -> loads.getOrDefault(candidate.index(), 0))
                    .sum();
            double fair = (double) total / sizes.get(zone);
            candidates.stream()
                    .filter(candidate -> candidate.zone().equals(zone))
                    .forEach(candidate -> assertThat((double) loads.getOrDefault(candidate.index(), 0))
                            .isBetween(fair - 1, fair + 1));
        }
        loads.forEach((member, load) ->
                assertThat(primaries.getOrDefault(member, 0)).isBetween(load / copies, Math.ceilDiv(load, copies)));
    }
}
