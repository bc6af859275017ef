package io.kvcluster.operator.cluster;

import io.kvcluster.operator.observation.Wait;
import java.util.List;

/**
 * What to do now, in this order, and what is waited for. At most one step interrupts anything ({@code RestartPod}, {@code
 * GrowVolume}), and it is the last.
 */
record Plan(List<Step> steps, List<Wait> waits) {
    Plan {
        steps = List.copyOf(steps);
        waits = List.copyOf(waits);
    }

    boolean isSettled() {
        return steps.isEmpty() && waits.isEmpty();
    }
}
