package io.kvcluster.client.bench;

import io.kvcluster.client.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Every combination of levels, mixes and paces, one run after another on the same keys.
 *
 * @param settle warm-up of all runs but the first
 */
public record Sweep(List<Level> levels, List<Integer> reads, List<Pace> paces, Duration settle) {
    /** More would take hours, and no plot could show them. */
    public static final int MOST_RUNS = 64;

    public Sweep {
        levels = List.copyOf(levels);
        reads = List.copyOf(reads);
        paces = List.copyOf(paces);
        long runs = (long) levels.size() * reads.size() * paces.size();
        if (runs > MOST_RUNS) {
            throw new IllegalArgumentException(
                    "the sweep has " + runs + " steps, but must have at most " + MOST_RUNS + ": name fewer values");
        }
    }

    /** @param base gives all that the sweep does not vary; the first run loads and warms up as it says */
    public List<BenchPlan> plans(BenchPlan base) {
        List<BenchPlan> plans = new ArrayList<>();
        for (Level level : levels) {
            for (int percent : reads) {
                for (Pace pace : paces) {
                    BenchPlan plan = base.with(level, percent, pace);
                    plans.add(plans.isEmpty() ? plan : plan.after(settle));
                }
            }
        }
        return plans;
    }
}
