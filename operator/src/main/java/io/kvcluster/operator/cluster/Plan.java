package io.kvcluster.operator.cluster;

import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.observation.Wait;
import java.util.List;

/**
 * What to do now, in this order, and what is waited for. At most one step interrupts anything ({@code RestartPod}), and it is
 * the last.
 *
 * @param progress of the ring towards what is wanted
 */
record Plan(List<Step> steps, List<Wait> waits, Progress progress) {
    static final Plan NOTHING = new Plan(List.of(), List.of(), new Progress.Unknown());

    Plan {
        steps = List.copyOf(steps);
        waits = List.copyOf(waits);
    }

    /** When the API server refuses just that, to ask again in a second is no better than in ten. */
    boolean onlyGrows() {
        return !steps.isEmpty() && steps.stream().allMatch(Step.GrowVolume.class::isInstance);
    }

    boolean isSettled() {
        return steps.isEmpty() && waits.isEmpty() && !(progress instanceof Progress.UnderWay);
    }
}
