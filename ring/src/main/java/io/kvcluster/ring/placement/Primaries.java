package io.kvcluster.ring.placement;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Chooses one replica of each partition as its primary so that a member with n replicas is primary of n / RF partitions,
 * rounded down or up. Such a choice always exists (the fractional one gives each replica 1 / RF; flows are integral), and
 * shifting primaries along shortest paths of shared partitions finds it.
 */
final class Primaries {
    private final List<List<Integer>> sets;
    private final int[] primaryOf;
    private final int[] count;
    private final int[] low;
    private final int[] high;

    private Primaries(List<List<Integer>> sets, int replicationFactor) {
        this.sets = sets;
        this.primaryOf = new int[sets.size()];
        int members = sets.stream().mapToInt(Collections::max).max().orElse(-1) + 1;
        this.count = new int[members];
        int[] loads = new int[members];
        sets.forEach(set -> set.forEach(member -> loads[member]++));
        this.low = Arrays.stream(loads).map(load -> load / replicationFactor).toArray();
        this.high = Arrays.stream(loads)
                .map(load -> Math.ceilDiv(load, replicationFactor))
                .toArray();
    }

    /**
     * Each set with its primary first and the others by index.
     *
     * @param preferred the primary so far of each partition, which stays where evenness allows; -1 or absent for none
     */
    static List<List<Integer>> choose(List<List<Integer>> sets, int replicationFactor, List<Integer> preferred) {
        Primaries primaries = new Primaries(sets, replicationFactor);
        primaries.startGreedily(preferred);
        primaries.level();
        List<List<Integer>> ordered = new ArrayList<>();
        for (int p = 0; p < sets.size(); p++) {
            List<Integer> set = new ArrayList<>(sets.get(p));
            Collections.sort(set);
            Integer primary = primaries.primaryOf[p];
            set.remove(primary);
            set.addFirst(primary);
            ordered.add(List.copyOf(set));
        }
        return List.copyOf(ordered);
    }

    private void startGreedily(List<Integer> preferred) {
        for (int p = 0; p < sets.size(); p++) {
            int wish = p < preferred.size() ? preferred.get(p) : -1;
            int best = -1;
            for (int member : sets.get(p)) {
                if (member == wish) {
                    best = member;
                    break;
                }
                if (best < 0 || count[member] < count[best] || (count[member] == count[best] && member < best)) {
                    best = member;
                }
            }
            primaryOf[p] = best;
            count[best]++;
        }
    }

    private void level() {
        for (int member = 0; member < count.length; member++) {
            while (count[member] > high[member]) {
                shift(member, true);
            }
        }
        for (int member = 0; member < count.length; member++) {
            while (count[member] < low[member]) {
                shift(member, false);
            }
        }
    }

    /** Moves one primary away from (or to) a member, along the shortest chain that ends where one may be taken (or spared). */
    private void shift(int from, boolean away) {
        int[] via = new int[count.length];
        int[] before = new int[count.length];
        Arrays.fill(via, -1);
        ArrayDeque<Integer> frontier = new ArrayDeque<>(List.of(from));
        boolean[] seen = new boolean[count.length];
        seen[from] = true;
        while (!frontier.isEmpty()) {
            int member = frontier.remove();
            if (member != from && (away ? count[member] < high[member] : count[member] > low[member])) {
                int end = member;
                while (end != from) {
                    primaryOf[via[end]] = away ? end : before[end];
                    end = before[end];
                }
                count[member] += away ? 1 : -1;
                count[from] += away ? -1 : 1;
                return;
            }
            for (int p = 0; p < sets.size(); p++) {
                if (!sets.get(p).contains(member)) {
                    continue;
                }
                for (int next : away ? others(p, member) : List.of(primaryOf[p])) {
                    if (!seen[next]) {
                        seen[next] = true;
                        via[next] = p;
                        before[next] = member;
                        frontier.add(next);
                    }
                }
            }
        }
        throw new IllegalStateException("member " + from + " has " + count[from] + " primaries, outside " + low[from]
                + ".." + high[from] + ", and no chain of partitions leads out");
    }

    /** To whom a member may give a primary it has. */
    private List<Integer> others(int partition, int member) {
        return primaryOf[partition] == member ? sets.get(partition) : List.of();
    }
}
